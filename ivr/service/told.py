"""What can be told besides the balance: payments, prices, outages, requests, verification of meters, offices.

Everything about one account is for its proven owner; how to pay and the offices are for everybody.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, tzinfo

from ivr.dialogue.model import Fact
from ivr.dialogue.wording import timetable
from ivr.domain.call import CallId
from ivr.domain.customer import Account, CustomerKind, serial_ends
from ivr.domain.supply import RequestStatus
from ivr.service.answers import Arguments, CannotAnswer, text
from ivr.service.identity import Identity
from ivr.service.ports import Customers, ServiceRequests, Supply

Item = dict[str, Fact]
"""The facts of one thing told; `case` holds the cases it is, the nearest first."""

_GOING_ON = (RequestStatus.NEW, RequestStatus.IN_PROGRESS)


class Told:
    """Answers `tell`. `clock` gives aware UTC times; `zone` is the supplier's."""

    def __init__(
        self,
        customers: Customers,
        supply: Supply,
        requests: ServiceRequests,
        identity: Identity,
        clock: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._customers = customers
        self._supply = supply
        self._requests = requests
        self._identity = identity
        self._clock = clock
        self._zone = zone
        self._personal: dict[str, Callable[[Account], Awaitable[Sequence[Item]]]] = {
            "payment": self._payment,
            "tariff": self._tariff,
            "outages": self._outages,
            "requests": self._service_requests,
            "verification": self._verification,
        }

    async def tell(self, call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        """`tell_count`, and the facts of each thing as `tell_1_…`. Raises CannotAnswer, StoreUnavailable."""
        what = text(arguments, "what")
        if what in self._personal:
            items = await self._of_owner(call_id, what, text(arguments, "account"))
        elif what == "pay":
            items = await self._how_to_pay(call_id)
        elif what == "offices":
            items = await self._offices(call_id)
        else:
            raise CannotAnswer("bad_request")
        facts: dict[str, Fact] = {"tell_count": len(items)}
        for number, item in enumerate(items, start=1):
            facts |= {f"tell_{number}_{name}": value for name, value in item.items()}
        return facts

    async def _of_owner(self, call_id: CallId, what: str, number: str) -> Sequence[Item]:
        if not self._identity.proven(call_id, number):
            # The flow asks for the proof first; this lock holds when a flow forgets to.
            self._identity.saw(call_id, what, number, "not_proven")
            raise CannotAnswer("not_proven")
        account = await self._customers.account(number)
        if account is None:
            raise CannotAnswer("unknown_account")
        items = await self._personal[what](account)
        self._identity.saw(call_id, what, number, "told" if items else "nothing_to_tell")
        return items

    async def _owned(self, call_id: CallId) -> Account | None:
        """The account of a caller who has proven it."""
        number = self._identity.account_of(call_id)
        return await self._customers.account(number) if self._identity.proven(call_id, number) else None

    async def _payment(self, account: Account) -> Sequence[Item]:
        _fresh(account)
        balance = account.balance
        if balance is None or (balance.last_payment_kopecks or 0) <= 0 or balance.last_payment_on is None:
            return []  # what was paid back is no payment
        return [{"paid_kopecks": balance.last_payment_kopecks, "paid_on": balance.last_payment_on.isoformat()}]

    async def _tariff(self, account: Account) -> Sequence[Item]:
        """The price of each register's kilowatt-hour, in the registers' order."""
        _fresh(account)
        if account.tariff is None:
            return []
        used = dict.fromkeys(register.tariff for meter in account.meters for register in meter.registers)
        prices = {tariff: price for tariff in used if (price := account.tariff.price(tariff)) is not None}
        return [
            {"tariff": tariff, "price_kopecks": price, "case": "single" if list(used) == ["single"] else ""}
            for tariff, price in prices.items()
        ]

    async def _outages(self, account: Account) -> Sequence[Item]:
        return [
            {
                "outage_from": outage.starts_at.astimezone(self._zone).isoformat(),
                "outage_until": outage.ends_at.astimezone(self._zone).isoformat(),
                "outage_why": outage.text.rstrip(". ") or None,
                "case": "why" if outage.text else "",
            }
            for outage in await self._supply.outages(account.district, account.address, self._clock())
        ]

    async def _service_requests(self, account: Account) -> Sequence[Item]:
        items: list[Item] = []
        today = self._clock().astimezone(self._zone).date()
        for request in await self._requests.of_account(account.number):
            going_on = request.status in _GOING_ON
            due = going_on and request.due_on is not None and request.due_on >= today  # no promise for the past
            item: Item = {
                "request_number": request.number,
                "request_topic": request.topic,
                "request_status": request.status.value,
                "request_on": request.opened_at.astimezone(self._zone).date().isoformat(),
                "request_due_on": request.due_on.isoformat() if request.due_on else None,
                "request_result": request.result.rstrip(". ") or None,
                "case": "due" if due else "result" if request.result and not going_on else "",
            }
            items.append(item)
        return items

    async def _verification(self, account: Account) -> Sequence[Item]:
        today = self._clock().astimezone(self._zone).date()
        ends = serial_ends(meter.serial for meter in account.meters)
        return [
            {
                "meter_end": ends[meter.serial],
                "due_on": meter.verification_due.isoformat(),
                "case": "overdue" if meter.verification_due < today else "",
            }
            for meter in account.meters
            if meter.verification_due is not None and ends[meter.serial]
        ]

    async def _how_to_pay(self, call_id: CallId) -> Sequence[Item]:
        account = await self._owned(call_id)
        advice = await self._supply.how_to_pay(account.kind if account else CustomerKind.PERSON)
        return [{"pay_how": advice}] if advice else []

    async def _offices(self, call_id: CallId) -> Sequence[Item]:
        account = await self._owned(call_id)
        return [
            {"office_name": office.name, "office_address": office.address, "office_hours": timetable(office.week)}
            for office in await self._supply.offices(account.district if account else "")
        ]


def _fresh(account: Account) -> None:
    """Raises CannotAnswer for a copy made while billing is away: money must not be told from it."""
    if account.stale:
        raise CannotAnswer("billing_down")
