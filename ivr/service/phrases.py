"""Phrases of callers that were not plainly understood, kept for a person to label: where config.yaml allows it, for so
many days, and every look at them is in the audit.

    keeper.of(call).heard(node, gather, spoken, found)      in the dialogue; it never waits, and never fails a call
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

import structlog

from ivr.dialogue.asks import Asks, Number, RegisterValue, Wish, YesNo
from ivr.dialogue.model import Gather, Match, NoInput, NoMatch, Spoken, Unheard
from ivr.dialogue.nodes.confirm import AGAIN
from ivr.dialogue.understanding.conversation import Found
from ivr.domain.call import Audit, CallId
from ivr.service.evaluating import Register

log = structlog.get_logger()

MOST_WAITING = 100
"""Phrases on their way to the disk; beyond them they are dropped: calls come first."""


class Why(StrEnum):
    """Why a phrase is kept. UNCERTAIN: understood, with little confidence. REFUSED: not understood. DENIED: the caller
    said no to what was understood."""

    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class HeardPhrase:
    """A phrase as a call heard it. `sound`: 8 kHz, 16 bits, from before its first word. `question`: the kind, by the
    names of `understanding.grammar.ALL`; `node` of the flow; `heard`: the words; `understood`: digits, or yes or no."""

    call_id: str
    at: datetime
    question: str
    node: str
    sound: bytes
    heard: str
    understood: str
    confidence: float
    why: Why
    register: Register | None = None


@dataclass(frozen=True, slots=True)
class KeptPhrase:
    """A phrase that lies in the folder. `said`, `number`: its label; both empty: not labelled."""

    file: str
    call_id: str
    at: datetime
    question: str
    node: str
    heard: str
    understood: str
    confidence: float
    why: str
    said: str = ""
    number: str = ""

    @property
    def labelled(self) -> bool:
        return bool(self.said or self.number)


class PhraseStore(Protocol):
    """Every method blocks, and raises OSError."""

    def keep(self, phrase: HeardPhrase) -> None:
        """Sound and line, whole or not at all."""

    def all(self) -> list[KeptPhrase]:
        """Those whose sound is there, the oldest first."""

    def label(self, file: str, said: str | None, number: str | None) -> KeptPhrase:
        """What was said, and the digits meant; None leaves what is there. Raises UnknownPhrase."""

    def sound(self, file: str) -> bytes:
        """The file of a phrase's sound. Raises UnknownPhrase."""

    def delete(self, file: str) -> None:
        """Sound and line. Raises UnknownPhrase."""

    def purge(self, before: datetime) -> int:
        """Forget those from before; how many there were."""


class UnknownPhrase(LookupError):
    """No phrase of this name is kept."""


class PhraseKeeper:
    """Keeps phrases from live calls, for so many `days`. Without a store it keeps nothing. `least`: confidence below
    which what was understood is uncertain."""

    def __init__(self, store: PhraseStore | None, days: int = 30, least: float = 0.8) -> None:
        self._store = store
        self._days = days
        self._least = least
        self._purged: date | None = None
        self._waiting: set[asyncio.Task[None]] = set()

    def of(self, call_id: CallId, clock: Callable[[], datetime]) -> "CallPhrases | None":
        """What keeps the phrases of a call; None: nothing is kept."""
        return CallPhrases(self, call_id, clock) if self._store is not None else None

    def why(self, understood: bool, confidence: float) -> Why | None:
        """Why to keep a phrase; None: it was plain."""
        if not understood:
            return Why.REFUSED
        return Why.UNCERTAIN if confidence < self._least else None

    def keep(self, phrase: HeardPhrase) -> None:
        """Keep it, in a thread. Never raises; what cannot be written is lost and logged, without what was said."""
        if self._store is None or not phrase.sound or len(self._waiting) >= MOST_WAITING:
            return
        task = asyncio.get_running_loop().create_task(self._write(self._store, phrase))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def close(self) -> None:
        """Wait for those on their way."""
        if self._waiting:
            await asyncio.wait(set(self._waiting))

    async def _write(self, store: PhraseStore, phrase: HeardPhrase) -> None:
        try:
            await asyncio.to_thread(store.keep, phrase)
            if self._purged != phrase.at.date():
                self._purged = phrase.at.date()
                await asyncio.to_thread(store.purge, phrase.at - timedelta(days=self._days))
        except OSError as error:
            log.warning("phrase_not_kept", call_id=phrase.call_id, reason=str(error.strerror or type(error).__name__))


class CallPhrases:
    """The phrases of one call. What proves who the caller is, and keys said by their names, are never kept."""

    def __init__(self, keeper: PhraseKeeper, call_id: CallId, clock: Callable[[], datetime]) -> None:
        self._keeper, self._call_id, self._clock = keeper, call_id, clock
        self._read_back: HeardPhrase | None = None

    def heard(self, node: str, gather: Gather, spoken: Spoken, found: Found) -> None:
        """`found` was made of the phrase."""
        self._answered(gather, found)
        question = _kind(gather.asks)
        if question is None or gather.secret:
            return
        value, confidence = (found.wanted or found.value, found.confidence) if isinstance(found, Match) else ("", 0.0)
        best = (spoken.hypotheses or spoken.more)[:1]
        phrase = HeardPhrase(
            call_id=self._call_id,
            at=self._clock(),
            question=question,
            node=node,
            sound=spoken.sound,
            heard=" ".join(word.text for each in best for word in each.words),
            understood=value,
            confidence=confidence,
            why=Why.UNCERTAIN,
            register=_register(gather.asks),
        )
        why = self._keeper.why(isinstance(found, Match), confidence)
        if why is not None:
            self._keeper.keep(replace(phrase, why=why))
        elif question not in ("reply", "wish"):
            self._read_back = phrase

    def keyed(self, gather: Gather, result: Match | NoMatch | NoInput | Unheard) -> None:
        """Keys answered."""
        self._answered(gather, result)

    def _answered(self, gather: Gather, found: Found | NoInput) -> None:
        """A plain phrase whose read-back the caller denies was heard wrongly: nothing teaches more."""
        if isinstance(gather.asks, YesNo) and isinstance(found, Match):
            if found.value == AGAIN and self._read_back is not None:
                self._keeper.keep(replace(self._read_back, why=Why.DENIED))
            self._read_back = None


def _kind(asks: Asks | None) -> str | None:
    match asks:
        case RegisterValue():
            return "reading"
        case Number(name="house"):
            return "address"
        case Number():
            return "account"
        case YesNo():
            return "reply"
        case Wish():
            return "wish"
    return None


def _register(asks: Asks | None) -> Register | None:
    return Register(asks.digits, asks.last, asks.usual, asks.most) if isinstance(asks, RegisterValue) else None


class PhraseDesk:
    """What the people of the centre do with kept phrases; every look is told to `audit` first."""

    def __init__(
        self, store: PhraseStore, days: int, actor: str, audit: Callable[[Sequence[Audit]], None], now: datetime
    ) -> None:
        self._store, self._days = store, days
        self._actor, self._audit, self._now = actor, audit, now

    def listed(self, unlabelled: bool = False, latest: int | None = None) -> list[KeptPhrase]:
        """Those that may still be kept, or so many of them, the latest. Raises OSError, StoreUnavailable: nobody looks
        unseen."""
        self._forget()
        found = [phrase for phrase in self._store.all() if not (unlabelled and phrase.labelled)]
        found = found if latest is None else found[-latest:]
        self._audit([self._look("phrase_listed", phrase.call_id, phrase.file) for phrase in found])
        return found

    def label(self, file: str, said: str | None, number: str | None) -> KeptPhrase:
        """Raises UnknownPhrase, OSError, StoreUnavailable."""
        self._told("phrase_labelled", file, "done")
        return self._store.label(file, said, number)

    def sound(self, file: str) -> bytes:
        """To be listened to. Raises UnknownPhrase, OSError, StoreUnavailable."""
        self._told("phrase_played", file)
        return self._store.sound(file)

    def delete(self, file: str) -> None:
        """Raises UnknownPhrase, OSError, StoreUnavailable."""
        self._told("phrase_deleted", file, "done")
        self._store.delete(file)

    def purge(self) -> int:
        """Forget what is older than the days of retention; how many there were. Raises OSError, StoreUnavailable."""
        gone = [phrase for phrase in self._store.all() if phrase.at < self._until()]
        self._audit([self._look("phrase_deleted", phrase.call_id, phrase.file, "done") for phrase in gone])
        return self._forget()

    def _forget(self) -> int:
        return self._store.purge(self._until())

    def _until(self) -> datetime:
        """What is older may not be kept."""
        return self._now - timedelta(days=self._days)

    def _told(self, action: str, file: str, result: str = "shown") -> None:
        phrase = next((phrase for phrase in self._store.all() if phrase.file == file), None)
        if phrase is None:
            raise UnknownPhrase(file)
        self._audit([self._look(action, phrase.call_id, file, result)])

    def _look(self, action: str, call_id: str, file: str, result: str = "shown") -> Audit:
        return Audit(uuid4().hex, self._now, call_id, self._actor, action, file, result)
