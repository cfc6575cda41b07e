import pytest

from ivr.dialogue.understanding.commands import TABLES, Command, command
from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.wordlist import phrases


@pytest.mark.parametrize(
    ("phrase", "meant"), [(phrase, name) for name, text in TABLES.items() for phrase in phrases(text)]
)
def test_commands(phrase: str, meant: Command) -> None:
    assert command([hypothesis(phrase)]) is meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("девушка соедините меня пожалуйста с оператором", Command.OPERATOR),
        ("назад нет повторите ещё раз", Command.REPEAT),
        ("", None),
        ("кошка", None),
        ("сначала двенадцать", None),
    ],
)
def test_commands_among_other_words(text: str, meant: Command | None) -> None:
    assert command([hypothesis(text)]) is meant


def test_nothing_heard_is_no_command() -> None:
    assert command([]) is None
