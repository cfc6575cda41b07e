"""Who the callers are: accounts offered by number, accounts keyed in, proofs, and locks after failures.

A failure is an unknown account or a wrong proof. It counts against the caller's number and against the account that
was guessed at; a hidden number has no count of its own, so for hidden callers only the account's holds. Tallies are in
the database: neither a new call nor a restart forgives. What a call has proven lives in memory and dies with it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import uuid4

import structlog

from ivr.dialogue.model import Fact
from ivr.domain.call import Audit, Call, CallId
from ivr.domain.customer import Account
from ivr.domain.errors import StoreUnavailable
from ivr.domain.identity import IdentityRules, Judged, Proof, Tally, judged, proof_of, proves
from ivr.service.answers import Arguments, CannotAnswer, text, whole
from ivr.service.ports import Customers

log = structlog.get_logger()

CALLER = "caller"
SHORTEST_NUMBER = 5  # digits; what is shorter is no number that could be called back, but a mark for a hidden one
END_DIGITS = 4


class Tallies(Protocol):
    """Counts failures of subjects (`caller:…`, `account:…`). Every method raises StoreUnavailable."""

    async def locked(self, subjects: Sequence[str], now: datetime) -> bool:
        """Whether any of them is locked."""

    async def judge(self, subjects: Sequence[str], right: bool, now: datetime, rules: IdentityRules) -> Judged:
        """Judge one try about all of them (`ivr.domain.identity.judged`), one after the other with every other try
        about any of them, so that of many at the same moment none is free."""


class TalliesInMemory:
    """Tallies of one engine that a restart forgets: for tests and first looks."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

    async def locked(self, subjects: Sequence[str], now: datetime) -> bool:
        return any(self._tallies.get(subject, Tally()).locked(now) for subject in subjects)

    async def judge(self, subjects: Sequence[str], right: bool, now: datetime, rules: IdentityRules) -> Judged:
        known = {subject: self._tallies.get(subject, Tally()) for subject in subjects}
        result, changed = judged(known, right, now, rules)
        self._tallies.update(changed)
        return result


class _Known:
    """What one call knows of its caller."""

    def __init__(self, caller: str) -> None:
        self.caller = caller
        self.offers: tuple[str, ...] = ()
        self.account = ""
        self.unreachable = ""
        self.proven: set[str] = set()


class Identity:
    """`audit` takes every look and every try; `clock` gives aware UTC times."""

    def __init__(
        self,
        customers: Customers,
        tallies: Tallies,
        audit: Callable[[Audit], None],
        rules: IdentityRules,
        clock: Callable[[], datetime],
    ) -> None:
        self._customers = customers
        self._tallies = tallies
        self._audit = audit
        self._rules = rules
        self._clock = clock
        self._calls: dict[CallId, _Known] = {}

    def begin(self, call: Call) -> None:
        self._calls[call.id] = _Known(call.caller)

    def forget(self, call_id: CallId) -> None:
        """The call is over: what it has proven goes with it."""
        self._calls.pop(call_id, None)

    def account_of(self, call_id: CallId) -> str:
        """The account this call named last; empty when it named none."""
        return self._known(call_id).account

    def proven(self, call_id: CallId, account: str) -> bool:
        return account in self._known(call_id).proven

    def unreachable(self, call_id: CallId) -> str:
        """The number keyed in this call that could not be looked up; empty when there is none."""
        return self._known(call_id).unreachable

    def saw(self, call_id: CallId, action: str, subject: str, result: str) -> None:
        """Write one look at personal data into the audit."""
        self._audit(Audit(uuid4().hex, self._clock(), call_id, CALLER, action, subject, result))

    async def offers(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        """How many accounts have the caller's number, and the end of each one's number. No account is named in full:
        whoever forges a number must not learn whose accounts it has."""
        known = self._known(call_id)
        if await self._locked(known):
            return self._told_locked(call_id, "")
        found = await self._customers.by_phone(known.caller) if _shown(known.caller) else ()
        alike = len({number[-END_DIGITS:] for number in found}) < len(found)  # the caller could not tell them apart
        known.offers = tuple(found) if len(found) <= self._rules.most_offers and not alike else ()
        for number in known.offers:
            self.saw(call_id, "offered", number, "")
        ends: dict[str, Fact] = {
            f"offer_{place}_end": number[-END_DIGITS:] for place, number in enumerate(known.offers, start=1)
        }
        return {"identity_locked": False, "offers": len(known.offers), **ends}

    async def find(self, call_id: CallId, arguments: Arguments) -> Account | None:
        """The account that was told (`number`) or chosen among the offered (`offer`). None: unknown, or `locked` says
        so."""
        known = self._known(call_id)
        offered = "offer" in arguments
        number = self._offered(known, arguments) if offered else text(arguments, "number")
        try:
            account = await self._customers.account(number)
        except StoreUnavailable:
            known.unreachable = "" if offered else number
            raise
        if account is None:
            if _shown(known.caller):
                await self._tallies.judge([f"caller:{known.caller}"], False, self._clock(), self._rules)
            self.saw(call_id, "identified", "", "unknown_account")
            return None
        known.account = account.number
        self.saw(call_id, "identified", account.number, "offered" if offered else "given")
        return account

    async def locked(self, call_id: CallId) -> dict[str, Fact] | None:
        """The answer for a caller whose number is locked; None when it is not."""
        return self._told_locked(call_id, "") if await self._locked(self._known(call_id)) else None

    def proof_kind(self, account: Account, arguments: Arguments) -> Proof | None:
        """The proof to be asked for: one that the flow names in `proofs`, that is allowed, and that the data has."""
        asked = str(arguments.get("proofs") or Proof.CONTRACT.value).split()
        return proof_of(account, tuple(Proof(word) for word in asked if word in set(Proof)), self._rules)

    async def proof(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        """Judge a proof."""
        number, given = text(arguments, "account"), text(arguments, "given")
        account = await self._customers.account(number)
        if account is None:
            raise CannotAnswer("unknown_account")
        known = self._known(call_id)
        subjects = [f"account:{account.number}"]
        if _shown(known.caller):
            subjects.append(f"caller:{known.caller}")
        kind = self.proof_kind(account, arguments)
        right = kind is not None and proves(account, kind, given)
        outcome = await self._tallies.judge(subjects, right, self._clock(), self._rules)
        if outcome.allowed:
            self.saw(call_id, "proof", account.number, f"{kind or 'none'} {'right' if right else 'wrong'}")
        if outcome.locked:
            return {"proven": False, **self._told_locked(call_id, account.number)}
        if right:
            known.proven.add(account.number)
        return {"proven": right, "identity_locked": False}

    async def _locked(self, known: _Known) -> bool:
        return _shown(known.caller) and await self._tallies.locked([f"caller:{known.caller}"], self._clock())

    def _told_locked(self, call_id: CallId, account: str) -> dict[str, Fact]:
        self.saw(call_id, "locked", account, "identity_locked")
        log.warning("identity_locked")
        return {"identity_locked": True}

    def _offered(self, known: _Known, arguments: Arguments) -> str:
        place = whole(arguments, "offer")
        if not 1 <= place <= len(known.offers):
            raise CannotAnswer("bad_request")
        return known.offers[place - 1]

    def _known(self, call_id: CallId) -> _Known:
        return self._calls.setdefault(call_id, _Known(""))


def _shown(caller: str) -> bool:
    return sum(letter.isdecimal() for letter in caller) >= SHORTEST_NUMBER
