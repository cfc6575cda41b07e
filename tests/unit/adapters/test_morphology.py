import pytest

from ivr.adapters.speech.morphology import RussianForms
from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.topics import Chosen, topics, wanted

PHRASES = {
    "readings": ["показания", "передать показания", "показания счётчика"],
    "balance": ["задолженность", "сколько я должен", "баланс"],
    "meter": ["замена счётчика", "поверка счётчика", "сломался счётчик"],
    "outages": ["нет света", "отключили свет"],
}


@pytest.fixture(scope="module")
def forms() -> RussianForms:
    return RussianForms()


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("показания", {"показаний", "показаниями", "показания"}),
        ("передать", {"передам", "передал", "передайте"}),
        ("счётчик", {"счётчика", "счётчики"}),
        ("должен", {"должна", "должны"}),
    ],
)
def test_forms_of_a_word(forms: RussianForms, word: str, others: set[str]) -> None:
    assert others <= forms(word)


def test_participles_and_gerunds_are_left_out(forms: RussianForms) -> None:
    assert not {"переданный", "передав"} & forms("передать")


def test_a_word_that_no_dictionary_has_is_its_own_form(forms: RussianForms) -> None:
    assert "мосэнергосбыт" in forms("мосэнергосбыт")


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("я бы передала показаний", "readings"),
        ("по поводу показаний", "readings"),
        ("узнать о задолженности", "balance"),
        ("сколько мы должны", "balance"),
        ("у меня сломались счётчики", "meter"),
        ("насчёт замены счётчика", "meter"),
        ("свет отключили", "outages"),
    ],
)
def test_topics_are_heard_in_any_form(forms: RussianForms, text: str, item: str) -> None:
    assert wanted([hypothesis(text)], topics(PHRASES, forms)) == Chosen(item)
