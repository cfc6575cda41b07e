"""The callers and the staff of an invented day."""

import numpy as np
import pytest

from ivr.simulate.queue.day import MINUTES, Load, Storm, callers, expected, usual
from ivr.simulate.queue.shifts import Crew, even, shaped

LOAD = Load(20_000)


def test_a_day_has_the_calls_asked_for_in_the_shape_of_the_profile() -> None:
    rates = usual(LOAD)
    assert rates.sum() == pytest.approx(20_000)
    by_hour = rates.reshape(24, -1).sum(axis=1)
    assert by_hour.argmax() == 10 and by_hour.argmin() in (2, 3)


def test_nobody_asks_for_an_operator_outside_the_hours() -> None:
    night = usual(Load(1000, hours=(20, 8)))
    assert night.sum() == pytest.approx(1000) and not night[8 * 60 : 20 * 60].any() and night[: 8 * 60].all()
    rates = usual(Load(1000, hours=(8, 20)))
    assert rates.sum() == pytest.approx(1000)
    assert not rates[: 8 * 60].any() and not rates[20 * 60 :].any() and rates[8 * 60 : 20 * 60].all()


def test_a_storm_multiplies_the_load_and_ebbs() -> None:
    ratio = expected(Load(1000, storm=Storm(6, at_hour=10, hours=2))) / usual(Load(1000))
    assert ratio[599] == 1 and ratio[600] == pytest.approx(6, abs=0.05)
    assert ratio[660] == pytest.approx(3.5, abs=0.05) and ratio[720] == 1
    assert (np.diff(ratio[600:721]) < 0).all()


def test_callers_come_in_order_with_the_talks_and_the_patience_asked_for() -> None:
    people = callers(LOAD, seed=3)
    at, patience, talk = np.asarray([person[:3] for person in people]).T
    assert len(people) == pytest.approx(20_000, rel=0.05)
    assert (np.diff(at) >= 0).all() and at[0] >= 0 and at[-1] < MINUTES * 60
    assert talk.mean() == pytest.approx(240, rel=0.03)
    assert talk.std() / talk.mean() == pytest.approx(1.2, rel=0.1)
    assert patience.mean() == pytest.approx(300, rel=0.03)


def test_a_seed_is_a_day() -> None:
    assert callers(Load(50), 1) == callers(Load(50), 1) != callers(Load(50), 2)


def test_staff_is_planned_after_the_ordinary_load_or_evenly() -> None:
    planned = shaped(Load(1000, storm=Storm(9)), 40)
    assert planned == shaped(Load(1000), 40)
    assert max(planned) == planned[21] == 40 and 1 <= min(planned) <= 2
    assert shaped(Load(1000, hours=(8, 20)), 40)[:16] == (0,) * 16
    assert even(7) == (7,) * 48
    with pytest.raises(ValueError, match="47 half hours"):
        Crew((1,) * 47)
