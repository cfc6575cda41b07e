"""Readings said instead of keyed, through the shipped flows' own engine: the same is stored, and only after a yes."""

from collections.abc import Mapping, Sequence

import pytest

from ivr.dialogue.engine import resume, start
from ivr.dialogue.model import Fact, Gather, Match, NoMatch, Reply, Request, Result, Sprint
from ivr.dialogue.throughput import FACTS, keyed
from ivr.dialogue.understanding.asking import ByKeys, Ear, OfferTwo, Phrase
from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.ranking import ReadingContext
from ivr.dialogue.understanding.talk import Talk, heard, opened
from tests.flows.scenario import REPLIES, preset

FLOW = preset("rosatom")
TO_THE_READING = ("1", "4007001234", "1", "1234")
LAST = 12345


class Caller:
    """Keys his way to the reading, then speaks; services answer as `verdicts` say."""

    def __init__(self, *says: str, verdicts: Sequence[str] = ("accepted",)) -> None:
        self.submitted: list[Fact] = []
        self.asked: list[object] = []
        self._says = iter(says)
        self._verdicts = iter(verdicts)
        self._talk = Talk()

    def ring(self) -> Sprint:
        sprint, keys = start(FLOW, {**FACTS}), iter(TO_THE_READING)
        while sprint.ending is None and not self.submitted:
            if isinstance(sprint.wait, Request):
                result: Result = self._served(sprint.wait)
            else:
                assert isinstance(sprint.wait, Gather)
                by_key = next(keys, None)
                result = keyed(sprint.wait, by_key) if by_key is not None else self._spoken(sprint.wait, sprint)
            sprint = resume(FLOW, sprint.session, result)
        return sprint

    def _served(self, request: Request) -> Reply:
        names = {"account": "person", "proof": "proven", "reading_submit": "stored", "hours": "open"}
        if request.kind == "reading_submit":
            self.submitted.append(request.arguments["value"])
        name = next(self._verdicts) if request.kind == "reading_check" else names[request.kind]
        return Reply(REPLIES[name])

    def _spoken(self, gather: Gather, sprint: Sprint) -> Match | NoMatch:
        ear = Ear(context(sprint.session.facts), keys=FLOW.keys)
        self._talk, said = opened(self._talk, gather)
        while not isinstance(said, Match | NoMatch):
            if said is not None:
                self.asked.append(said)
            assert not isinstance(said, ByKeys)
            self._talk, said = heard(self._talk, gather, Phrase([hypothesis(next(self._says))]), ear)
        return said


def context(facts: Mapping[str, Fact]) -> ReadingContext:
    digits, last = facts["register_1_digits"], facts["register_1_last"]
    assert isinstance(digits, int) and isinstance(last, int)
    return ReadingContext(digits, last, usual=210, most=600)


FORMS = [
    ("двенадцать тысяч пятьсот шестьдесят семь", "да"),
    ("ну э-э один два пять шесть семь киловатт", "верно"),
    ("двенадцать пятьсот шестьдесят семь", "всё правильно"),
    ("двенадцать тысяч пятьсот шестьдесят шесть", "нет семь", "да"),
    ("двенадцать тысяч пятьсот шестьдесят шесть нет семь", "да"),
    ("двенадцать тысяч пятьсот", "нет двенадцать тысяч пятьсот шестьдесят семь", "ага"),
    ("двенадцать тысяч пятьсот шестьдесят семь", "да нет", "да"),
    ("кошка", "двенадцать тысяч пятьсот шестьдесят семь", "да"),
    ("двенадцать тысяч пятьсот шестьдесят", "нет", "двенадцать тысяч пятьсот шестьдесят семь", "да"),
]


@pytest.mark.parametrize("says", FORMS, ids=" / ".join)
def test_the_reading_is_stored_after_a_yes(says: tuple[str, ...]) -> None:
    verdicts = ["accepted"] * len(says)
    caller = Caller(*says, verdicts=verdicts)
    caller.ring()
    assert caller.submitted == [12567]


def test_two_likely_numbers_are_asked_about_before_the_read_back() -> None:
    caller = Caller("двенадцать тысяч пятьсот шестьдесят семь нет тринадцать тысяч", "второе", "да")
    caller.ring()
    assert caller.asked == [OfferTwo("13000", "13567")]
    assert caller.submitted == [13567]


def test_an_improbable_reading_is_confirmed_twice() -> None:
    caller = Caller("девяносто тысяч", "да", "да", verdicts=["improbable"])
    caller.ring()
    assert caller.submitted == [90000]


def test_a_refused_reading_is_explained_and_asked_again() -> None:
    caller = Caller(
        "триста", "триста", "двенадцать тысяч пятьсот шестьдесят семь", "да", verdicts=["lower", "accepted"]
    )
    caller.ring()
    assert caller.submitted == [12567]


def test_one_digit_too_many_is_refused_as_with_keys() -> None:
    caller = Caller(
        "один два пять шесть семь три", "один два пять шесть семь три", "двенадцать тысяч пятьсот шестьдесят семь", "да"
    )
    caller.ring()
    assert caller.submitted == [12567]


def test_a_call_for_the_operator_ends_there() -> None:
    caller = Caller("соедините с оператором")
    ending = caller.ring().ending
    assert ending is not None and ending.reason == "asked"
    assert caller.submitted == []
