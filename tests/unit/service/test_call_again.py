"""A caller whom an operator has sent back to the dialogue: the call goes on where it was."""

from ivr.dialogue.model import Match, NoInput
from ivr.domain.call import Began, Ended, Outcome
from ivr.domain.errors import CallerHungUp
from ivr.service.calls import STEPS_UNKNOWN
from tests.unit.service.test_calls import Desk, FakePhone, identified


async def test_its_steps_go_on_and_what_became_of_it_is_left_to_the_journal() -> None:
    desk = Desk()
    await desk.calls.handle(FakePhone(*identified(NoInput(), NoInput(), NoInput(), NoInput())))
    first = len(desk.notebook.steps)
    back = FakePhone(Match("2"))
    back.dialled = ""
    await desk.calls.again(back)
    assert [step.number for step in desk.notebook.steps] == list(range(1, len(desk.notebook.steps) + 1)) and first > 3
    ended = [record.call for record in desk.notebook.records if isinstance(record, Ended)]
    assert [call.outcome for call in ended] == [Outcome.OPEN, Outcome.OPEN] and back.heard[-1] == "bye"
    assert ended[1].account == ended[0].account != ""


async def test_of_a_call_that_is_over_or_of_another_engine_no_step_is_known() -> None:
    desk = Desk()
    await desk.calls.handle(FakePhone(CallerHungUp()))
    desk.calls.forget(FakePhone.call_id)
    desk.notebook.records.clear()
    await desk.calls.again(FakePhone(Match("2")))
    assert desk.notebook.steps[0].number == STEPS_UNKNOWN + 1
    first, last = desk.notebook.records[0], desk.notebook.records[-1]
    assert isinstance(first, Began) and isinstance(last, Ended) and last.call.outcome is Outcome.OPEN
