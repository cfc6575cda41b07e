"""What the services need of the world. Adapters implement these; nothing here knows Asterisk or SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr.dialogue.model import Ending, Gather, Match, NoInput, NoMatch, Phrase, Prompt, Record, Spoken, Taken, Unheard
from ivr.domain.call import Call, CallId, Outcome, Step
from ivr.domain.call import Record as CallRecord
from ivr.domain.customer import Account, CustomerKind, Reading
from ivr.domain.readings import UncheckedReading
from ivr.domain.supply import Office, Outage, ServiceRequest


class Phone(Protocol):
    """One caller's leg. Every method raises CallerHungUp when the leg is gone and PhoneFailed when Asterisk fails."""

    call_id: CallId
    caller: str
    dialled: str

    @property
    def hears(self) -> bool:
        """Words can be understood on this line, as far as is known."""
        raise NotImplementedError

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None: ...

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput | Spoken | Unheard:
        """The answer by keys; or, where the gather says how to listen, the words. Unheard: it turns out that nobody can
        listen, and the question is to be put by keys."""

    def answered(self, key: str) -> None:
        """His words were taken for this key. Should he press it too, in the next moment, it is the same answer."""

    async def record(self, record: Record) -> Taken:
        """Say the prompt, beep and record. The sound lies whole in its folder before this returns; a caller who hangs
        up, or says nothing (no sound, 0 seconds), leaves none behind."""

    async def queued(self, arrived: float) -> None:
        """He waits for an operator since `arrived` (Unix time): the dialplan must know, should the engine go."""

    async def hold(self, seconds: float, enough: Callable[[], bool]) -> bool:
        """Music for so long, or until `enough` says so; it is asked about every second. A key ends it too: then True,
        and the key waits for `gather`."""

    async def finish(self, ending: Ending) -> None:
        """Leave the caller to the dialplan: it hangs up, or queues him. The last thing done on a call."""


class Voice(Protocol):
    """Gives the sound of a phrase: 8 kHz mono, one loudness, rendered once and kept by content."""

    async def sound(self, phrase: Phrase) -> Path:
        """Path of a playable file. Raises PhoneFailed when it can neither be found nor made."""

    async def seconds(self, phrase: Phrase) -> float: ...


Closing = Callable[[Call | None], Call]


class CallLog(Protocol):
    """The rows of calls. Every method raises StoreUnavailable when the database does not take it in time."""

    async def write(self, records: Sequence[CallRecord]) -> None:
        """Store all of the records or none. Any of them may come again, and in any order: whichever comes first inserts
        the call's row, a step already there is left as it is, and an `Ended` with outcome OPEN never reopens a call.
        Raises RecordRefused when the database will never take one of them."""

    async def close(self, closings: Mapping[CallId, Closing]) -> None:
        """End each of these calls as its closing makes of its row (None: there is none), in one transaction: nothing
        that is written meanwhile is overwritten unseen. Raises RecordRefused as `write` does."""

    async def open_calls(self) -> list[Call]: ...

    async def get(self, call_id: CallId) -> Call | None: ...

    async def recent(self, limit: int) -> list[Call]: ...

    async def steps(self, call_id: CallId) -> list[Step]: ...

    async def outcomes(self, since: datetime) -> dict[Outcome, int]: ...


class PastCalls(Protocol):
    async def called_before(self, caller: str) -> bool:
        """Has an earlier call from this number come to its end? Raises StoreUnavailable."""


class Customers(Protocol):
    """Accounts of the supplier. Every method raises StoreUnavailable when neither the source nor a copy answers."""

    async def account(self, number: str) -> Account | None:
        """The account with its meters, registers (history: last 13 readings, oldest first), balance, tariff and
        telephones. None: unknown, or closed. While the source is down it is a copy with `stale` set."""

    async def by_phone(self, phone: str) -> tuple[str, ...]:
        """Numbers of the accounts that list this telephone, written in any way, in their order; at most 9."""


class Supply(Protocol):
    """What the supplier tells about its network and itself. Every method raises StoreUnavailable."""

    async def outages(self, district: str, address: str, at: datetime) -> tuple[Outage, ...]:
        """Planned outages of the address that are not over at `at`, the soonest first."""

    async def offices(self, district: str) -> tuple[Office, ...]:
        """Offices of the district and those for everybody, in the supplier's own order; of all districts when it has
        none of either."""

    async def how_to_pay(self, kind: CustomerKind) -> str:
        """How and where to pay, as it is spoken; empty when the supplier has not said."""


class ServiceRequests(Protocol):
    """Requests of customers. Every method raises StoreUnavailable."""

    async def of_account(self, number: str) -> tuple[ServiceRequest, ...]:
        """The account's requests, those without an answer first, then the newest, at most 9."""

    async def get(self, number: str) -> ServiceRequest | None:
        """The request of this number."""

    async def open(self, request: ServiceRequest) -> ServiceRequest:
        """Store a request and give it back with its number. One of the same call and topic is written over."""


class Readings(Protocol):
    async def submit(self, register_id: int, reading: Reading) -> int:
        """Store one accepted reading and give its id. A second reading of the register on the same local day replaces
        the first, keeping its trace; the very same call, register and value again gives the id already stored."""

    async def submit_unchecked(self, reading: UncheckedReading) -> int:
        """Store what nobody here can judge and give its id. The very same of the same call is stored once."""


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
