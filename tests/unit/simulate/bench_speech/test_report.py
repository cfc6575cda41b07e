from collections import Counter
from random import Random

import numpy as np
import pytest

from ivr.simulate.bench_speech.accuracy import Tally, above, share_right, threshold
from ivr.simulate.bench_speech.bench import Figures
from ivr.simulate.bench_speech.dialogue import Dialogues, Outcome
from ivr.simulate.bench_speech.judging import Verdict
from ivr.simulate.bench_speech.report import as_json, text
from ivr.simulate.bench_speech.sayings import drawn
from ivr.simulate.bench_speech.voices import Utterance

SOUND = np.zeros(8000, np.float32)


def tally(voice: str, right: int, wrong: int, confidence: float = 0.9) -> Tally:
    counted = Tally()
    for number in range(right + wrong):
        verdict = Verdict.RIGHT if number < right else Verdict.WRONG
        counted.count(Utterance(SOUND, voice, drawn("whole", Random(1))), verdict, confidence)
    counted.beyond_s = [0.1, 0.2, 0.3]
    return counted


def numberless(taken: list[float], silent: int) -> Tally:
    counted = Tally()
    for confidence in taken:
        counted.count(Utterance(SOUND, "human"), Verdict.WRONG, confidence)
    for _ in range(silent):
        counted.count(Utterance(SOUND, "human"), Verdict.AGAIN, 0.0)
    return counted


def figures() -> Figures:
    lines = ("clean", "alaw", "babble15", "street15", "hum15")
    two = tally("Artemiy", 5, 5)
    for number in range(10):
        two.count(Utterance(SOUND, "Arina", drawn("whole", Random(number))), Verdict.RIGHT, 0.9)
    return Figures(
        readings={"human": {line: tally("human", 99, 1) for line in lines}, "held-out": dict.fromkeys(lines, two)},
        numberless={"human": {"alaw": numberless([0.95, 0.5], 98)}},
        dialogues={"alaw": Dialogues(Counter({Outcome.STORED: 4, Outcome.KEYS: 1}), 10)},
        cost={"rtf": 0.01, "turns_a_core": 100},
        absent=["tuning: not there"],
        model="small",
        at="2026-01-01T00:00Z",
    )


def test_a_threshold_costs_no_more_than_its_share_of_the_right_ones() -> None:
    sure = [number / 100 for number in range(100)]
    least = threshold(sure, 0.02)
    assert sum(one < least for one in sure) == 2
    assert threshold([]) == 0.0


def test_phrases_above_the_threshold_are_taken() -> None:
    counted = numberless([0.95, 0.5], 98)
    assert (counted.taken, above(counted, 0.9), above(counted, 0.0)) == (2, 0.01, 0.02)
    assert above(Tally(), 0.0) == 0.0


def test_shares_are_of_all_that_was_said() -> None:
    assert share_right({"a": tally("x", 1, 0), "b": tally("x", 0, 3)}, ("a", "b", "c")) == 0.25
    assert share_right({}, ("a",)) is None


def test_every_target_stands_beside_what_there_is() -> None:
    told = {one["what"]: one for one in as_json(figures())["targets"]}
    assert told["human, clean"] == {
        "what": "human, clean", "is": 0.99, "wanted": 0.99, "met": True, "prototype": "100 %",
    }  # fmt: skip
    assert told["held-out, clean"]["is"] == 0.75 and not told["held-out, clean"]["met"]
    assert told["held-out, worst voice (Artemiy), clean"]["is"] == 0.5
    assert (told["wrong readings stored after the dialogue"]["is"], told["turns a core, by arithmetic"]["is"]) == (
        0,
        100,
    )
    assert told["human: no number, taken for one, A-law"] == {
        "what": "human: no number, taken for one, A-law", "is": 0.01, "wanted": 0.03, "met": True, "prototype": "34 %",
    }  # fmt: skip


def test_what_is_missing_is_said() -> None:
    figures_ = figures()
    del figures_.readings["held-out"]
    told = "\n".join(text(as_json(figures_)))
    assert "LEFT OUT: tuning: not there" in told
    assert "| held-out, clean | not measured |" in told


@pytest.mark.parametrize(
    "words",
    ["| human, clean | 99.0 % |", "**missed**", "100/200", "Artemiy 50.0 %", "| alaw | 4 | 0 | 1 | 0 | 0 | 2.5 |"],
)
def test_the_tables_tell(words: str) -> None:
    told = "\n".join(text(as_json(figures())))
    assert words.replace("100/200", "200/290") in told
