"""A soft word among louder ones is somebody else's, where others are heard between the words."""

import pytest

from ivr.dialogue.listening.foreground import BEHIND, foreground
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis, Word

LOUD, ROOM, SILENCE = 70.0, 55.0, 10.0
STEPS = 400


def levels(between: float, *words: tuple[float, float, float]) -> list[float]:
    """`between` everywhere, but for `words`: from, to (s), level."""
    found = [between] * STEPS
    for start, end, level in words:
        found[round(start * 100) : round(end * 100)] = [level] * round((end - start) * 100)
    return found


def said(*texts: str, confidence: float = 1.0) -> Hypothesis:
    """A word a second, half a second long, the first after half a second."""
    return Hypothesis(tuple(Word(text, at + 0.5, at + 1.0, 1.0) for at, text in enumerate(texts)), confidence)


def told(heard: tuple[Hypothesis, ...]) -> list[tuple[str, float]]:
    return [(" ".join(word.text for word in one.words), pytest.approx(one.confidence)) for one in heard]


OWN = (0.5, 1.0, LOUD), (1.5, 2.0, LOUD - 3)


def test_a_soft_word_amid_other_people_is_probably_theirs() -> None:
    heard = foreground([said("пять", "шесть", "триста")], levels(ROOM, *OWN, (2.5, 3.0, LOUD - 9)))
    assert told(heard) == [("пять шесть", BEHIND), ("пять шесть триста", 1 - BEHIND)]


def test_sounds_that_are_no_word_go_with_it() -> None:
    heard = foreground([said("пять", "шесть", UNKNOWN, "два")], levels(ROOM, *OWN))
    assert told(heard)[0] == ("пять шесть", BEHIND)


@pytest.mark.parametrize(
    "case",
    {
        "behind a quiet line": levels(SILENCE, *OWN, (2.5, 3.0, LOUD - 12)),
        "nearly as loud": levels(ROOM, *OWN, (2.5, 3.0, LOUD - 6)),
        "far above the room": levels(ROOM - 10, *OWN, (2.5, 3.0, LOUD - 12)),
    }.values(),
    ids=str,
)
def test_a_soft_word_of_the_caller_stays(case: list[float]) -> None:
    heard = [said("пять", "шесть", "триста")]
    assert foreground(heard, case) == tuple(heard)


def test_a_word_alone_is_nobody_elses() -> None:
    heard = [said("да"), said(UNKNOWN, "да", confidence=0.1)]
    assert foreground(heard, levels(LOUD)) == tuple(heard)


def test_without_the_sound_between_the_words_nothing_is_told() -> None:
    words = (Word("пять", 0.0, 2.0, 1.0), Word("два", 2.0, 4.0, 1.0))
    heard = [Hypothesis(words, 1.0)]
    assert foreground(heard, [LOUD] * 200 + [ROOM] * 200) == tuple(heard)
    assert foreground(heard, []) == tuple(heard)


def test_the_same_words_are_one_way_to_hear_them() -> None:
    heard = [said("пять", "шесть", "триста", confidence=0.6), said("пять", "шесть", confidence=0.4)]
    found = foreground(heard, levels(ROOM, *OWN, (2.5, 3.0, LOUD - 9)))
    assert told(found) == [("пять шесть", 0.6 * BEHIND + 0.4), ("пять шесть триста", 0.6 * (1 - BEHIND))]


def test_nothing_heard_stays_nothing() -> None:
    assert foreground([], [LOUD]) == ()
