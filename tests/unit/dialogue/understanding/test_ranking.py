from datetime import UTC, date, datetime

import pytest
from num2words import num2words

from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.numbers import Candidate, candidates
from ivr.dialogue.understanding.ranking import (
    Accepted,
    AskWhich,
    Context,
    Decision,
    LengthContext,
    NotUnderstood,
    Ranked,
    ReadingContext,
    Thresholds,
    decide,
    rank,
)
from ivr.domain.customer import Reading, Register
from ivr.domain.readings import ReadingRules

TODAY = date(2026, 11, 21)
KNOWN = ReadingContext(5, last=12100, usual=200, most=1500)
NEW = ReadingContext(5)
ACCOUNT = LengthContext(frozenset({10}))


def decided(text: str, context: Context) -> Decision:
    return decide(rank(candidates([hypothesis(text)]), context))


def accepted(text: str, context: Context) -> str:
    decision = decided(text, context)
    assert isinstance(decision, Accepted), decision
    return decision.candidate.digits


@pytest.mark.parametrize(
    ("context", "said"), [(KNOWN, range(12001, 12100)), (ReadingContext(5, 412, 200, 600), range(300, 412))]
)
def test_a_number_said_plainly_is_no_other_however_improbable(context: ReadingContext, said: range) -> None:
    for value in said:
        assert int(accepted(num2words(value, lang="ru"), context)) == value


def test_a_register_s_history_makes_the_context() -> None:
    def reading(value: int, month: int) -> Reading:
        return Reading(value, datetime(2026, month, 21, tzinfo=UTC))

    def context(*history: Reading) -> ReadingContext:
        return ReadingContext.of(Register(1, "single", 5, history), TODAY, ReadingRules())

    assert context() == ReadingContext(5)
    assert context(reading(900, 10)) == ReadingContext(5, 900, None, 3100)
    assert context(reading(600, 9), reading(900, 10)) == ReadingContext(5, 900, 310, 620)


SIX, SEVEN = "двенадцать тысяч триста сорок шесть", "двенадцать тысяч триста сорок семь"


@pytest.mark.parametrize(
    ("ways", "wanted"),
    [
        ([(SIX, 0.75), (SEVEN, 0.25)], ["12346"]),
        ([(SIX, 0.65), (SEVEN, 0.35)], ["12346", "12347"]),
        ([(SIX, 0.4), (SEVEN, 0.2), ("ну один два три четыре шесть", 0.4)], ["12346"]),  # two ways to hear one number
        ([(SIX, 0.4), (SEVEN, 0.3), ("двенадцать тысяч триста сорок пять", 0.3)], []),
        ([(SIX, 0.55), (f"сто {SEVEN}", 0.3), (SEVEN, 0.15)], ["12346"]),  # the dial has no room for it
    ],
)
def test_of_two_ways_to_hear_the_likelier_is_read_back_unless_they_are_nearly_as_likely(
    ways: list[tuple[str, float]], wanted: list[str]
) -> None:
    match decide(rank(candidates([hypothesis(*way) for way in ways]), KNOWN)):
        case Accepted(one):
            assert [one.digits] == wanted
        case AskWhich(first, second):
            assert [first.digits, second.digits] == wanted
        case _:
            assert wanted == []


def test_of_two_meanings_of_the_same_words_neither_is_preferred_for_being_heard_well() -> None:
    ranked = [Ranked(Candidate(digits, (digits,), cost), -cost) for digits, cost in (("1225", 0.0), ("12025", 1.5))]
    assert isinstance(decide(ranked), AskWhich)


@pytest.mark.parametrize(
    ("likelier", "less", "context"),
    [
        ("12300", "12101", KNOWN),  # as usual, hardly anything
        ("12300", "12300", ReadingContext(5, last=12100, usual=None, most=None)),
        ("13000", "14000", KNOWN),
        ("14000", "99999", KNOWN),
        ("14000", "12000", KNOWN),  # too much, less than the last
        ("12000", "123000", KNOWN),  # more digits than the dial
        ("00050", "98000", ReadingContext(5, last=99900, usual=100, most=1500)),  # the dial went round
        ("12300", "12000", ReadingContext(5, last=12100)),
        ("12300", "12300", ReadingContext(5, last=12100, most=1500)),
    ],
)
def test_what_is_likelier_by_the_register(likelier: str, less: str, context: ReadingContext) -> None:
    if likelier == less:
        assert context.cost(likelier) == 0.0
    else:
        assert context.cost(likelier) < context.cost(less)


@pytest.mark.parametrize(
    ("said", "context", "number"),
    [
        ("двенадцать тысяч триста сорок пять", KNOWN, "12345"),
        ("двенадцать двадцать пять", ReadingContext(5, 1100, 150, 900), "1225"),
        ("двенадцать двадцать пять", ReadingContext(5, 12100, 150, 900), "12205"),
        ("сто двадцать три сорок пять", NEW, "12345"),
        ("сорок пять", KNOWN, "45"),  # below the last, but clear: the caller hears why it is refused
        ("двенадцать тысяч триста сорок пять нет сорок шесть", KNOWN, "12346"),
        ("один два три четыре пять шесть семь восемь девять ноль", ACCOUNT, "1234567890"),
        ("двенадцать тридцать четыре пятьдесят шесть семьдесят восемь девяносто", ACCOUNT, "1234567890"),
    ],
)
def test_one_number_to_be_read_back(said: str, context: Context, number: str) -> None:
    assert accepted(said, context) == number


@pytest.mark.parametrize(
    ("said", "context", "first", "second"),
    [
        ("двенадцать двадцать пять", NEW, "1225", "12205"),
        ("двенадцать сорок пять", ReadingContext(5, 12000, 150, 900), "12405", "12045"),
        ("двенадцать тысяч триста сорок пять нет тринадцать тысяч", ReadingContext(5), "13000", "13345"),
    ],
)
def test_two_that_are_nearly_as_likely_are_put_to_the_caller(
    said: str, context: Context, first: str, second: str
) -> None:
    decision = decided(said, context)
    assert isinstance(decision, AskWhich)
    assert (decision.first.digits, decision.second.digits) == (first, second)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("кошка", "nothing"),
        ("двенадцать нет", "unclear"),
        ("[unk] три [unk]", "unclear"),  # three kilowatt-hours on this register, out of a noise
        ("двадцать пять тридцать шесть двадцать восемь", "many"),
    ],
)
def test_what_is_not_understood(said: str, reason: str) -> None:
    assert decided(said, KNOWN if reason == "unclear" else ReadingContext(9)) == NotUnderstood(reason)


def test_a_number_with_a_word_that_was_hardly_heard_is_asked_again() -> None:
    ranked = rank([Candidate("12345", ("12345",), confidence=0.3)], KNOWN)
    assert decide(ranked, Thresholds(least=0.4)) == NotUnderstood("unclear")
    assert isinstance(decide(ranked, Thresholds(least=0.2)), Accepted)


def test_a_value_is_one_whether_or_not_its_noughts_are_said() -> None:
    short, long = Candidate("345", ("345",), cost=0.5), Candidate("00345", ("0", "0", "345"))
    for order in ([short, long], [long, short]):
        (only,) = rank(order, NEW)
        assert only.candidate == long
    # On a dial of three digits two more are two too many, and the caller is told so.
    assert len(rank([short, long], ReadingContext(3))) == 2


def test_an_account_of_those_there_are() -> None:
    few = LengthContext(frozenset({10}), frozenset({"1000000001", "1000000002"}))
    assert few.cost("1000000001") == 0.0
    assert few.cost("1000000009") > 0.0
    assert ACCOUNT.cost("1000000009") == 0.0
    assert ACCOUNT.cost("100000009") > 0.0
