"""What goes wrong when a template is filled."""

from ivr.domain.errors import IvrError


class WordingError(IvrError):
    """A fact cannot be said as its template asks. `fact` and `kind` are the placeholder's; `why` is for people.

    The value itself is never part of the message: it may be personal data.
    """

    code = "wording"

    def __init__(self, fact: str, kind: str, why: str) -> None:
        self.fact = fact
        self.kind = kind
        self.why = why
        super().__init__(f"{{{fact}:{kind}}}: {why}" if fact or kind else why)
