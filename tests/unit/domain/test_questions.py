from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.call import Outcome, Step
from ivr.domain.questions import OVER_PROMPT, QuestionCounts, QuestionFigures, results

BEGAN = datetime(2026, 6, 1, 12, tzinfo=UTC)


def call(*steps: tuple[float, str, str, str], outcome: Outcome = Outcome.SERVED) -> dict[str, QuestionFigures]:
    counts = QuestionCounts()
    told = [
        Step(number, BEGAN + timedelta(seconds=at), node, event, "", result)
        for number, (at, node, event, result) in enumerate(steps)
    ]
    counts.call(told, outcome)
    return counts.nodes


def test_a_reading_by_voice_with_a_barge_in_and_a_miss() -> None:
    nodes = call(
        (0, "hello", "entered", ""),
        (3, "reading", "entered", ""),
        (6, "reading", "heard", "asked again" + OVER_PROMPT),
        (9, "reading", "heard", "silence"),
        (14, "reading", "heard", "understood"),
        (14, "reading", "match", "speech"),
        (15, "reading", "reply", ""),
        (18, "reading", "heard", "understood" + OVER_PROMPT),
        (18, "reading", "match", "speech tariff"),
        (20, "goodbye", "entered", ""),
        (20, "goodbye", "ended", ""),
    )
    assert nodes == {
        "reading": QuestionFigures(visits=1, by_voice=2, no_match=1, no_input=1, barge_ins=2, seconds=17.0)
    }


def test_a_question_that_falls_back_to_tones_and_ends_at_the_operators() -> None:
    nodes = call(
        (0, "account", "entered", ""),
        (5, "account", "by_keys", "unclear"),
        (9, "account", "no_match", ""),
        (12, "account", "no_input", ""),
        (16, "account", "match", "tones"),
        (17, "proof", "entered", ""),
        (22, "proof", "no_input", ""),
        (23, "operator", "entered", "no_answer"),
        (23, "operator", "ended", ""),
        outcome=Outcome.OPERATOR_MISSED,
    )
    assert nodes == {
        "account": QuestionFigures(visits=1, by_tones=1, no_match=1, no_input=1, by_keys=1, seconds=17.0),
        "proof": QuestionFigures(visits=1, no_input=1, operator=1, seconds=6.0),
    }


def test_a_node_that_is_come_to_again_is_another_visit() -> None:
    nodes = call(
        (0, "menu", "entered", ""),
        (4, "menu", "match", "tones"),
        (4, "menu", "entered", ""),
        (10, "menu", "match", "tones"),
        outcome=Outcome.ABANDONED,
    )
    assert nodes == {"menu": QuestionFigures(visits=2, by_tones=2, seconds=10.0)}


def test_calls_without_a_question_count_nowhere() -> None:
    assert call(outcome=Outcome.OPERATOR) == {}
    assert call((0, "operator", "entered", ""), outcome=Outcome.OPERATOR) == {}


def test_steps_without_an_entry_are_a_visit_all_the_same() -> None:
    nodes = call((2, "a", "no_match", ""), (5, "b", "no_match", ""), (6, "b", "topic", "x"))
    assert nodes == {
        "a": QuestionFigures(visits=1, no_match=1, seconds=3.0),
        "b": QuestionFigures(visits=1, no_match=1, seconds=1.0),
    }


@pytest.mark.parametrize(
    ("event", "result", "told"),
    [
        ("heard", "understood", ["heard"]),
        ("heard", "asked again" + OVER_PROMPT, ["asked_again", "over_prompt"]),
        ("heard", "silence", ["silence"]),
        ("by_keys", "unclear", ["by_keys"]),
        ("entered", "", []),
    ],
)
def test_steps_tell_a_counter(event: str, result: str, told: list[str]) -> None:
    assert results(Step(1, BEGAN, "reading", event, "", result)) == told
