"""What the services need of the world. Adapters implement these; nothing here knows Asterisk or SQL."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr.dialogue.model import Ending, Gather, Match, NoInput, NoMatch, Phrase, Prompt
from ivr.domain.call import Call, CallId, Outcome, Step
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

    async def begin(self, call: Call) -> None:
        """Insert the row; a second `begin` of the same id changes nothing."""

    async def add_steps(self, call_id: CallId, steps: Sequence[Step]) -> None:
        """Insert steps; a step already there (same number) is left as it is."""

    async def end(self, call: Call) -> None:
        """Write the final row (insert it when `begin` never came through)."""

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
