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


def said(*texts: str, confidence: float = 1.0, pause: float = 0.15) -> Hypothesis:
    """Words half a second long, `pause` before each."""
    step = 0.5 + pause
    return Hypothesis(
        tuple(Word(text, n * step + pause, (n + 1) * step, 1.0) for n, text in enumerate(texts)), confidence
    )


def told(heard: tuple[Hypothesis, ...]) -> list[tuple[str, float]]:
    return [(" ".join(word.text for word in one.words), pytest.approx(one.confidence)) for one in heard]


OWN = (0.15, 0.65, LOUD), (0.8, 1.3, LOUD - 3)
THIRD = (1.45, 1.95)


def test_a_soft_word_amid_other_people_is_probably_theirs() -> None:
    heard = foreground([said("пять", "шесть", "триста")], levels(ROOM, *OWN, (*THIRD, LOUD - 9)))
    assert told(heard) == [("пять шесть", BEHIND), ("пять шесть триста", 1 - BEHIND)]


def test_sounds_that_are_no_word_go_with_it() -> None:
    heard = foreground([said("пять", "шесть", UNKNOWN, "два")], levels(ROOM, *OWN))
    assert told(heard)[0] == ("пять шесть", BEHIND)


@pytest.mark.parametrize(
    "case",
    {
        "behind a quiet line": levels(SILENCE, *OWN, (*THIRD, LOUD - 12)),
        "nearly as loud": levels(ROOM, *OWN, (*THIRD, LOUD - 6)),
        "far above the room": levels(ROOM - 10, *OWN, (*THIRD, LOUD - 12)),
    }.values(),
    ids=str,
)
def test_a_soft_word_of_the_caller_stays(case: list[float]) -> None:
    heard = [said("пять", "шесть", "триста")]
    assert foreground(heard, case) == tuple(heard)


@pytest.mark.parametrize("level", [LOUD - 11, LOUD - 20])
def test_soft_words_after_a_pause_are_probably_theirs_on_a_quiet_line_too(level: float) -> None:
    own = (0.5, 1.0, LOUD), (1.5, 2.0, LOUD - 3)
    heard = foreground([said("пять", "шесть", "триста", UNKNOWN, pause=0.5)], levels(SILENCE, *own, (2.5, 4.0, level)))
    assert told(heard) == [("пять шесть", BEHIND), (f"пять шесть триста {UNKNOWN}", 1 - BEHIND)]


def test_so_are_those_before_a_pause() -> None:
    own = (2.5, 3.0, LOUD), (3.5, 4.0, LOUD - 3)
    heard = foreground([said("ну", "триста", "пять", "шесть", pause=0.5)], levels(SILENCE, (0.5, 2.0, LOUD - 11), *own))
    assert told(heard)[0] == ("пять шесть", BEHIND)


def test_only_what_is_beyond_the_pause_goes() -> None:
    words = *said("пять", "шесть").words, Word("семь", 1.35, 1.6, 1.0), Word("триста", 1.9, 2.2, 1.0)
    line = levels(SILENCE, *OWN, (1.35, 1.6, LOUD - 11), (1.9, 2.2, LOUD - 11))
    assert told(foreground([Hypothesis(words, 1.0)], line))[0] == ("пять шесть семь", BEHIND)


def test_a_soft_word_between_loud_ones_is_the_callers_however_he_pauses() -> None:
    heard = [said("пять", "шесть", "семь", pause=0.5)]
    line = levels(SILENCE, (0.5, 1.0, LOUD), (1.5, 2.0, LOUD - 12), (2.5, 3.0, LOUD))
    assert foreground(heard, line) == tuple(heard)


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
    found = foreground(heard, levels(ROOM, *OWN, (*THIRD, LOUD - 9)))
    assert told(found) == [("пять шесть", 0.6 * BEHIND + 0.4), ("пять шесть триста", 0.6 * (1 - BEHIND))]


def test_nothing_heard_stays_nothing() -> None:
    assert foreground([], [LOUD]) == ()
