from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.dialogue.model import Fact, Failure, Reply, Request
from ivr.domain.call import Call, CallId
from ivr.domain.customer import Account, Balance, CustomerKind, Meter, Reading, Register, Said
from ivr.domain.errors import StoreUnavailable
from ivr.domain.identity import IdentityRules
from ivr.domain.readings import ReadingRules, UncheckedReading
from ivr.service.announcements import Announcement, NewsDesk
from ivr.service.answers import Arguments
from ivr.service.identity import TalliesInMemory
from ivr.service.selfservice import Hours, SelfService

ZONE = ZoneInfo("Asia/Yekaterinburg")
NOW = datetime(2026, 3, 31, 20, tzinfo=UTC)  # 01:00 on 1 April there
LAST = Reading(2200, datetime(2026, 2, 28, 20, tzinfo=UTC))  # 1 March there
DAY = Register(11, "day", 6, (Reading(1900, datetime(2026, 1, 31, tzinfo=UTC)), LAST))
NIGHT = Register(12, "night", 5)
METERS = (Meter(1, "A-1", (DAY,)), Meter(2, "A-2", (NIGHT,)))
BALANCE = Balance(15050, date(2026, 3, 31), 100000, date(2026, 3, 10))
ONE = Account("0000000001", "00-12345678", "Имя", CustomerKind.PERSON, "ул. Выдуманная, 1", "Север", METERS, BALANCE)
TWO = Account("0000000002", "00-99999999", "ООО", CustomerKind.COMPANY, "ул. Выдуманная, 2", "Юг")
CALL = CallId("c")
UNLOCKED: dict[str, Fact] = {"identity_locked": False}


class Shop:
    """Customers, readings and news in memory."""

    def __init__(self) -> None:
        self.accounts = {account.number: account for account in (ONE, TWO)}
        self.submitted: list[tuple[int, Reading]] = []
        self.unchecked: list[UncheckedReading] = []
        self.texts = ["Новое", "Старое"]
        self.error: Exception | None = None

    async def account(self, number: str) -> Account | None:
        if self.error:
            raise self.error
        return self.accounts.get(number)

    async def by_phone(self, phone: str) -> tuple[str, ...]:
        return tuple(self.accounts) if phone == "+79990000001" else ()

    async def submit_unchecked(self, reading: UncheckedReading) -> int:
        self.unchecked.append(reading)
        return 78

    async def submit(self, register_id: int, reading: Reading) -> int:
        self.submitted.append((register_id, reading))
        return 77

    async def current(self, at: datetime) -> list[str]:
        return self.texts if at == NOW else []


def timetable(queue: str, local: datetime) -> Hours:
    return Hours(queue == "claims", "с восьми до двадцати", local.isoformat())


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def make(shop: Shop) -> Callable[..., SelfService]:
    def build(rules: ReadingRules | None = None) -> SelfService:
        rules = rules or ReadingRules(zone=ZONE)
        return SelfService(shop, shop, shop, timetable, rules, lambda: NOW, ZONE)

    return build


@pytest.fixture
def service(make: Callable[..., SelfService]) -> SelfService:
    return make()


async def ask(service: SelfService, kind: str, call_id: CallId = CALL, **arguments: Fact) -> dict[str, Fact] | str:
    """The facts of the reply, or the failure's code."""
    answer = await service.answer(call_id, Request(kind, arguments))
    return dict(answer.facts) if isinstance(answer, Reply) else answer.code


async def prove(service: SelfService) -> None:
    await ask(service, "account", number="0000000001")
    assert await ask(service, "proof", account="0000000001", given="5678") == {"proven": True, **UNLOCKED}


async def test_an_account_is_told_without_name_contract_or_debt(service: SelfService) -> None:
    assert await ask(service, "account", number="0000000001") == {
        "account_found": True,
        "account": "0000000001",
        "address": "ул. Выдуманная, 1",
        "kind": "person",
        "proof_kind": "contract",
        "registers": 2,
        "register_1_id": 11,
        "register_1_tariff": "day",
        "register_1_meter": "A-1",
        "register_1_digits": 6,
        "register_1_last": 2200,
        "register_1_last_on": "2026-03-01",
        "register_1_usual": 321,
        "register_1_most": 620,
        "register_2_id": 12,
        "register_2_tariff": "night",
        "register_2_meter": "A-2",
        "register_2_digits": 5,
        "register_2_last": None,
        "register_2_last_on": None,
        "register_2_usual": None,
        "register_2_most": None,
    }


async def test_an_unknown_number_is_not_found(service: SelfService) -> None:
    assert await ask(service, "account", number="9") == {"account_found": False}


async def test_the_end_of_the_contract_is_the_proof(service: SelfService) -> None:
    assert await ask(service, "proof", account="0000000001", given="5679") == {"proven": False, **UNLOCKED}
    assert await ask(service, "proof", account="0000000001", given="5678") == {"proven": True, **UNLOCKED}
    assert await ask(service, "proof", account="9", given="5678") == "unknown_account"


CHECKED = {"verdict": "accepted", "reason": "", "used_kwh": 310, "usual_kwh": 321}


async def test_a_reading_is_checked(service: SelfService) -> None:
    asked: dict[str, Fact] = {"account": "0000000001", "register_id": 11}
    await prove(service)
    assert await ask(service, "reading_check", value=2510, **asked) == CHECKED
    much = await ask(service, "reading_check", value=9999, **asked)
    assert isinstance(much, dict) and (much["verdict"], much["reason"]) == ("improbable", "too_much")


async def test_a_reading_is_refused_outside_the_window(make: Callable[..., SelfService]) -> None:
    service = make(ReadingRules(window=(15, 25), zone=ZONE))
    await prove(service)
    told = await ask(service, "reading_check", account="0000000001", register_id=11, value=2510)
    assert isinstance(told, dict)
    assert (told["verdict"], told["reason"]) == ("refused", "outside_window")


async def test_without_an_account_the_one_named_in_this_call_is_meant(service: SelfService) -> None:
    assert await ask(service, "reading_check", register_id=11, value=2510) == "bad_request"
    await prove(service)
    assert isinstance(await ask(service, "reading_check", register_id=11, value=2510), dict)
    assert await ask(service, "reading_check", CallId("d"), register_id=11, value=2510) == "bad_request"
    service.forget(CALL)
    assert await ask(service, "reading_check", register_id=11, value=2510) == "bad_request"


async def test_a_reading_is_stored_with_its_call(service: SelfService, shop: Shop) -> None:
    given: dict[str, Fact] = {"account": "0000000001", "register_id": 11, "value": 2510}
    await prove(service)
    assert await ask(service, "reading_submit", **given) == {"reading_id": 77}
    assert shop.submitted == [(11, Reading(2510, NOW, "ivr_tones", "c"))]


@pytest.mark.parametrize("at_ms", [41500, None])
async def test_a_reading_by_voice_is_stored_with_its_words(service: SelfService, shop: Shop, at_ms: int | None) -> None:
    words: dict[str, Fact] = {"said_words": "две пятьсот десять", "said_percent": 97, "said_at_ms": at_ms}
    await prove(service)
    given: dict[str, Fact] = {"account": "0000000001", "register_id": 11, "value": 2510, **words}
    assert await ask(service, "reading_submit", **given) == {"reading_id": 77}
    assert shop.submitted == [(11, Reading(2510, NOW, "ivr_speech", "c", Said("две пятьсот десять", 97, at_ms)))]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"value": 2199}, "reading_refused"),
        ({"register_id": 99}, "unknown_register"),
        ({"account": "0000000002"}, "not_proven"),
        ({"account": "9"}, "not_proven"),
        ({"value": True}, "bad_request"),
        ({"value": "2510"}, "bad_request"),
        ({"register_id": None}, "bad_request"),
        ({"account": 1}, "bad_request"),
    ],
)
async def test_a_wrong_reading_is_not_stored(
    service: SelfService, shop: Shop, changed: dict[str, Fact], code: str
) -> None:
    given: dict[str, Fact] = {"account": "0000000001", "register_id": 11, "value": 2510}
    await prove(service)
    assert await ask(service, "reading_submit", **{**given, **changed}) == code
    assert shop.submitted == []


async def test_a_balance_is_for_who_has_proven_that_account_in_this_call(service: SelfService) -> None:
    assert await ask(service, "balance", account="0000000001") == "not_proven"
    await ask(service, "proof", account="0000000001", given="5678")
    assert await ask(service, "balance", account="0000000001") == {
        "debt_kopecks": 15050,
        "balance_on": "2026-03-31",
        "paid_kopecks": 100000,
        "paid_on": "2026-03-10",
    }
    assert await ask(service, "balance", account="0000000002") == "not_proven"
    assert await ask(service, "balance", CallId("d"), account="0000000001") == "not_proven"
    service.forget(CALL)
    assert await ask(service, "balance", account="0000000001") == "not_proven"


async def test_a_balance_may_lack_a_payment_or_be_missing(service: SelfService, shop: Shop) -> None:
    await ask(service, "proof", account="0000000001", given="5678")
    shop.accounts["0000000001"] = replace(ONE, balance=Balance(-5, date(2026, 3, 31)))
    told = await ask(service, "balance", account="0000000001")
    assert isinstance(told, dict) and (told["paid_kopecks"], told["paid_on"]) == (None, None)
    shop.accounts["0000000001"] = replace(ONE, balance=replace(BALANCE, last_payment_kopecks=-100))
    told = await ask(service, "balance", account="0000000001")
    assert isinstance(told, dict) and told["paid_kopecks"] is None  # what was paid back is no payment
    shop.accounts["0000000001"] = replace(ONE, balance=None)
    assert await ask(service, "balance", account="0000000001") == "no_balance"


async def test_hours_are_those_of_the_queue_now_in_the_suppliers_zone(service: SelfService) -> None:
    timetable, next_open = "с восьми до двадцати", "2026-04-01T01:00:00+05:00"
    told = {"open": True, "holiday": False, "timetable": timetable, "next_open": next_open}
    assert await ask(service, "hours", queue="claims") == told
    assert await ask(service, "hours") == {**told, "open": False}


async def test_news_are_numbered(service: SelfService, shop: Shop) -> None:
    written = {"news_1": "Новое", "news_1_sound": "", "news_2": "Старое", "news_2_sound": ""}
    assert await ask(service, "news") == {"news_count": 2, **written}
    shop.texts = []
    assert await ask(service, "news") == {"news_count": 0}


@pytest.mark.parametrize(
    ("error", "code"),
    [(StoreUnavailable("locked"), "store_unavailable"), (RuntimeError("0000000001"), "internal_error")],
)
async def test_whatever_goes_wrong_is_a_failure(
    service: SelfService, shop: Shop, capsys: pytest.CaptureFixture[str], error: Exception, code: str
) -> None:
    shop.error = error
    assert await service.answer(CALL, Request("account", {"number": "0000000001"})) == Failure(code)
    assert "0000000001" not in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [{}, {"number": ""}, {"number": 1}])
async def test_a_request_without_its_arguments_is_bad(service: SelfService, arguments: dict[str, Fact]) -> None:
    assert await ask(service, "account", **arguments) == "bad_request"


async def test_an_unknown_request_is_a_failure(service: SelfService) -> None:
    assert await ask(service, "weather") == "unknown_request"


async def test_recorded_news_come_first(shop: Shop) -> None:
    class Recorded:
        async def current(self, at: datetime) -> list[Announcement]:
            return [Announcement("news-1.wav", NOW, NOW, title="Своё")] if at == NOW else []

    service = SelfService(shop, shop, shop, timetable, ReadingRules(zone=ZONE), lambda: NOW, ZONE, recorded=Recorded())
    told = await ask(service, "news")
    assert isinstance(told, dict)
    assert [told[name] for name in ("news_count", "news_1", "news_1_sound", "news_2")] == [
        3,
        "Своё",
        "news-1.wav",
        "Новое",
    ]


@pytest.mark.parametrize("named", [{"number": "0000000001"}, {"offer": 1}])
async def test_nobody_submits_or_compares_a_reading_before_the_proof(
    service: SelfService, named: dict[str, Fact]
) -> None:
    service.begin(Call(CALL, "+79990000001", "1", NOW))
    offered = await ask(service, "offers")
    assert isinstance(offered, dict) and offered["offers"] == 2
    await ask(service, "account", **named)
    given: dict[str, Fact] = {"register_id": 11, "value": 2510}
    assert await ask(service, "reading_submit", **given) == "not_proven"
    assert await ask(service, "reading_check", **given) == "not_proven"
    await ask(service, "proof", account="0000000001", given="5678")
    assert await ask(service, "reading_submit", **given) == {"reading_id": 77}


async def test_what_cannot_be_looked_up_takes_readings_unchecked(service: SelfService, shop: Shop) -> None:
    given: dict[str, Fact] = {"account": "0000000009", "tariff": "day", "value": 25}
    assert await ask(service, "reading_unchecked", **given) == "not_proven"
    shop.error = StoreUnavailable("billing is down")
    assert await ask(service, "account", number="0000000009") == "store_unavailable"
    shop.error = None
    assert await ask(service, "reading_unchecked", **{**given, "account": "0000000001"}) == "not_proven"
    assert await ask(service, "reading_unchecked", **given) == {"reading_id": 78}
    assert shop.unchecked == [UncheckedReading("0000000009", "", "day", 25, NOW, "ivr_tones", "c")]


async def test_answers_given_elsewhere_are_asked_for(shop: Shop) -> None:
    async def weather(call_id: CallId, arguments: Arguments) -> dict[str, Fact]:
        return {"sunny": arguments["where"] == "here"}

    more = {"weather": weather}
    service = SelfService(shop, shop, shop, timetable, ReadingRules(zone=ZONE), lambda: NOW, ZONE, more=more)
    assert await ask(service, "weather", where="here") == {"sunny": True}


async def test_of_a_stale_account_no_money_is_told(service: SelfService, shop: Shop) -> None:
    await ask(service, "proof", account="0000000001", given="5678")
    shop.accounts["0000000001"] = replace(ONE, balance=None, stale=True)
    assert await ask(service, "balance", account="0000000001") == "billing_down"


async def test_a_locked_caller_finds_no_account(service: SelfService) -> None:
    service.begin(Call(CALL, "+79990000009", "1", NOW))
    for number in range(5):
        assert await ask(service, "account", number=f"9{number}") == {"account_found": False}
    locked = {"account_found": False, "identity_locked": True}
    assert await ask(service, "account", number="0000000001") == locked


async def test_the_news_desk_learns_of_every_call(shop: Shop) -> None:
    desk = NewsDesk(None, None, None, TalliesInMemory(), lambda audit: None, IdentityRules(), lambda: NOW, ZONE)  # type: ignore[arg-type]
    service = SelfService(shop, shop, shop, timetable, ReadingRules(zone=ZONE), lambda: NOW, ZONE, desk=desk)
    for caller in ("+79990000001", "+79990000002"):
        service.begin(Call(CALL, caller, "1", NOW))
        for _ in range(5):
            assert await ask(service, "news_pin", pin="000000") == {"news_author": False, **UNLOCKED}
        service.forget(CALL)
    service.begin(Call(CALL, "+79990000001", "1", NOW))
    assert await ask(service, "news_pin", pin="000000") == {"news_author": False, "identity_locked": True}
