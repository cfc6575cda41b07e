from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.domain.call import Audit, Call, CallId
from ivr.domain.customer import Account, Balance, CustomerKind, Meter, Register, Tariff
from ivr.domain.hours import every_day
from ivr.domain.identity import IdentityRules
from ivr.domain.supply import Office, Outage, RequestStatus, ServiceRequest
from ivr.service.answers import CannotAnswer
from ivr.service.identity import Identity, TalliesInMemory
from ivr.service.told import Told

NOW = datetime(2026, 3, 31, 20, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Yekaterinburg")
CALL = CallId("c")
METERS = (
    Meter(1, "ПР-00012345", (Register(1, "day", 5), Register(2, "night", 5)), date(2026, 4, 1)),
    Meter(2, "77", (Register(3, "day", 5),), date(2026, 3, 31)),
    Meter(3, "78", (Register(4, "peak", 5),)),
)
ONE = Account(
    "1",
    "5678",
    "Имя",
    CustomerKind.COMPANY,
    "ул. Новая, дом 1",
    "Север",
    METERS,
    Balance(100, date(2026, 3, 31), 5000, date(2026, 3, 10)),
    tariff=Tariff("Двухзонный", (("day", 741), ("night", 302))),
)


class World:
    """Everything that can be told of account 1, in memory."""

    def __init__(self) -> None:
        self.account_1 = ONE
        self.audit: list[Audit] = []
        self.advice = {CustomerKind.PERSON: "На сайте", CustomerKind.COMPANY: "По счёту"}
        self.asked: list[ServiceRequest] = []
        self.planned: list[Outage] = []
        self.identity = Identity(self, TalliesInMemory(), self.audit.append, IdentityRules(), lambda: NOW)
        self.told = Told(self, self, self, self.identity, lambda: NOW, ZONE)
        self.identity.begin(Call(CALL, "", "1", NOW))

    async def account(self, number: str) -> Account | None:
        return self.account_1 if number == "1" else None

    async def by_phone(self, phone: str) -> tuple[str, ...]:
        return ()

    async def outages(self, district: str, address: str, at: datetime) -> tuple[Outage, ...]:
        return tuple(outage for outage in self.planned if outage.affects(district, address) and at == NOW)

    async def offices(self, district: str) -> tuple[Office, ...]:
        return (Office("Офис", f"Адрес {district}", district, every_day(480, 1020)),)

    async def how_to_pay(self, kind: CustomerKind) -> str:
        return self.advice[kind]

    async def of_account(self, number: str) -> tuple[ServiceRequest, ...]:
        return tuple(self.asked)

    async def get(self, number: str) -> ServiceRequest | None:
        raise NotImplementedError

    async def open(self, request: ServiceRequest) -> ServiceRequest:
        raise NotImplementedError

    async def prove(self) -> None:
        await self.identity.find(CALL, {"number": "1"})
        await self.identity.proof(CALL, {"account": "1", "given": "5678"})

    async def tell(self, what: str, account: str | None = "1") -> list[dict[str, object]]:
        """The things told, without what is not there."""
        facts = await self.told.tell(CALL, {"what": what, "account": account})
        count = facts["tell_count"]
        assert isinstance(count, int)
        things: list[dict[str, object]] = [{} for _ in range(count)]
        for name, value in facts.items():
            if name != "tell_count" and value not in (None, ""):
                _, number, fact = name.split("_", 2)
                things[int(number) - 1][fact] = value
        return things


@pytest.fixture
async def world() -> World:
    world = World()
    await world.prove()
    world.audit.clear()
    return world


@pytest.mark.parametrize("what", ["payment", "tariff", "outages", "requests", "verification"])
async def test_what_is_personal_is_for_the_proven_owner(what: str) -> None:
    world = World()
    with pytest.raises(CannotAnswer, match="not_proven"):
        await world.tell(what)
    assert [(look.action, look.result) for look in world.audit] == [(what, "not_proven")]


BACK = Balance(1, date(2026, 3, 31), -5000, date(2026, 3, 10))


async def test_the_last_payment(world: World) -> None:
    assert await world.tell("payment") == [{"paid_kopecks": 5000, "paid_on": "2026-03-10"}]
    assert [(look.action, look.subject, look.result) for look in world.audit] == [("payment", "1", "told")]
    for balance in (None, Balance(1, date(2026, 3, 31)), Balance(1, date(2026, 3, 31), 5000), BACK):
        world.account_1 = replace(ONE, balance=balance)
        assert await world.tell("payment") == []
    assert world.audit[-1].result == "nothing_to_tell"


async def test_prices_of_the_tariffs_that_the_meters_have(world: World) -> None:
    assert await world.tell("tariff") == [
        {"tariff": "day", "price_kopecks": 741},
        {"tariff": "night", "price_kopecks": 302},
    ]
    meters = (Meter(1, "1", (Register(1, "single", 5),)),)
    world.account_1 = replace(ONE, meters=meters, tariff=Tariff("Один", (("single", 621),)))
    assert await world.tell("tariff") == [{"tariff": "single", "price_kopecks": 621, "case": "single"}]


async def test_of_several_tariffs_none_is_told_as_the_only_one(world: World) -> None:
    meters = (Meter(1, "1", (Register(1, "day", 5),)), Meter(2, "2", (Register(2, "single", 5),)))
    world.account_1 = replace(ONE, meters=meters, tariff=Tariff("Два", (("single", 621), ("day", 741))))
    told = await world.tell("tariff")
    assert [(item["tariff"], item.get("case", "")) for item in told] == [("day", ""), ("single", "")]
    world.account_1 = replace(ONE, tariff=None)
    assert await world.tell("tariff") == []


@pytest.mark.parametrize("what", ["payment", "tariff"])
async def test_no_money_is_told_from_a_copy(world: World, what: str) -> None:
    world.account_1 = replace(ONE, stale=True)
    with pytest.raises(CannotAnswer, match="billing_down"):
        await world.tell(what)


async def test_outages_of_the_address_in_local_time(world: World) -> None:
    until = datetime(2026, 3, 31, 22, tzinfo=UTC)
    world.planned = [Outage(1, "Север", "", NOW, until, "Замена проводов."), Outage(2, "", "ул. Новая", NOW, until)]
    world.planned.append(Outage(3, "Юг", "", NOW, until))
    times = {"outage_from": "2026-04-01T01:00:00+05:00", "outage_until": "2026-04-01T03:00:00+05:00"}
    assert await world.tell("outages") == [{**times, "outage_why": "Замена проводов", "case": "why"}, times]


async def test_requests_with_a_promise_or_an_answer(world: World) -> None:
    asked = ServiceRequest("1", "поверка", RequestStatus.IN_PROGRESS, NOW, "17", due_on=date(2026, 4, 9))
    answered = replace(asked, status=RequestStatus.DONE, number="18", result="Исправен.")
    world.asked = [asked, answered, replace(asked, status=RequestStatus.NEW, number="19", due_on=None, result="x")]
    common = {"request_topic": "поверка", "request_on": "2026-04-01"}
    due = {"request_due_on": "2026-04-09"}
    assert await world.tell("requests") == [
        {**common, **due, "request_number": "17", "request_status": "in_progress", "case": "due"},
        {
            **common,
            **due,
            "request_number": "18",
            "request_status": "done",
            "request_result": "Исправен",
            "case": "result",
        },
        {**common, "request_number": "19", "request_status": "new", "request_result": "x"},
    ]


@pytest.mark.parametrize(("day", "case"), [(1, {"case": "due"}), (0, {})])
async def test_no_answer_is_promised_for_a_day_that_is_past(world: World, day: int, case: dict[str, str]) -> None:
    due = date(2026, 3, 31) + timedelta(days=day)
    world.asked = [ServiceRequest("1", "поверка", RequestStatus.NEW, NOW, "17", due_on=due)]
    (told,) = await world.tell("requests")
    assert {name: value for name, value in told.items() if name == "case"} == case


async def test_verification_is_overdue_the_day_after(world: World) -> None:
    assert await world.tell("verification") == [
        {"meter_end": "2345", "due_on": "2026-04-01"},
        {"meter_end": "77", "due_on": "2026-03-31", "case": "overdue"},
    ]


async def test_offices_and_how_to_pay_are_for_everybody_and_nearer_for_the_owner() -> None:
    world = World()
    hours = "ежедневно с восьми до семнадцати часов"
    assert await world.tell("offices", None) == [
        {"office_name": "Офис", "office_address": "Адрес ", "office_hours": hours}
    ]
    assert await world.tell("pay", None) == [{"pay_how": "На сайте"}]
    await world.prove()
    assert (await world.tell("offices", None))[0]["office_address"] == "Адрес Север"
    assert await world.tell("pay", None) == [{"pay_how": "По счёту"}]
    world.advice[CustomerKind.COMPANY] = ""
    assert await world.tell("pay", None) == []


@pytest.mark.parametrize(("what", "code"), [("weather", "bad_request"), ("", "bad_request")])
async def test_nothing_else_can_be_told(world: World, what: str, code: str) -> None:
    with pytest.raises(CannotAnswer, match=code):
        await world.tell(what)


async def test_an_account_that_is_gone_meanwhile(world: World) -> None:
    world.identity._calls[CALL].proven.add("2")
    with pytest.raises(CannotAnswer, match="unknown_account"):
        await world.tell("payment", "2")
