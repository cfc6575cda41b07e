"""What the demo's caller expects who asks for an operator, in every preset, by day and out of hours."""

from pathlib import Path

import pytest

from ivr.adapters.files.flows import read_flow
from ivr.dialogue.nodes.operator import Operator
from ivr.service.selfservice import Hours
from ivr.simulate.demo_cast import reception_of

PRESETS = Path(__file__).parents[2] / "dialplans"
OPEN, CLOSED = Hours(True, "ежедневно", "сейчас"), Hours(False, "ежедневно", "завтра в 8 часов")


@pytest.mark.parametrize("preset", ["noviten", "rosatom", "gazprom_bryansk", "omskenergo", "belgorod"])
def test_out_of_hours_he_hears_the_menu_that_the_flow_leads_him_to(preset: str) -> None:
    flow = read_flow(PRESETS / preset / "main.yaml")
    operator = flow.nodes[flow.operator]
    assert isinstance(operator, Operator)
    by_day, by_night = (reception_of(flow, hours, False, "0") for hours in (OPEN, CLOSED))
    assert by_day.open and not by_night.open
    assert by_night.closed == operator.closed[-1]
    if operator.closed_next:
        assert by_night.served and by_night.after not in (by_night.menu, by_night.help)
    else:
        assert by_night.after == by_night.menu and not by_night.served
