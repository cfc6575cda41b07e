"""What the services need of the world. Adapters implement these; nothing here knows Asterisk or SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr.dialogue.model import Ending, Gather, Match, NoInput, NoMatch, Phrase, Prompt
from ivr.domain.call import Call, CallId, Outcome, Record, Step
from ivr.domain.customer import Account, Reading


class Phone(Protocol):
    """One caller's leg. Every method raises CallerHungUp when the leg is gone and PhoneFailed when Asterisk fails."""

    call_id: CallId
    caller: str
    dialled: str

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None: ...

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput: ...

    async def finish(self, ending: Ending) -> None:
        """Leave the caller to the dialplan: it hangs up, or queues him. The last thing done on a call."""


class Voice(Protocol):
    """Gives the sound of a phrase: 8 kHz mono, one loudness, rendered once and kept by content."""

    async def sound(self, phrase: Phrase) -> Path:
        """Path of a playable file. Raises PhoneFailed when it can neither be found nor made."""

    async def seconds(self, phrase: Phrase) -> float: ...


class CallLog(Protocol):
    """The rows of calls. Every method raises StoreUnavailable when the database does not take it in time."""

    async def write(self, records: Sequence[Record]) -> None:
        """Store all of the records or none. Any of them may come again, and in any order: whichever comes first inserts
        the call's row, a step already there is left as it is, and an `Ended` with outcome OPEN never reopens a call.
        Raises RecordRefused when the database will never take one of them."""

    async def open_calls(self) -> list[Call]: ...

    async def get(self, call_id: CallId) -> Call | None: ...

    async def recent(self, limit: int) -> list[Call]: ...

    async def steps(self, call_id: CallId) -> list[Step]: ...

    async def outcomes(self, since: datetime) -> dict[Outcome, int]: ...


class Customers(Protocol):
    async def account(self, number: str) -> Account | None:
        """The account with its meters, registers (history: last 13 readings, oldest first) and balance."""


class Readings(Protocol):
    async def submit(self, register_id: int, reading: Reading) -> int:
        """Store one accepted reading and give its id. A second reading of the register on the same local day replaces
        the first, keeping its trace; the very same call, register and value again gives the id already stored."""


class News(Protocol):
    async def current(self, at: datetime) -> list[str]:
        """Texts of company news valid at `at`, newest first."""


@dataclass(frozen=True, slots=True)
class SpoolBatch:
    """Lines of one spool file up to byte `end`, oldest first."""

    file: str
    end: int
    lines: tuple[str, ...]


class Spool(Protocol):
    """Keeps records while the database is away. Every method raises OSError when the disk does not take it."""

    async def append(self, lines: Sequence[str]) -> None:
        """Write the lines (each without line ends) durably."""

    async def batches(self) -> list[SpoolBatch]:
        """Everything kept, the oldest file first."""

    async def drop(self, batch: SpoolBatch) -> None:
        """Forget the lines of `batch`; lines appended since stay."""

    async def reject(self, line: str) -> None:
        """Set a line aside for a person to look at: the database will never take it."""


class JournalMarks(Protocol):
    """How far each file of Asterisk's journal has been imported. Every method raises StoreUnavailable."""

    async def get(self, file: str) -> int:
        """Bytes of `file` imported already; 0 for a file never seen."""

    async def set(self, file: str, offset: int) -> None: ...
