"""Holding a flow to a standard: each rule is broken once, and named with file, line, node and clause."""

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.dialogue.limits import check, levels, phrases
from ivr.dialogue.loader import load
from ivr.dialogue.model import Phrase
from ivr.domain.hours import every_day
from ivr.domain.standards import Bound, Hours, MenuLimits, RecordingRule, Standard

STRICT = Standard(
    "strict",
    "Строгий",
    "Документ",
    Hours("п. 1"),
    RecordingRule("п. 2", warned=True),
    menu=MenuLimits(Bound(1, "п. 3"), Bound(2, "п. 4"), Bound(1.2, "п. 5")),
)
FLOW = load((Path(__file__).parent / "deep.yaml").read_text(encoding="utf-8"), "deep.yaml")


def seconds(phrase: Phrase) -> float:
    return len(phrase.text.split()) / 2


def test_every_rule_is_checked() -> None:
    assert check(FLOW, STRICT, seconds, {}) == [
        "deep.yaml:10: node 'notice': the first node must say the text 'recording_notice', with "
        "'interruptible: false' (Строгий: п. 2)",
        "deep.yaml:19: node 'below': level 2, at most 1 are allowed; lead to it from a higher menu (Строгий: п. 3)",
        "deep.yaml:11: node 'main': 3 items, at most 2 are allowed; move some to a menu below (Строгий: п. 4)",
        *(
            f"deep.yaml:{place} lasts {lasts} s, at most 1.2 s are allowed; say it shorter (Строгий: п. 5)"
            for place, lasts in (
                ("21: node 'below': 'say'", 1.5),
                ("11: node 'main': 'mistake + choose'", 1.5),
                ("19: node 'below': 'mistake + four'", 2.0),
                ("24: node 'floor': 'mistake + choose'", 1.5),
            )
        ),
        *(
            f"deep.yaml:{place} s are said before a key can be chosen, at most 1.2 s are allowed; say it shorter, "
            "or ask in between (Строгий: п. 5)"
            for place in (
                "10: node 'notice': notice → main: 1.5",
                "26: node 'operator': operator → main: 1.5",
                "25: node 'news': news → main: 13.0",
            )
        ),
    ]


def test_facts_of_the_supplier_are_measured_as_they_are() -> None:
    assert not any("'say' lasts 6" in mistake for mistake in check(FLOW, STRICT, seconds, {}))
    long = check(FLOW, STRICT, seconds, {"floor": "очень длинное имя этажа, которое никто не дослушает до конца"})
    assert any("'say' lasts 6.0 s" in mistake for mistake in long)


def test_a_fact_that_does_not_fit_its_kind_is_named() -> None:
    wrong = replace(FLOW, texts={**FLOW.texts, "hello": "{supplier:money}"})
    mistakes = check(wrong, STRICT, seconds, {})
    assert any("node 'notice': 'say' cannot be said: {supplier:money}: is not a whole number" in m for m in mistakes)


def test_a_standard_without_limits_asks_for_nothing() -> None:
    free = replace(STRICT, menu=MenuLimits(), recording=RecordingRule("п. 2", warned=False))
    assert check(FLOW, free, seconds, {}) == []


DAILY = every_day(480, 1200)


@pytest.mark.parametrize(
    ("asked", "mistake"),
    [
        (Hours("п. 6"), ""),
        (Hours("п. 6", operators=FLOW.queues["all"]), ""),
        (Hours("п. 6", operators=DAILY), "at least mon-sun 08:00-20:00; lengthen the queue's hours (Строгий: п. 6)"),
        (Hours("п. 6", operators=DAILY, days_a_week=5, hours_a_day=12), ""),
        (Hours("п. 6", operators=DAILY, days_a_week=6, hours_a_day=8), "at least 6 days of 8 hours; lengthen"),
        (Hours("п. 6", operators=DAILY, days_a_week=5, hours_a_day=13), "at least 5 days of 13 hours; lengthen"),
    ],
)
def test_operators_must_work_as_long_as_the_standard_asks(asked: Hours, mistake: str) -> None:
    free = replace(STRICT, menu=MenuLimits(), recording=RecordingRule("п. 2", warned=False), hours=asked)
    told = check(FLOW, free, seconds, {})
    assert [mistake in one and one.startswith("deep.yaml:26: node 'operator': its queue") for one in told] == (
        [True] if mistake else []
    )


def test_levels_count_menus_only_by_the_shortest_way() -> None:
    assert levels(FLOW) == {"main": 1, "below": 2}


def test_everything_measured_is_among_the_phrases_and_what_cannot_be_said_is_not() -> None:
    measured: list[Phrase] = []
    check(FLOW, STRICT, lambda phrase: measured.append(phrase) or 0.0, {})
    assert set(measured) <= set(phrases(FLOW, {}))
    wrong = replace(FLOW, texts={**FLOW.texts, "hello": "{supplier:money}"})
    assert [phrase.name for phrase in phrases(wrong, {})] == ["choose", "help", "", "long"]
