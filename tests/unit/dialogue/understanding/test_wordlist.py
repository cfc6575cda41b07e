from ivr.dialogue.understanding.wordlist import all_forms, common_forms, common_phrases, keys, phrases


def test_forms_before_the_bar_are_common() -> None:
    assert all_forms("три | трёх") == ["три", "трёх"]
    assert common_forms("три | трёх") == ["три"]
    assert common_forms("| трёх") == []
    assert keys("три | трёх") == {"три", "трех"}


def test_phrases_before_the_double_bar_are_common() -> None:
    table = """
    да | да верно
    || угу | именно так
    """
    assert phrases(table) == ["да", "да верно", "угу", "именно так"]
    assert common_phrases(table) == ["да", "да верно"]
