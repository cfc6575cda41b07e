"""Company news recorded by telephone: who may do it, publishing with days of validity, taking back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol
from uuid import uuid4

import structlog

from ivr.dialogue.model import Fact
from ivr.domain.call import Audit, Call, CallId
from ivr.domain.identity import IdentityRules
from ivr.service.answers import Answer, Arguments, CannotAnswer, text, whole
from ivr.service.identity import Tallies

log = structlog.get_logger()

AUTHOR = "news"
PIN_SUBJECT = "pin:news"
ALL_TRIES = 4
"""So many times more wrong PINs are let pass from all numbers together: a prankster must not lock the author out."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A recorded piece of news. Times are UTC; `valid_until` None: until it is taken back. `sound` is a file's name."""

    sound: str
    recorded_at: datetime
    valid_from: datetime
    valid_until: datetime | None = None
    title: str = ""
    author: str = ""
    id: int = 0


class Announcements(Protocol):
    """Every method raises StoreUnavailable."""

    async def publish(self, announcement: Announcement) -> int:
        """Store it and give its id; the same sound again gives the id it has."""

    async def standing(self, at: datetime) -> list[Announcement]:
        """Those that are or will be in force, newest first."""

    async def withdraw(self, announcement_id: int) -> bool:
        """Take one back at once; False when there is none of this id."""


class Takes(Protocol):
    """Recordings as they were made. Every method raises OSError."""

    async def keep(self, take: str) -> str:
        """Make a take a published sound, durably; gives the sound's name. A published one is left as it is."""

    def drop(self, call_id: CallId) -> None:
        """Throw away the takes of a call that were not kept."""


class NewsDesk:
    """`verify` judges a PIN (None: no PIN is set, nobody may record); `audit` takes every try and every change."""

    def __init__(
        self,
        announcements: Announcements,
        takes: Takes,
        verify: Callable[[str], Awaitable[bool]] | None,
        tallies: Tallies,
        audit: Callable[[Audit], None],
        rules: IdentityRules,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._announcements = announcements
        self._takes = takes
        self._verify = verify
        self._tallies = tallies
        self._audit = audit
        self._rules = rules
        self._clock = clock
        self._zone = zone
        self._callers: dict[CallId, str] = {}
        self._authors: set[CallId] = set()

    @property
    def answers(self) -> dict[str, Answer]:
        return {
            "news_pin": self._pin,
            "news_list": self._list,
            "news_publish": self._publish,
            "news_withdraw": self._withdraw,
        }

    def begin(self, call: Call) -> None:
        self._callers[call.id] = call.caller

    def forget(self, call_id: CallId) -> None:
        """The call is over: its right to publish and its unpublished takes go with it."""
        self._callers.pop(call_id, None)
        if call_id in self._authors:
            self._authors.discard(call_id)
            try:
                self._takes.drop(call_id)
            except OSError as error:  # they are swept at the next start
                log.warning("takes_not_dropped", error=type(error).__name__)

    async def _pin(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        pin, now = text(arguments, "pin"), self._clock()
        everybody = replace(self._rules, most_failures=self._rules.most_failures * ALL_TRIES)
        caller = [f"caller:{self._callers.get(call_id, '')}"]
        if await self._tallies.locked([*caller, PIN_SUBJECT], now):
            return self._locked(call_id)
        right = self._verify is not None and await self._verify(pin)
        for subjects, rules in ((caller, self._rules), ([PIN_SUBJECT], everybody)):
            if not (await self._tallies.judge(subjects, right, now, rules)).allowed:
                return self._locked(call_id)
        self._saw(call_id, "pin", "", "right" if right else "wrong")
        if right:
            self._authors.add(call_id)
        return {"news_author": right, "identity_locked": False}

    def _locked(self, call_id: CallId) -> dict[str, Fact]:
        self._saw(call_id, "pin", "", "locked")
        return {"news_author": False, "identity_locked": True}

    async def _list(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        self._check(call_id)
        standing = await self._announcements.standing(self._clock())
        facts: dict[str, Fact] = {"recorded_count": len(standing)}
        for number, item in enumerate(standing, start=1):
            facts |= {f"recorded_{number}_id": item.id, f"recorded_{number}_sound": item.sound}
        return facts

    async def _publish(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        self._check(call_id)
        now = self._clock()
        first, last = (self._midnight(text(arguments, name)) for name in ("valid_first", "valid_last"))
        if last < first:
            raise CannotAnswer("bad_request")
        sound = await self._takes.keep(text(arguments, "sound"))
        stored = await self._announcements.publish(
            Announcement(sound, now, max(first, now), last + timedelta(days=1), author=AUTHOR)
        )
        self._saw(call_id, "news", str(stored), "published")
        return {"news_published": True}

    async def _withdraw(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        self._check(call_id)
        number = whole(arguments, "id")
        found = await self._announcements.withdraw(number)
        self._saw(call_id, "news", str(number), "withdrawn" if found else "not_found")
        return {"news_withdrawn": found}

    def _check(self, call_id: CallId) -> None:
        """The flow asks for the PIN first; this lock holds when a flow forgets to."""
        if call_id not in self._authors:
            raise CannotAnswer("not_author")

    def _midnight(self, day: str) -> datetime:
        try:
            return datetime.combine(date.fromisoformat(day), time(), self._zone)
        except ValueError:
            raise CannotAnswer("bad_request") from None

    def _saw(self, call_id: CallId, action: str, subject: str, result: str) -> None:
        self._audit(Audit(uuid4().hex, self._clock(), call_id, AUTHOR, action, subject, result))
