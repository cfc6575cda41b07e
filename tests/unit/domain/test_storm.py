"""Storms, and the surge that tells of one."""

import pytest

from ivr.domain.storm import DistrictSurges, Storm, Surge, SurgeRules, concerning

RULES = SurgeRules(least=10, times=3.0, window_s=300, memory_s=3600)


def calls(surge: Surge, since: float, number: int, every_s: float) -> list[bool]:
    return [surge.arrived(since + each * every_s) for each in range(number)]


def test_a_storm_ends() -> None:
    storm = Storm("Авария.", until=100.0)
    assert storm.rages(99.9) and not storm.rages(100.0)


def test_three_times_as_many_as_usual_are_a_surge() -> None:
    surge = Surge(RULES)
    assert not any(calls(surge, 0, 60, 60))
    found = calls(surge, 3600, 30, 10)
    assert not any(found[:5]) and found[-1]


def test_a_quiet_night_makes_no_surge_of_a_few_calls() -> None:
    surge = Surge(RULES)
    calls(surge, 0, 4, 1800)
    assert not any(calls(surge, 9000, 9, 5))


def test_without_anything_to_compare_with_nothing_is_a_surge() -> None:
    surge = Surge(RULES)
    assert not any(calls(surge, 0, 100, 1))


def test_a_surge_that_lasts_becomes_usual() -> None:
    surge = Surge(RULES)
    calls(surge, 0, 60, 60)
    found = calls(surge, 3600, 3000, 10)
    assert any(found) and not found[-1]


@pytest.mark.parametrize("wrong", [{"least": 0}, {"times": 1.0}, {"window_s": 0.0}, {"memory_s": 10.0}])
def test_rules_have_a_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="more than usual"):
        SurgeRules(**wrong)


NORTH = Storm("Авария на севере.", 9e9, "Северный р-н")
SOUTH = Storm("Авария на юге.", 9e9, "Южный")
ALL = Storm("Авария везде.", 9e9)


@pytest.mark.parametrize(
    ("raging", "districts", "heard"),
    [
        ([NORTH, SOUTH], ["северный  р-н"], (NORTH,)),
        ([NORTH, SOUTH], ["Южный", "Северный р-н"], (NORTH, SOUTH)),
        ([NORTH, SOUTH], ["Центральный"], ()),
        ([NORTH, SOUTH], [], ()),
        ([ALL, NORTH], ["Северный р-н"], (NORTH,)),
        ([ALL, NORTH], ["Центральный"], (ALL,)),
        ([ALL, NORTH], [], (ALL,)),
    ],
)
def test_a_caller_hears_of_the_storms_of_his_districts(
    raging: list[Storm], districts: list[str], heard: tuple[Storm, ...]
) -> None:
    assert concerning(raging, districts) == heard


def test_a_district_that_was_quiet_surges_at_once() -> None:
    surges = DistrictSurges(RULES)
    for second in range(0, 3600, 60):
        assert surges.arrived(["Южный"], second) == ()
    found = [surges.arrived(["Северный", "Южный"][: 1 + second % 2], 3600 + second) for second in range(10)]
    assert found[:9] == [()] * 9 and found[9] == ("Северный",)


def test_in_the_first_minutes_nothing_is_known_of_any_district() -> None:
    surges = DistrictSurges(RULES)
    assert not any(surges.arrived(["Северный"], second) for second in range(100))
    assert surges.arrived((), 200) == ()
