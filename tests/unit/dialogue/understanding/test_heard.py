from ivr.dialogue.understanding.heard import Said, Word, hypothesis, plain, split


def test_spelling_that_tables_are_looked_up_by() -> None:
    assert plain("Трёх") == "трех"


def test_compound_words_are_looked_up_one_by_one_and_keep_their_confidence() -> None:
    heard = Said((Word("Киловатт-часов,", 0.5), Word("двадцать-пять")))
    assert split(heard) == [Word("киловатт", 0.5), Word("часов", 0.5), Word("двадцать"), Word("пять")]


def test_a_text_as_a_hypothesis() -> None:
    assert hypothesis("да верно", 0.5) == Said((Word("да"), Word("верно")), 0.5)
