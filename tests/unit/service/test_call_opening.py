"""What every caller hears now, whatever the flow: after the notice of the recording, once."""

from collections.abc import Mapping

from ivr.dialogue.model import Ending, EndingKind, Fact, Match, Phrase
from ivr.service.calls import CallService
from ivr.service.ports import Phone
from tests.unit.service.test_calls import BEGAN, FLOW, OPEN, FakePhone, FakeServices, Notebook

STORM = (Phrase("Авария.", "storm"),)


class Waiters:
    """The line to operators; `ending` is how its callers leave."""

    def __init__(self, ending: Ending | None) -> None:
        self._ending = ending

    async def serve(self, phone: Phone, ending: Ending, topic: str) -> Ending | None:
        return self._ending


async def facts(phone: Phone) -> Mapping[str, Fact]:
    return OPEN


async def test_it_comes_after_the_notice_and_once() -> None:
    phone = FakePhone(Match("1"), Match("5001234567"), Match("1"), Match("2"))
    calls = CallService(lambda: FLOW, FakeServices(), Notebook(), facts, lambda: BEGAN, opening=lambda call_id: STORM)
    await calls.handle(phone)
    assert phone.heard[:2] == ["notice", "storm"] and phone.heard.count("storm") == 1


async def test_a_callback_that_was_ordered_is_the_calls_reason() -> None:
    phone, notebook = FakePhone(Match("0")), Notebook()
    ordered = Ending(EndingKind.HANG_UP, "callback")
    calls = CallService(lambda: FLOW, FakeServices(), notebook, facts, lambda: BEGAN, operators=Waiters(ordered))
    await calls.handle(phone)
    assert phone.endings == [ordered] and notebook.records[-1].call.reason == "callback"
