"""What an operator is told before the first word."""

from datetime import UTC, datetime

import pytest

from ivr.dialogue.model import Ending, EndingKind, Session
from ivr.domain.call import Call, CallId
from ivr.domain.contact import ContactBook
from ivr.service.calls import LiveCall
from ivr.service.ports import Phone
from ivr.service.queue.briefing import Understood, Unstored, displayed, unstored, whispered, wish_of
from ivr.service.queue.cards import Cards

NOW_UTC = datetime(2026, 6, 15, 12, tzinfo=UTC)


def session(node: str, **state: int | str) -> Session:
    return Session("flow", "1", node, {"register_1_tariff": "single", "register_2_tariff": "night"}, state)


def test_the_reading_that_is_talked_of_is_kept_on_the_way_to_the_operator_and_no_longer() -> None:
    known = unstored(session("readings", register=2, value=12567), "operator", None)
    assert known == Unstored(12567, "night")
    assert unstored(session("operator"), "operator", known) == known
    assert unstored(session("readings", register=2), "operator", known) is None
    assert unstored(session("main"), "operator", known) is None


@pytest.mark.parametrize(
    ("known", "heard", "shown"),
    [
        (Understood(), "Звонок с линии.", ""),
        (Understood("balance"), "Начисления и долг.", "Начисления и долг"),
        (
            Understood("readings", Unstored(12567, "single"), "4007001234"),
            "Показания счётчика. Названо: двенадцать тысяч пятьсот шестьдесят семь. Не записано.",
            "Показания счётчика, 12567 не записано, счёт 4007001234",
        ),
        (
            Understood("readings", Unstored(40, "night")),
            "Показания счётчика. Названо, ночной тариф: сорок. Не записано.",
            "Показания счётчика, ночь 40 не записано",
        ),
        (Understood(wished="сгорел счётчик"), "Звонок с линии.", "«сгорел счётчик»"),
    ],
)
def test_he_hears_and_sees_what_was_understood(known: Understood, heard: str, shown: str) -> None:
    assert whispered(known).text == heard
    assert displayed(known) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("у меня [unk] сгорел счётчик", "у меня сгорел счётчик"),
        ("соедините с оператором", ""),
        ("", ""),
        ("алло " * 20, "алло алло алло алло алло алло алло алло алло алло алло …"),
    ],
)
def test_his_own_words_are_shown_where_they_tell_more_than_that_he_wants_an_operator(said: str, shown: str) -> None:
    assert wish_of(said) == shown


@pytest.mark.parametrize(("proven", "account"), [(True, "4007001234"), (False, "")])
async def test_the_account_is_told_only_when_it_is_proven(proven: bool, account: str) -> None:
    call = Call(CallId("call-1"), "79990000001", "88005550100", NOW_UTC)
    live = LiveCall(
        call, ContactBook(call), account="4007001234", proven=proven, unstored=Unstored(12567), wished="счётчик"
    )

    class Line:
        call_id, caller = call.id, call.caller

    class Desk:
        async def serve(self, phone: Phone, ending: Ending, topic: str) -> Ending | None:
            told.append(cards.understood(phone.call_id))
            return None

    told: list[Understood | None] = []
    cards = Cards(Desk(), lambda call_id: live)
    await cards.serve(Line(), Ending(EndingKind.OPERATOR, "asked", "persons"), "readings")  # type: ignore[arg-type]
    assert told == [Understood("readings", Unstored(12567), account, "счётчик")]
    assert cards.understood(CallId("another")) is None
