"""What was heard faintly counts where the last reading and the usual consumption speak for it, and only there."""

import pytest

from ivr.dialogue.understanding.asking import AskAgain, Asked, Ear, Move, OfferTwo, ReadBack, number_heard
from ivr.dialogue.understanding.heard import Said, Word, plainly
from ivr.dialogue.understanding.ranking import ReadingContext

START = Asked()
KNOWN = ReadingContext(6, last=219422, usual=23, most=600)


def heard(*ways: tuple[str, float]) -> list[Said]:
    return [Said(tuple(Word(word, share) for word in text.split()), share) for text, share in ways]


def answered(*ways: tuple[str, float], asked: Asked = START, context: ReadingContext = KNOWN) -> Move:
    return number_heard(asked, heard(*ways), Ear(context))[1]


SURELY_WRONG = ("двадцать четыре девяносто четыре сорок шесть", 0.97)
FAINTLY_RIGHT = ("двадцать один девяносто четыре сорок шесть", 0.03)


def test_a_faint_number_that_agrees_with_the_register_is_read_back_instead_of_one_that_cannot_be() -> None:
    assert answered(SURELY_WRONG, FAINTLY_RIGHT) == ReadBack("219446", 0.03)


def test_said_by_nobody_it_is_not_made_up() -> None:
    assert answered(SURELY_WRONG, ("двадцать пять девяносто четыре сорок шесть", 0.03)) == ReadBack("249446", 0.97)


def test_a_number_that_agrees_is_not_doubted_for_a_fainter_one() -> None:
    plain = ("двадцать один девяносто четыре шестьдесят", 0.96)
    assert answered(plain, ("двадцать один девяносто четыре тридцать", 0.04)) == ReadBack("219460", 0.96)


def test_where_nothing_is_known_of_the_register_nothing_speaks_for_a_faint_number() -> None:
    assert answered(SURELY_WRONG, FAINTLY_RIGHT, context=ReadingContext(6)) == ReadBack("249446", 0.97)


def test_a_number_too_faint_is_none() -> None:
    assert answered(SURELY_WRONG, (FAINTLY_RIGHT[0], 1e-5)) == ReadBack("249446", 0.97)


def test_a_number_that_he_said_no_to_is_not_read_back_again() -> None:
    denied = Asked(denied=("219446",))
    assert answered(SURELY_WRONG, FAINTLY_RIGHT, asked=denied) == ReadBack("249446", 0.97)


def test_what_was_not_understood_may_be_so_by_a_faint_way() -> None:
    hidden = ("[unk] девяносто четыре сорок шесть", 0.97)
    assert isinstance(answered(hidden), AskAgain | OfferTwo)
    assert answered(hidden, FAINTLY_RIGHT) == ReadBack("219446", 0.03)


def test_two_faint_ones_that_agree_are_put_to_the_caller() -> None:
    other = ("двадцать один девяносто четыре сорок семь", 0.02)
    assert answered(SURELY_WRONG, FAINTLY_RIGHT, other) == OfferTwo("219446", "219447")


def test_of_many_none_is_chosen() -> None:
    others = [(f"двадцать один девяносто четыре сорок {last}", 0.02) for last in ("семь", "восемь")]
    assert answered(SURELY_WRONG, FAINTLY_RIGHT, *others) == ReadBack("249446", 0.97)


def test_noise_holds_no_number() -> None:
    assert answered(("[unk]", 0.97), FAINTLY_RIGHT) == AskAgain(1, "nothing")


@pytest.mark.parametrize(
    ("shares", "plain"),
    [
        ((0.9, 0.1), [0.9, 0.1]),
        ((0.96, 0.04), [1.0]),
        ((0.5, 0.25, 0.01, 0.24), [0.505, 0.253, 0.242]),
        ((0.1,) * 10, [0.125] * 8),
        ((0.0, 0.0), [0.0, 0.0]),
        ((), []),
    ],
)
def test_what_is_heard_plainly(shares: tuple[float, ...], plain: list[float]) -> None:
    ways = plainly(heard(*((f"слово{place}", share) for place, share in enumerate(shares))))
    assert [way.confidence for way in ways] == pytest.approx(plain, abs=0.001)
