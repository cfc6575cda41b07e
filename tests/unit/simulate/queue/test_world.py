"""A simulated day: what theory says of it, what absence and storms do to it, and that nobody gets lost in it."""

from collections.abc import Sequence
from math import exp
from random import Random

import numpy as np
import pytest

from ivr.domain.acd import Acd, QueueRules, Rules
from ivr.domain.standards import Bound, Measure, Target, Targets
from ivr.simulate.queue.day import DAY_S, Caller, Load, Storm, callers
from ivr.simulate.queue.figures import Day, Log, day
from ivr.simulate.queue.shifts import Crew, even, shaped
from ivr.simulate.queue.world import World

RULES = Rules(others=QueueRules())
IDEAL = {"answer_s": 0.0, "missed": 0.0, "wrap_up_s": 0.0}


def quiet(what: str, done: int, of: int) -> None: ...


def run(people: Sequence[Caller], crew: Crew, seed: int = 1) -> tuple[Day, Log]:
    log = World(people, crew, RULES, seed).run(quiet)
    return day(list(people), log, Targets()), log


def markov(calls_an_hour: float, talk_s: float, patience_s: float, seed: int) -> list[Caller]:
    """Poisson arrivals all day, exponential talks and patience: what Erlang A is about."""
    chance, at, people = Random(seed), 0.0, []
    while (at := at + chance.expovariate(calls_an_hour / 3600)) < DAY_S:
        people.append(Caller(at, chance.expovariate(1 / patience_s), chance.expovariate(1 / talk_s)))
    return people


def erlang_a(calls_an_hour: float, talk_s: float, patience_s: float, operators: int) -> tuple[float, float]:
    """Share lost and mean wait of all, from the chain's steady state."""
    rate, weights = calls_an_hour / 3600, [1.0]
    for here in range(1, operators + 500):
        leave = min(here, operators) / talk_s + max(here - operators, 0) / patience_s
        weights.append(weights[-1] * rate / leave)
    queue = sum(max(here - operators, 0) * weight for here, weight in enumerate(weights)) / sum(weights)
    return queue / patience_s / rate, queue / rate


@pytest.mark.parametrize("operators", [18, 20, 24])
def test_an_ideal_day_is_what_erlang_a_says(operators: int) -> None:
    figures = []
    for seed in range(4):
        result, _ = run(markov(300, 240, 180, seed), Crew(even(operators), **IDEAL))
        figures.append((result.total.lost_share, result.total.wait_all_s))
    lost, wait = np.mean(figures, axis=0)
    theory_lost, theory_wait = erlang_a(300, 240, 180, operators)
    assert lost == pytest.approx(theory_lost, abs=0.012)
    assert wait == pytest.approx(theory_wait, abs=2.2)
    assert lost == pytest.approx(wait / 180, rel=0.1)


def test_every_caller_is_answered_or_lost_and_nobody_twice() -> None:
    people = callers(Load(1500, storm=Storm(6)), 5)
    result, log = run(people, Crew(shaped(Load(1500), 14), absent=0.2, away=0.3, missed=0.1))
    assert not log.here and not np.isnan(log.waits).any()
    assert result.total.calls == len(people) == result.total.answered + result.total.lost
    assert sum(each.figures.calls for each in result.half_hours) == len(people)
    assert result.missed_offers > 50
    patience = np.asarray([caller.patience for caller in people])
    assert (log.waits[~log.served] == patience[~log.served]).all()
    assert (log.waits[log.served] <= patience[log.served]).all()


def test_missing_operators_and_storms_are_felt() -> None:
    people, planned = callers(Load(2000), 5), shaped(Load(2000), 20)
    usual, _ = run(people, Crew(planned))
    absent, _ = run(people, Crew(planned, absent=0.3))
    away, _ = run(people, Crew(planned, away=0.3))
    stormy, _ = run(callers(Load(2000, storm=Storm(8, at_hour=12)), 5), Crew(planned))
    for worse in (absent, away, stormy):
        assert worse.total.wait_all_s > 1.5 * usual.total.wait_all_s
        assert worse.total.lost > usual.total.lost
    assert absent.total.operators < 0.75 * usual.total.operators
    assert away.half_hours[23].figures.operators < 0.75 * away.half_hours[22].figures.operators


def test_nobody_works_outside_the_hours_and_those_who_wait_then_give_up() -> None:
    load = Load(600, hours=(8, 20))
    late = [*callers(load, 1), Caller(20.5 * 3600, 100.0, 60.0), Caller(DAY_S - 1, 5000.0, 60.0)]
    result, _ = run(late, Crew(shaped(load, 12)))
    assert [each.figures.answered for each in result.half_hours[40:]] == [0] * 8
    assert result.half_hours[41].figures.lost == 1
    assert result.half_hours[47].figures.lost == 1


def test_who_waits_an_hour_is_released() -> None:
    result, log = run([Caller(10.0, 9999.0, 60.0)], Crew(even(0)))
    assert (result.total.lost, log.waits[0]) == (1, 3600.0)


def test_the_reserve_comes_when_the_predicted_wait_exceeds_the_target() -> None:
    asked: list[tuple[str, float]] = []

    def predict(acd: Acd, queue: str, now: float) -> float | None:
        asked.append((queue, now))
        return 500.0 if acd.waiting(queue) == 2 else None

    people = [Caller(float(number), 9999.0, 60.0) for number in range(3)]
    crew = Crew(even(0), reserve=1)
    log = World(people, crew, RULES, 1, predict).run(quiet)
    assert asked == [("persons", 0.0), ("persons", 1.0), ("persons", 2.0)]
    assert log.served.tolist() == [True, True, True] and 1.0 <= log.waits[0] < 16.0
    assert World(people, crew, RULES, 1).run(quiet).served.tolist() == [False, False, False]


def test_the_longest_talks_outlive_the_day_and_are_counted() -> None:
    result, log = run([Caller(DAY_S - 10, 50.0, 500.0)], Crew(even(1), **IDEAL))
    assert (result.total.answered, log.busy[:47].sum()) == (1, 0.0)


def test_occupancy_is_the_busy_share_of_those_at_work() -> None:
    log = Log(0)
    for name, state, at in (
        ("a", "ready", 0.0),
        ("b", "ready", 900.0),
        ("a", "talking", 900.0),
        ("b", "paused", 2700.0),
    ):
        log.operator(name, state, at)
    log.close(DAY_S)
    result = day([], log, Targets())
    first, second = result.half_hours[0].figures, result.half_hours[1].figures
    assert (first.operators, first.occupancy) == (1.5, pytest.approx(1 / 3))
    assert (second.operators, second.occupancy) == (1.5, pytest.approx(2 / 3))
    assert (result.total.wait_s, result.total.lost_share) == (None, None)


def test_the_standard_judges_the_average_or_the_longest_wait_and_the_lost() -> None:
    people, log = [Caller(0.0, 9.0, 9.0)] * 4, Log(4)
    for number, wait in enumerate((30.0, 40.0, 110.0)):
        log.answered(number, wait)
    log.lost(3, 10.0)

    def kept(measure: Measure, seconds: float, share: float) -> list[bool | None]:
        targets = Targets(wait=Target(seconds, measure, "4.2"), lost_share=Bound(share, "7"))
        return [verdict.kept for verdict in day(people, log, targets).verdicts]

    # The answered waited 60 s on average, 110 s at most, 95 of 100 at most 103 s; one of four hung up.
    assert kept(Measure.AVERAGE, 60.0, 0.25) == [True, True, True]
    assert kept(Measure.AVERAGE, 59.0, 0.25) == [False, True, True]
    assert kept(Measure.AVERAGE, 34.0, 0.2) == [False, False, False]
    assert kept(Measure.MAXIMUM, 105.0, 0.2) == [False, True, False]
    assert kept(Measure.MAXIMUM, 100.0, 0.2) == [False, False, False]


def test_an_average_kept_by_losing_callers_is_not_kept() -> None:
    people, log = [Caller(0.0, 9.0, 9.0)] * 10, Log(10)
    for number in range(9):
        log.answered(number, 30.0)
    log.lost(9, 10.0)
    silent = day(people, log, Targets(wait=Target(100.0, Measure.AVERAGE, "4.2")))
    assert [(each.limit, each.clause, each.kept) for each in silent.verdicts] == [
        (100.0, "4.2", True),
        (300.0, "assumed", True),
        (0.05, "assumed", False),
    ]
    assert silent.kept is False
    assert day(people, log, Targets(lost_share=Bound(0.1, "7"))).kept is True
    nothing = day([], Log(0), Targets())
    assert nothing.kept is None and [verdict.kept for verdict in nothing.verdicts] == [None, None, None]


def test_the_theory_used_here_is_right_where_it_is_simple() -> None:
    """Patience equal to the talk: the number present is Poisson, whoever talks or waits."""
    lost, _ = erlang_a(300, 240, 240, 20)
    load, term, queue = 20.0, exp(-20.0), 0.0
    for here in range(1, 200):
        term *= load / here
        queue += max(here - 20, 0) * term
    assert lost == pytest.approx(queue / load)


def test_staff_goes_home_though_nobody_rings_any_more() -> None:
    crew = Crew((0,) * 16 + (1,) * 8 + (0,) * 24, **IDEAL)
    result, _ = run([Caller(9 * 3600.0, 60.0, 1800.0)], crew)
    at_work = [half_hour.figures.operators for half_hour in result.half_hours]
    assert at_work == [0.0] * 16 + [1.0] * 8 + [0.0] * 24
    assert result.half_hours[18].figures.occupancy == pytest.approx(1.0) and not result.half_hours[19].figures.occupancy
    assert result.total.occupancy == pytest.approx(1800 / (4 * 3600), rel=0.01)
