"""What a flow may ask for: the caller's account, his readings, his balance, working hours, news.

An answer holds what was asked and nothing more. Whatever goes wrong is a Failure with a code: an exception here would
be silence in the caller's ear.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

import structlog

from ivr.dialogue.model import Fact, Failure, Reply, Request
from ivr.dialogue.turn import SAID
from ivr.dialogue.understanding.ranking import ReadingContext
from ivr.domain.call import Audit, Call, CallId
from ivr.domain.customer import Account, Reading, Register, Said
from ivr.domain.errors import StoreUnavailable
from ivr.domain.identity import IdentityRules
from ivr.domain.readings import Judgement, ReadingRules, UncheckedReading, Verdict, check
from ivr.service.announcements import Announcement, NewsDesk
from ivr.service.answers import Answer, Arguments, CannotAnswer, text, whole
from ivr.service.identity import Identity, TalliesInMemory
from ivr.service.ports import Customers, News, Readings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hours:
    """A queue's hours as they are spoken. holiday: nobody works today, because it is a public holiday."""

    open: bool
    timetable: str
    next_open: str
    holiday: bool = False


Timetable = Callable[[str, datetime], Hours]
"""Hours of a queue at a local time."""


class RecordedNews(Protocol):
    async def current(self, at: datetime) -> list[Announcement]:
        """Recorded news in force at `at`, newest first. Raises StoreUnavailable."""


def _unheard(audit: Audit) -> None:
    """Without an audit of its own the log tells at least that somebody looked."""
    log.info("audit", action=audit.action, result=audit.result)


class SelfService:
    """Answers requests. `clock` gives aware UTC times; `zone` is the supplier's; `more` are answers given elsewhere."""

    def __init__(
        self,
        customers: Customers,
        readings: Readings,
        news: News,
        timetable: Timetable,
        rules: ReadingRules,
        clock: Callable[[], datetime],
        zone: tzinfo,
        identity: Identity | None = None,
        more: Mapping[str, Answer] | None = None,
        desk: NewsDesk | None = None,
        recorded: RecordedNews | None = None,
    ) -> None:
        self._customers = customers
        self._readings = readings
        self._news = news
        self._timetable = timetable
        self._rules = rules
        self._clock = clock
        self._zone = zone
        self._recorded = recorded
        self._desk = desk
        self._identity = identity or Identity(customers, TalliesInMemory(), _unheard, IdentityRules(), clock)
        self._answers: dict[str, Answer] = {
            "offers": self._identity.offers,
            "account": self._account,
            "proof": self._identity.proof,
            "reading_check": self._reading_check,
            "reading_submit": self._reading_submit,
            "reading_unchecked": self._reading_unchecked,
            "balance": self._balance,
            "hours": self._hours,
            "news": self._current_news,
            **(desk.answers if desk else {}),
            **(more or {}),
        }

    def begin(self, call: Call) -> None:
        """A call begins: its requests follow."""
        self._identity.begin(call)
        if self._desk:
            self._desk.begin(call)

    async def answer(self, call_id: CallId, request: Request) -> Reply | Failure:
        """The facts asked for. Failures: unknown_request, bad_request, unknown_account, unknown_register,
        reading_refused, not_proven, no_balance, billing_down, store_unavailable, record_refused, internal_error."""
        answer = self._answers.get(request.kind)
        if answer is None:
            return Failure("unknown_request")
        try:
            return Reply(await answer(call_id, request.arguments))
        except CannotAnswer as error:
            return Failure(error.code)
        except StoreUnavailable as error:
            log.error("store_unavailable", request=request.kind, error=str(error))
            return Failure(error.code)
        except Exception as error:
            # The one guard of a request: the flow says its apology. The message may hold personal data: not logged.
            log.error("request_failed", request=request.kind, error=type(error).__name__)
            return Failure("internal_error")

    def forget(self, call_id: CallId) -> None:
        """The call is over: what it has proven goes with it."""
        self._identity.forget(call_id)
        if self._desk:
            self._desk.forget(call_id)

    async def _account(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        if (locked := await self._identity.locked(call_id)) is not None:
            return {"account_found": False, **locked}
        account = await self._identity.find(call_id, arguments)
        if account is None:
            return {"account_found": False}
        proof = self._identity.proof_kind(account, arguments)
        facts: dict[str, Fact] = {
            "account_found": True,
            "account": account.number,
            "address": account.address,
            "kind": account.kind.value,
            "proof_kind": proof.value if proof else None,
            "registers": sum(len(meter.registers) for meter in account.meters),
        }
        number = 0
        for meter in account.meters:
            for register in meter.registers:
                number += 1
                facts |= self._register_facts(f"register_{number}_", meter.serial, register)
        return facts

    def _register_facts(self, prefix: str, serial: str, register: Register) -> dict[str, Fact]:
        last = register.history[-1] if register.history else None
        expected = ReadingContext.of(register, self._now().date(), self._rules)
        return {
            prefix + "id": register.id,
            prefix + "tariff": register.tariff,
            prefix + "meter": serial,
            prefix + "digits": register.digits,
            prefix + "last": last.value if last else None,
            prefix + "last_on": last.taken_at.astimezone(self._zone).date().isoformat() if last else None,
            prefix + "usual": expected.usual,
            prefix + "most": expected.most,
        }

    async def _reading_check(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        _, verdict = await self._judge(call_id, arguments)
        return {
            "verdict": verdict.judgement.value,
            "reason": verdict.reason.value,
            "used_kwh": verdict.used_kwh,
            "usual_kwh": verdict.usual_kwh,
        }

    async def _reading_submit(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        register, verdict = await self._judge(call_id, arguments)
        if verdict.judgement is Judgement.REFUSED:
            raise CannotAnswer("reading_refused")
        said = _said(arguments)
        reading = Reading(whole(arguments, "value"), self._clock(), _channel(said), call_id, said)
        stored = await self._readings.submit(register.id, reading)
        account = str(arguments.get("account") or self._identity.account_of(call_id))
        self._identity.saw(call_id, "reading", account, "stored")
        return {"reading_id": stored}

    async def _reading_unchecked(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        number, tariff, value = text(arguments, "account"), text(arguments, "tariff"), whole(arguments, "value")
        if number != self._identity.unreachable(call_id):
            raise CannotAnswer("not_proven")
        said = _said(arguments)
        reading = UncheckedReading(number, "", tariff, value, self._clock(), _channel(said), call_id, said)
        stored = await self._readings.submit_unchecked(reading)
        self._identity.saw(call_id, "reading", number, "unchecked")
        return {"reading_id": stored}

    async def _judge(self, call_id: CallId, arguments: Arguments) -> tuple[Register, Verdict]:
        number = text({"account": arguments.get("account") or self._identity.account_of(call_id)}, "account")
        if not self._identity.proven(call_id, number):
            raise CannotAnswer("not_proven")
        account = await self._known(number)
        register_id, value = whole(arguments, "register_id"), whole(arguments, "value")
        registers = (register for meter in account.meters for register in meter.registers)
        register = next((register for register in registers if register.id == register_id), None)
        if register is None:
            raise CannotAnswer("unknown_register")
        return register, check(register, value, self._now().date(), self._rules)

    async def _balance(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        number = text(arguments, "account")
        if not self._identity.proven(call_id, number):
            # The flow asks for the proof first; this lock holds when a flow forgets to.
            self._identity.saw(call_id, "balance", number, "not_proven")
            raise CannotAnswer("not_proven")
        account = await self._known(number)
        balance = account.balance
        if balance is None:
            raise CannotAnswer("billing_down" if account.stale else "no_balance")
        self._identity.saw(call_id, "balance", number, "told")
        return {
            "debt_kopecks": balance.debt_kopecks,
            "balance_on": balance.as_of.isoformat(),
            "paid_kopecks": paid if (paid := balance.last_payment_kopecks or 0) > 0 else None,  # paid back: no payment
            "paid_on": balance.last_payment_on.isoformat() if balance.last_payment_on else None,
        }

    async def _hours(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        hours = self._timetable(str(arguments.get("queue") or ""), self._now())
        return {
            "open": hours.open,
            "holiday": hours.holiday,
            "timetable": hours.timetable,
            "next_open": hours.next_open,
        }

    async def _current_news(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        """Recorded pieces first: somebody has just made them."""
        now = self._clock()
        recorded = await self._recorded.current(now) if self._recorded else []
        facts: dict[str, Fact] = {}
        for number, piece in enumerate(recorded, start=1):
            facts |= {f"news_{number}": piece.title, f"news_{number}_sound": piece.sound}
        for number, words in enumerate(await self._news.current(now), start=len(recorded) + 1):
            facts |= {f"news_{number}": words, f"news_{number}_sound": ""}
        return {"news_count": len(facts) // 2, **facts}

    async def _known(self, number: str) -> Account:
        account = await self._customers.account(number)
        if account is None:
            raise CannotAnswer("unknown_account")
        return account

    def _now(self) -> datetime:
        return self._clock().astimezone(self._zone)


def _said(arguments: Arguments) -> Said | None:
    """In what words the value was given; None: it was keyed."""
    words, percent, at_ms = (arguments.get(name) for name in SAID)
    if not isinstance(words, str) or not isinstance(percent, int):
        return None
    return Said(words, percent, at_ms if isinstance(at_ms, int) else None)


def _channel(said: Said | None) -> str:
    return "ivr_speech" if said else "ivr_tones"
