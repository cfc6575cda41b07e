"""The end of a number that somebody else may have said."""

import pytest

from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.understanding.ranking import LengthContext, ReadingContext, rank
from ivr.dialogue.understanding.tails import LAST, MORE


def cut(text: str) -> dict[str, float]:
    return {one.digits: one.cost for one in candidates([hypothesis(text)]) if one.cut}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("один восемь шесть три два", {"1863": LAST, "186": LAST + MORE, "18": LAST + 2 * MORE}),
        ("семь два сто восемь", {"72": LAST + MORE}),
        ("семь тысяч двести", {}),
        ("сто двадцать", {}),
        ("пять тысяч", {}),
        ("семь пять [unk]", {}),
        ("один два", {}),
    ],
)
def test_number_words_at_the_very_end_may_be_left_out_but_no_number_is_cut_in_two(
    said: str, left: dict[str, float]
) -> None:
    assert cut(said) == pytest.approx(left)


def test_what_was_also_heard_whole_is_not_cut() -> None:
    heard = [hypothesis("один восемь шесть три", 0.6), hypothesis("один восемь шесть", 0.4)]
    assert {one.digits: one.cut for one in candidates(heard)} == {"1863": False, "186": False, "18": True}


def test_it_counts_only_where_what_is_known_speaks_for_it() -> None:
    said = candidates([hypothesis("один восемь шесть три два")])
    known = ReadingContext(6, last=1609, usual=133, most=600)
    assert rank(said, known)[0].candidate.digits == "1863"
    assert {each.candidate.digits: each.context for each in rank(said, ReadingContext(6))}["1863"] == float("inf")
    few = LengthContext(frozenset({4}), frozenset({"1863"}))
    assert rank(said, few)[0].candidate.digits == "1863"
    assert rank(said, LengthContext(frozenset({4})))[0].context == float("inf")
