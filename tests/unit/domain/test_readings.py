from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.customer import Reading, Register
from ivr.domain.readings import (
    Judgement,
    ReadingRules,
    Reason,
    Verdict,
    before,
    check,
    daily_rates,
    highest_usual_rate,
    in_window,
)

RULES = ReadingRules()
TODAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def register(*values: int, digits: int = 6, last_on: datetime = NOON, step: int = 30) -> Register:
    """A register read every `step` days, the last time `last_on`."""
    count = len(values)
    history = tuple(Reading(value, last_on - timedelta(days=step * (count - 1 - n))) for n, value in enumerate(values))
    return Register(1, "single", digits, history)


HOME = register(1000, 1300, 1590, 1900, 2200)  # about 10 kWh a day


def test_the_first_reading_ever_is_accepted() -> None:
    assert check(register(), 123456, TODAY, RULES) == Verdict(Judgement.ACCEPTED)


def test_a_usual_reading_is_accepted_with_what_was_used() -> None:
    assert check(HOME, 2510, TODAY, RULES) == Verdict(Judgement.ACCEPTED, Reason.NONE, 310, 300)


def test_nothing_used_is_accepted() -> None:
    assert check(HOME, 2200, TODAY, RULES) == Verdict(Judgement.ACCEPTED, Reason.NONE, 0, 300)


@pytest.mark.parametrize(("value", "reason"), [(-1, Reason.NEGATIVE), (10**6, Reason.TOO_MANY_DIGITS)])
def test_what_the_dial_cannot_show_is_refused(value: int, reason: Reason) -> None:
    assert check(HOME, value, TODAY, RULES) == Verdict(Judgement.REFUSED, reason)


def test_lower_than_the_last_is_refused() -> None:
    assert check(HOME, 2199, TODAY, RULES) == Verdict(Judgement.REFUSED, Reason.LOWER_THAN_LAST, usual_kwh=300)


def test_a_dial_that_ran_over_is_a_rollover() -> None:
    near_top = register(98900, 99200, 99500, 99800, digits=5)
    expected = Verdict(Judgement.ACCEPTED, Reason.NONE, 300, 300, rolled_over=True)
    assert check(near_top, 100, TODAY, RULES) == expected


def test_near_the_top_an_implausible_rollover_is_refused() -> None:
    near_top = register(98900, 99200, 99500, 99800, digits=5)
    assert check(near_top, 9800, TODAY, RULES).reason is Reason.LOWER_THAN_LAST


def test_far_from_the_top_a_plausible_rollover_is_refused() -> None:
    lenient = ReadingRules(unknown_kwh_day=1e6)
    assert check(register(80000, digits=5), 5, TODAY, lenient).reason is Reason.LOWER_THAN_LAST


def test_the_limit_of_the_usual_is_where_the_formula_puts_it() -> None:
    # Rates 10, 9⅔, 10⅓, 10: median 10, MAD 1/6; the relative floor 2.5 is the wider: (10 + 3.5 · 2.5) · 30 = 562.5,
    # below the floor of 20 · 30 = 600.
    assert check(HOME, 2800, TODAY, RULES).judgement is Judgement.ACCEPTED
    assert check(HOME, 2801, TODAY, RULES) == Verdict(Judgement.IMPROBABLE, Reason.TOO_MUCH, 601, 300)
    strict = ReadingRules(floor_kwh_day=1)
    assert check(HOME, 2762, TODAY, strict).judgement is Judgement.ACCEPTED
    assert check(HOME, 2763, TODAY, strict).judgement is Judgement.IMPROBABLE


def test_an_uneven_history_allows_more() -> None:
    rates = [10.0, 40.0, 20.0, 50.0, 30.0]
    assert highest_usual_rate(rates, RULES) == pytest.approx(30 + 3.5 * 1.4826 * 10)


def test_a_cottage_with_an_empty_winter_may_be_lived_in() -> None:
    cottage = register(*[500] * 13)
    assert check(cottage, 1100, TODAY, RULES) == Verdict(Judgement.ACCEPTED, Reason.NONE, 600, 0)
    assert check(cottage, 1101, TODAY, RULES).judgement is Judgement.IMPROBABLE


def test_one_reading_gives_no_usual() -> None:
    assert check(register(2000), 5000, TODAY, RULES) == Verdict(Judgement.ACCEPTED, Reason.NONE, 3000, None)
    assert check(register(2000), 5001, TODAY, RULES) == Verdict(Judgement.IMPROBABLE, Reason.TOO_MUCH, 3001, None)


def test_one_misread_dial_does_not_move_the_limit() -> None:
    spoilt = [10.0, 10.0, 900.0, 10.0, 10.0]
    assert highest_usual_rate(spoilt, RULES) == highest_usual_rate([10.0] * 5, RULES)


def test_a_reading_of_the_same_local_day_is_about_to_be_replaced() -> None:
    zone = ZoneInfo("Asia/Yekaterinburg")
    early = datetime(2026, 3, 30, 19, 30, tzinfo=UTC)  # 00:30 on the 31st there
    twice = Register(1, "single", 6, (*HOME.history, Reading(9000, early)))
    assert check(twice, 2510, TODAY, ReadingRules(zone=zone)).used_kwh == 310
    assert check(twice, 2510, TODAY, RULES).reason is Reason.LOWER_THAN_LAST
    assert before(twice, TODAY, zone) == HOME.history


def test_rates_unwind_a_rollover_and_skip_a_new_meter() -> None:
    readings = register(99700, 100, 400, 7, 307, digits=5).history
    assert daily_rates(readings, 10**5, RULES) == pytest.approx([400 / 30, 10.0, 10.0])


def test_two_readings_of_one_day_count_as_a_day() -> None:
    assert daily_rates(register(10, 15, step=0).history, 10**5, RULES) == [5.0]


@pytest.mark.parametrize(
    ("window", "day", "expected"),
    [
        (None, date(2026, 3, 7), True),
        ((15, 25), date(2026, 3, 14), False),
        ((15, 25), date(2026, 3, 15), True),
        ((15, 25), date(2026, 3, 25), True),
        ((15, 25), date(2026, 3, 26), False),
        ((25, 3), date(2026, 3, 24), False),
        ((25, 3), date(2026, 3, 25), True),
        ((25, 3), date(2026, 4, 3), True),
        ((25, 3), date(2026, 4, 4), False),
        ((31, 31), date(2026, 2, 28), True),
        ((31, 31), date(2026, 2, 27), False),
        ((31, 2), date(2026, 2, 28), True),
    ],
)
def test_readings_are_taken_on_the_days_of_the_window(
    window: tuple[int, int] | None, day: date, expected: bool
) -> None:
    rules = ReadingRules(window=window)
    assert in_window(day, rules) is expected
    assert (check(register(), 5, day, rules).reason is Reason.OUTSIDE_WINDOW) is not expected


@pytest.mark.parametrize("window", [(0, 5), (5, 32)])
def test_a_window_of_no_days_is_a_mistake(window: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not a day of a month"):
        ReadingRules(window=window)


values = st.integers(min_value=0, max_value=10**6 - 1)


@given(st.lists(values, max_size=13), st.integers(min_value=-10, max_value=10**7))
def test_a_verdict_is_always_whole(history: list[int], value: int) -> None:
    verdict = check(register(*history), value, TODAY, RULES)
    assert (verdict.judgement is Judgement.ACCEPTED) == (verdict.reason is Reason.NONE)
    assert verdict.used_kwh is None or 0 <= verdict.used_kwh < 10**6
    if verdict.judgement is not Judgement.REFUSED and history:
        assert verdict.used_kwh is not None
        assert (history[-1] + verdict.used_kwh) % 10**6 == value


@given(st.lists(values, min_size=1, max_size=13).map(sorted), values, values)
def test_more_is_never_more_probable(history: list[int], one: int, other: int) -> None:
    less, more = sorted((one, other))
    last = history[-1]
    if less >= last and check(register(*history), less, TODAY, RULES).judgement is Judgement.IMPROBABLE:
        assert check(register(*history), more, TODAY, RULES).judgement is Judgement.IMPROBABLE
