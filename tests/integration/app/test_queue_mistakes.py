"""What config.yaml and the roster say of queues, judged against the shipped flow and standard."""

from pathlib import Path
from typing import Any

import pytest

from ivr.adapters.files.flows import read_flow, read_standard
from ivr.adapters.files.roster import Operator
from ivr.config import Centre
from ivr.domain.errors import ConfigurationError
from ivr.places import Places
from ivr.queue_mistakes import judge, lowered

HOME = Path(__file__).parents[3]


def mistakes(queue: dict[str, Any], *queues: str) -> list[str]:
    centre = Centre.model_validate({"queue": queue, "home": HOME})
    given = {"name": "Анна", "extension": "101", "skills": {"billing": 7}, "queues": queues or ("fallback",)}
    try:
        judge(centre, [Operator.model_validate(given)], read_flow(Places.of(centre).flow))
    except ConfigurationError as error:
        return error.mistakes
    return []


@pytest.mark.parametrize(
    ("queue", "told"),
    [
        ({"overflow": {"companies": {"to": "nowhere"}}}, "queue.overflow: the flow has no queue nowhere; there are: "),
        ({"overflow": {"person": {"to": "companies"}}}, "has no queue person; did you mean 'persons'?"),
        ({"overflow": {"persons": {"to": "persons"}}}, "queue.overflow.persons: leads to itself; name another queue"),
        ({"priority": {"nosuch": 0}}, "queue.priority: the flow has no queue nosuch"),
        ({"skills": {"nosuch": {"billing": 5}}}, "queue.skills: the flow has no topic nosuch"),
        (
            {"skills": {"balance": {"biling": 5}}},
            "queue.skills.balance: no operator has the skill biling; did you mean",
        ),
        ({"storm": {"protect": ["dispatcher"]}}, "queue.storm.protect: the flow has no queue dispatcher"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_with_what_there_is(queue: dict[str, Any], told: str) -> None:
    (found,) = mistakes(queue)
    assert told in found


def test_all_are_told_at_once_and_those_of_the_roster_too() -> None:
    assert len(mistakes({"priority": {"one": 0, "two": 1}}, "persons", "nosuch")) == 3
    assert mistakes({}, "persons", "nosuch")[0].startswith("operator 101: queues: the flow has no queue nosuch")


def test_what_the_flow_has_is_taken() -> None:
    good = {
        "overflow": {"companies": {"to": "persons"}},
        "priority": {"companies": 0},
        "skills": {"balance": {"billing": 5}},
        "storm": {"protect": ["persons"]},
    }
    assert mistakes(good, "persons", "fallback") == []


def test_periods_that_the_standard_cuts_short_are_to_be_known() -> None:
    centre = Centre.model_validate({"queue": {"ring_s": 60, "wrap_up_s": 9999}})
    standard = read_standard(HOME / "dialplans/standards.yaml", "rosatom")
    assert [each.partition(":")[0] for each in lowered(centre, standard)] == ["queue.ring_s", "queue.wrap_up_s"]
    assert lowered(Centre(), standard) == []
