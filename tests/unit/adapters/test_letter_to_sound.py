"""Pronunciations against what a reference grammar (Avanesov) says of the same words."""

import pytest

from ivr.adapters.speech.letter_to_sound import PHONES, phones


@pytest.mark.parametrize(
    ("word", "stressed", "said"),
    [
        ("ноль", 0, "n o l'"),
        ("шесть", 0, "sh e s' t'"),
        ("один", 1, "@ d' i n"),
        ("двести", 0, "d v' e s' t' i"),
        ("четыре", 1, "ch i t y r' i"),
        ("девять", 0, "d' e v' i t'"),
        ("сто́", 0, "s t o"),
        ("двадцать", 0, "d v a c @ t'"),
        ("одиннадцать", 1, "@ d' i n @ c @ t'"),
        ("пятнадцать", 1, "p' i t n a c @ t'"),
        ("пятьсот", 1, "p' i c o t"),
        ("повторите", 2, "p @ f t @ r' i t' i"),
        ("подъезд", 1, "p @ d j e s t"),
        ("семья", 1, "s' i m' j a"),
        ("объявление", 2, "@ b j i v l' e n' i j i"),
        ("почтальон", 2, "p @ ch t @ l' j o n"),
        ("сдача", 0, "z d a ch @"),
        ("отдать", 1, "@ d a t'"),
        ("второго", 1, "f t @ r o v @"),
        ("много", 0, "m n o g @"),
        ("его", 1, "j i v o"),
        ("что", 0, "sh t o"),
        ("сегодня", 1, "s' i v o d n' @"),
        ("учиться", 1, "u ch i c @"),
        ("счёт", 0, "sch o t"),
        ("жить", 0, "zh y t'"),
        ("цирк", 0, "c y r k"),
        ("женой", 1, "zh y n o j"),
        ("сшить", 0, "sh y t'"),
        ("разжать", 1, "r @ zh a t'"),
        ("экран", 1, "i k r a n"),
        ("часы", 1, "ch i s y"),
        ("дача", 0, "d a ch @"),
        ("пенсия", 0, "p' e n s' i j @"),
        ("бензин", 1, "b' i n z' i n"),
        ("э-э", 0, "e i"),
        ("abc", 0, ""),
    ],
)
def test_pronunciation(word: str, stressed: int, said: str) -> None:
    assert " ".join(phones(word, stressed)) == said
    assert set(phones(word, stressed)) <= set(PHONES)


def test_the_order_of_the_outputs_is_the_trained_models() -> None:
    assert len(PHONES) == len(set(PHONES)) == 44
    assert PHONES[0] == "<blk>"
    assert PHONES[1:8] == ("a", "e", "i", "o", "u", "y", "@")
    assert PHONES[-3:] == ("ch", "sch", "j")
