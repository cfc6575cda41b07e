"""Every number in every way of saying it is among the candidates, and nearly always the first of them."""

import random
from itertools import cycle

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue.understanding.asides import DENIAL_KEYS, FILLER_KEYS, INTERRUPTION_KEYS, MEASURE_KEYS, POINT_KEYS
from ivr.dialogue.understanding.blocks import LONGEST
from ivr.dialogue.understanding.heard import UNKNOWN, Said, Word, hypothesis
from ivr.dialogue.understanding.number_words import NUMBER_WORDS
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.understanding.ranking import LengthContext, decide, rank
from tests.unit.dialogue.understanding.measure import measured, sample
from tests.unit.dialogue.understanding.spoken import FORMS, LARGEST, dressed, numbers, whole

VOCABULARY = sorted(
    {
        *NUMBER_WORDS,
        *FILLER_KEYS,
        *DENIAL_KEYS,
        *INTERRUPTION_KEYS,
        *MEASURE_KEYS,
        *POINT_KEYS,
        UNKNOWN,
        "не",
        "а",
        "и",
        "десятых",
        "кошка",
    }
)
forms = st.sampled_from(sorted(FORMS))


def test_twenty_thousand_numbers_in_every_form_on_plausible_registers() -> None:
    r = random.Random(4)
    outcome = measured(sample(number, form, r) for number, form in zip(numbers(20_000, r), cycle(FORMS), strict=False))
    assert outcome.said == 20_000
    assert outcome.missed == []
    assert outcome.first / outcome.said >= 0.995
    assert outcome.decided["read back wrong"] / outcome.said <= 0.001
    assert outcome.decided["read back"] / outcome.said >= 0.98


@given(st.integers(0, LARGEST), forms, st.integers(0, 999))
@settings(max_examples=300, deadline=None)
def test_any_number_is_among_its_candidates(number: int, form: str, seed: int) -> None:
    said = sample(number, form, random.Random(seed)).said
    assert number in [candidate.value for candidate in candidates([hypothesis(said)])]


@given(st.integers(0, LARGEST), st.integers(0, LARGEST), st.sampled_from(["нет", "ой", "то есть", "вернее"]), forms)
@settings(max_examples=300, deadline=None)
def test_a_number_said_anew_replaces_the_one_before(wrong: int, right: int, marker: str, form: str) -> None:
    r = random.Random(right)
    said = " ".join([*whole(str(wrong), r), marker, *FORMS[form](str(right), r)])
    assert right in [candidate.value for candidate in candidates([hypothesis(said)])]


@given(st.integers(0, LARGEST), st.integers(1, 3), forms)
@settings(max_examples=300, deadline=None)
def test_the_last_digits_of_what_was_read_back_can_be_corrected(number: int, size: int, form: str) -> None:
    r = random.Random(number)
    digits = f"{number:07}"
    tail = f"{r.randrange(10**size):0{size}}"
    said = " ".join(["нет", *FORMS[form](tail, r)])
    assert digits[:-size] + tail in [candidate.digits for candidate in candidates([hypothesis(said)], before=digits)]


@given(st.text("0123456789", min_size=10, max_size=10), forms)
@settings(max_examples=300, deadline=None)
def test_an_account_of_ten_digits_is_among_its_candidates_with_its_noughts(digits: str, form: str) -> None:
    r = random.Random(digits)
    said = " ".join(dressed(FORMS["mixed groups" if form.startswith(("whole", "thousands")) else form](digits, r), r))
    found = rank(candidates([hypothesis(said)]), LengthContext(frozenset({10})))
    assert digits in [each.candidate.digits for each in found]


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(VOCABULARY), max_size=14), st.floats(0, 1)),
        max_size=3,
    ),
    st.sampled_from(["", "12345", "0"]),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_heard_the_candidates_are_rows_of_digits_in_order(
    said: list[tuple[list[str], float]], before: str
) -> None:
    heard = [Said(tuple(Word(word) for word in words), confidence) for words, confidence in said]
    found = candidates(heard, before)
    assert all(candidate.digits.isdigit() and len(candidate.digits) <= LONGEST for candidate in found)
    assert [candidate.cost for candidate in found] == sorted(candidate.cost for candidate in found)
    assert len({candidate.digits for candidate in found}) == len(found)
    decide(rank(found, LengthContext(frozenset({10}))))
