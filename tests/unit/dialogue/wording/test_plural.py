"""Plural forms against the table of the last two digits."""

import pytest

from ivr.dialogue.wording.plural import KOPECK, ROUBLE, WORKING_DAY, Case
from tests.unit.dialogue.wording.reader import form


@pytest.mark.parametrize("hundreds", [0, 100, 1000, 12_300, -200])
def test_every_tail_has_its_form(hundreds):
    for tail in range(100):
        number = hundreds + tail if hundreds >= 0 else hundreds - tail
        assert ROUBLE.after(number) == form(tail, ["рубль", "рубля", "рублей"])
        assert KOPECK.after(number, Case.ACCUSATIVE) == form(tail, ["копейку", "копейки", "копеек"])
        assert ROUBLE.after(number, Case.ACCUSATIVE) == ROUBLE.after(number)
        assert KOPECK.after(number, Case.GENITIVE) == form(tail, ["копейки", "копеек", "копеек"])
        assert WORKING_DAY.after(number, Case.GENITIVE) == form(tail, ["рабочего дня", "рабочих дней", "рабочих дней"])
