"""What all answers to a flow's requests share: their arguments, and how they say that they cannot answer."""

from collections.abc import Awaitable, Callable, Mapping

from ivr.dialogue.model import Fact
from ivr.domain.call import CallId

Arguments = Mapping[str, Fact]

Answer = Callable[[CallId, Arguments], Awaitable[dict[str, Fact]]]
"""Gives the facts asked for. Raises CannotAnswer, StoreUnavailable."""


class CannotAnswer(Exception):
    """There is no answer to this request. `code` becomes the Failure's."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def text(arguments: Arguments, name: str) -> str:
    """An argument that must be a text. Raises CannotAnswer."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise CannotAnswer("bad_request")
    return value


def whole(arguments: Arguments, name: str) -> int:
    """An argument that must be a whole number. Raises CannotAnswer."""
    value = arguments.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise CannotAnswer("bad_request")
    return value
