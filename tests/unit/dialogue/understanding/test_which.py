import pytest

from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.which import Place, place


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("первое", Place.FIRST),
        ("да первый вариант", Place.FIRST),
        ("второе", Place.SECOND),
        ("нет второе", Place.SECOND),
        ("последнее", Place.SECOND),
        ("нет", Place.NEITHER),
        ("ни то ни другое", Place.NEITHER),
        ("первое второе", Place.UNNAMED),
        ("двенадцать тысяч", Place.UNNAMED),
        ("нет двенадцать тысяч", Place.UNNAMED),
        ("да", Place.UNNAMED),
        ("", Place.UNNAMED),
    ],
)
def test_places(text: str, named: Place) -> None:
    assert place([hypothesis(text)]) is named


def test_nothing_heard_names_nothing() -> None:
    assert place([]) is Place.UNNAMED
