"""Where a number that an operator keys leads."""

import pytest

from ivr.domain.acd.model import OperatorId
from ivr.domain.talk.specialists import SpecialistId
from ivr.service.queue.talk_keys import target_of
from ivr.service.queue.targets import Target, ToDialogue, ToOperator, ToQueue, ToSpecialist

QUEUES, LINES = ("persons", "companies"), ("readings_line",)
SHORTS = {"901": SpecialistId("meter_lab")}


@pytest.mark.parametrize(
    ("digits", "target"),
    [
        ("102", ToOperator(OperatorId("102"))),
        ("901", ToSpecialist(SpecialistId("meter_lab"))),
        ("902", ToOperator(OperatorId("902"))),
        ("1042", ToOperator(OperatorId("1042"))),
        ("1", ToQueue("persons")),
        ("2", ToQueue("companies")),
        ("0", ToDialogue()),
        ("01", ToDialogue("readings_line")),
        ("3", None),
        ("02", None),
        ("00", None),
        ("", None),
        ("1*", None),
    ],
)
def test_the_goal_of_a_transfer(digits: str, target: Target | None) -> None:
    assert target_of(digits, QUEUES, LINES, SHORTS) == target
