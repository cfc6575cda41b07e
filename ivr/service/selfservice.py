"""What a flow may ask for: the caller's account, his readings, his balance, working hours, news.

An answer holds what was asked and nothing more. Whatever goes wrong is a Failure with a code: an exception here would
be silence in the caller's ear.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

import structlog

from ivr.dialogue.model import Fact, Failure, Reply, Request
from ivr.domain.call import CallId
from ivr.domain.customer import Account, Reading, Register
from ivr.domain.errors import StoreUnavailable
from ivr.domain.readings import Judgement, ReadingRules, Verdict, check
from ivr.service.ports import Customers, News, Readings
from ivr.service.proofs import Proofs

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

Arguments = Mapping[str, Fact]


class _CannotAnswer(Exception):
    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class SelfService:
    """Answers requests. `clock` gives aware UTC times; `zone` is the supplier's."""

    def __init__(
        self,
        customers: Customers,
        readings: Readings,
        news: News,
        timetable: Timetable,
        rules: ReadingRules,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._customers = customers
        self._readings = readings
        self._news = news
        self._timetable = timetable
        self._rules = rules
        self._clock = clock
        self._zone = zone
        self._proofs = Proofs()
        self._identified: dict[CallId, str] = {}
        self._answers: dict[str, Callable[[CallId, Arguments], Awaitable[dict[str, Fact]]]] = {
            "account": self._account,
            "proof": self._proof,
            "reading_check": self._reading_check,
            "reading_submit": self._reading_submit,
            "balance": self._balance,
            "hours": self._hours,
            "news": self._current_news,
        }

    async def answer(self, call_id: CallId, request: Request) -> Reply | Failure:
        """The facts asked for. Failures: unknown_request, bad_request, unknown_account, unknown_register,
        reading_refused, not_proven, no_balance, store_unavailable, record_refused, internal_error."""
        answer = self._answers.get(request.kind)
        if answer is None:
            return Failure("unknown_request")
        try:
            return Reply(await answer(call_id, request.arguments))
        except _CannotAnswer as error:
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
        self._proofs.forget(call_id)
        self._identified.pop(call_id, None)

    async def _account(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        account = await self._customers.account(_text(arguments, "number"))
        if account is None:
            return {"account_found": False}
        self._identified[call_id] = account.number
        facts: dict[str, Fact] = {
            "account_found": True,
            "account": account.number,
            "address": account.address,
            "kind": account.kind.value,
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
        return {
            prefix + "id": register.id,
            prefix + "tariff": register.tariff,
            prefix + "meter": serial,
            prefix + "digits": register.digits,
            prefix + "last": last.value if last else None,
            prefix + "last_on": last.taken_at.astimezone(self._zone).date().isoformat() if last else None,
        }

    async def _proof(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        account = await self._known(_text(arguments, "account"))
        given, today = _text(arguments, "given"), self._now().date()
        return {"proven": self._proofs.prove(call_id, account.number, account.contract, given, today)}

    async def _reading_check(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        _, verdict = await self._judge(call_id, arguments)
        first, last = self._rules.window or (None, None)
        return {
            "verdict": verdict.judgement.value,
            "reason": verdict.reason.value,
            "used_kwh": verdict.used_kwh,
            "usual_kwh": verdict.usual_kwh,
            "window_first": first,
            "window_last": last,
        }

    async def _reading_submit(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        register, verdict = await self._judge(call_id, arguments)
        if verdict.judgement is Judgement.REFUSED:
            raise _CannotAnswer("reading_refused")
        reading = Reading(_whole(arguments, "value"), self._clock(), "ivr_tones", call_id)
        return {"reading_id": await self._readings.submit(register.id, reading)}

    async def _judge(self, call_id: CallId, arguments: Arguments) -> tuple[Register, Verdict]:
        number = arguments.get("account") or self._identified.get(call_id)
        account = await self._known(_text({"account": number}, "account"))
        register_id, value = _whole(arguments, "register_id"), _whole(arguments, "value")
        registers = (register for meter in account.meters for register in meter.registers)
        register = next((register for register in registers if register.id == register_id), None)
        if register is None:
            raise _CannotAnswer("unknown_register")
        return register, check(register, value, self._now().date(), self._rules)

    async def _balance(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        number = _text(arguments, "account")
        if not self._proofs.proven(call_id, number):
            # The flow asks for the proof first; this lock holds when a flow forgets to.
            raise _CannotAnswer("not_proven")
        balance = (await self._known(number)).balance
        if balance is None:
            raise _CannotAnswer("no_balance")
        return {
            "debt_kopecks": balance.debt_kopecks,
            "balance_on": balance.as_of.isoformat(),
            "paid_kopecks": balance.last_payment_kopecks,
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
        texts = await self._news.current(self._clock())
        return {"news_count": len(texts), **{f"news_{number}": text for number, text in enumerate(texts, start=1)}}

    async def _known(self, number: str) -> Account:
        account = await self._customers.account(number)
        if account is None:
            raise _CannotAnswer("unknown_account")
        return account

    def _now(self) -> datetime:
        return self._clock().astimezone(self._zone)


def _text(arguments: Arguments, name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise _CannotAnswer("bad_request")
    return value


def _whole(arguments: Arguments, name: str) -> int:
    value = arguments.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _CannotAnswer("bad_request")
    return value
