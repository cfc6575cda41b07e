"""The lexicon asks the real espeak-ng for stress."""

import pytest

from ivr.adapters.speech import lexicon
from ivr.domain.errors import ConfigurationError


def test_stress_comes_from_the_word_the_table_or_espeak() -> None:
    words = ["дорога", "сорок", "ёлочка", "замо́к", "за́мок", "дом", "повторите", "тчк"]
    found = lexicon.stresses(words)
    assert found == {"дорога": 1, "сорок": 0, "ёлочка": 0, "замо́к": 1, "за́мок": 0, "дом": 0, "повторите": 2, "тчк": 0}


def test_many_words_are_asked_at_once_and_keep_their_order() -> None:
    words = [f"пере{middle}{end}" for middle in ("ход", "вод", "нос", "лёт") for end in ("чик", "ами", "ить")] * 20
    assert lexicon.stresses(words) == {word: lexicon.stresses([word])[word] for word in words}


def test_what_people_say_otherwise_follows_the_canonical_way() -> None:
    ways = lexicon.said(["восемь", "Улица", "123"])
    assert [" ".join(way) for way in ways["восемь"]] == ["v o s' i m'", "v o s' @ m'"]
    assert [" ".join(way) for way in ways["Улица"]] == ["u l' i c @"]
    assert "123" not in ways


def test_stress_is_marked_where_an_engine_needs_it() -> None:
    assert [lexicon.marked(word, stress) for word, stress in (("замок", 1), ("дом", 0), ("ёлка", 0), ("за́мок", 0))] == [
        "замо́к",
        "дом",
        "ёлка",
        "за́мок",
    ]


def test_without_espeak_the_mistake_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ConfigurationError, match="espeak-ng"):
        lexicon.said(["дорога"])
