"""Sessions survive JSON, and nothing else is taken for one."""

import pytest

from ivr.dialogue.model import Session
from ivr.dialogue.session import session_from_json, session_to_json


def test_a_session_comes_back_as_it_was() -> None:
    session = Session("f", "v", "n", {"a": "Ж", "b": None, "c": True, "d": 1}, {"phase": "ask"}, ("x", "y"), 7, "z")
    assert session_from_json(session_to_json(session)) == session


@pytest.mark.parametrize("text", ["{}", "[]", '{"flow": "f"}', "not json"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        session_from_json(text)
