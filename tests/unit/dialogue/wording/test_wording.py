"""Templates: what is filled, what is kept, what is refused."""

import pytest

from ivr.dialogue.model import Phrase
from ivr.dialogue.wording import KINDS, WordingError, phrase, placeholders


def test_placeholders_in_order():
    assert placeholders("К оплате {debt:money} до {by:date_gen}, {what:odd}.") == [
        ("debt", "money"),
        ("by", "date_gen"),
        ("what", "odd"),
    ]
    assert placeholders("Здравствуйте!") == []


@pytest.mark.parametrize("template", ["{", "}", "{debt}", "{debt:}", "{:money}", "{{debt:money}}", "{debt: money}"])
def test_a_stray_brace_is_refused(template):
    with pytest.raises(WordingError) as caught:
        placeholders(template)
    assert caught.value.fact == "" and "brace" in caught.value.why


def test_a_static_text_keeps_its_name():
    assert phrase("Добрый  день.", {}, "welcome") == Phrase("Добрый день.", "welcome")


def test_a_dynamic_text_has_no_name():
    said = phrase("Долг {debt:money}.", {"debt": 200}, "debt")
    assert said == Phrase("Долг два рубля.")


def test_recorded_words_are_named_when_they_say_it_all():
    assert phrase("{account:digits}", {"account": "105"}).recorded == ("digits/1", "digits/0", "digits/5")
    assert phrase("Счёт {account:digits}", {"account": "105"}).recorded == ()


def test_a_value_is_never_a_template():
    assert phrase("{news:text}", {"news": "{debt:money}", "debt": 100}).text == "{debt:money}"


@pytest.mark.parametrize(
    ("facts", "kind", "why"),
    [
        ({}, "money", "not known"),
        ({"x": None}, "money", "not known"),
        ({"x": 1}, "roubles", "no such kind"),
        ({"x": "secret7"}, "digits", "not made of digits"),
        ({"x": "secret7"}, "date", "cannot be said so"),
        ({"x": 10**15}, "number", "too large"),
    ],
)
def test_why_a_fact_is_refused_without_quoting_it(facts, kind, why):
    with pytest.raises(WordingError) as caught:
        phrase(f"{{x:{kind}}}", facts)
    assert (caught.value.fact, caught.value.kind) == ("x", kind)
    assert why in caught.value.why
    assert "secret7" not in str(caught.value)
    assert str(caught.value).startswith(f"{{x:{kind}}}")
    if why == "no such kind":
        assert all(known in caught.value.why for known in KINDS)
