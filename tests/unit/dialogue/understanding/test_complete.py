import pytest

from ivr.dialogue.understanding.complete import number_complete, reply_complete


@pytest.mark.parametrize(
    ("said", "digits", "complete"),
    [
        ("двенадцать тысяч триста сорок пять", 5, True),
        ("один два три четыре пять", 5, True),
        ("двенадцать триста сорок пять", 5, True),
        ("ну двенадцать тысяч триста два нуля", 7, False),  # counted noughts after a whole number: not said plainly
        ("двенадцать три нуля", 5, True),
        ("двенадцать тысяч триста сорок", 5, False),
        ("двенадцать тысяч", 5, False),
        ("один два три четыре", 5, False),
        ("один два три четыре пять шесть", 5, False),
        ("двенадцать тысяч триста сорок пять киловатт", 5, False),
        ("двенадцать [unk] [unk] триста сорок пять", 5, False),
        ("было двенадцать тысяч триста сорок пять", 5, False),
        ("было двенадцать тысяч двадцать пять стало двенадцать тысяч триста сорок пять", 5, True),
        ("кошка", 5, False),
        ("", 5, False),
        ("семь сотая одна", 3, False),
    ],
)
def test_numbers(said: str, digits: int, complete: bool) -> None:
    assert number_complete(said.split(), digits) is complete


@pytest.mark.parametrize(
    ("said", "correction", "complete"),
    [
        ("да", False, True),
        ("да", True, True),
        ("нет", False, True),
        ("нет", True, False),
        ("не", False, False),
        ("да нет", False, False),
        ("нет сорок", False, False),
        ("кошка", False, False),
        ("", False, False),
    ],
)
def test_replies(said: str, correction: bool, complete: bool) -> None:
    assert reply_complete(said.split(), correction) is complete
