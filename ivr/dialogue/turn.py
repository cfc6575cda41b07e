"""One turn of the engine while it is being decided, and what a node may decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.dialogue.asks import Asks
from ivr.dialogue.flow import Flow, Texts
from ivr.dialogue.model import Effect, Ending, Fact, Grammar, Match, Mode, Note, Phrase, Prompt, Record, Request, Say
from ivr.dialogue.wording import phrase

SAID = ("said_words", "said_percent", "said_at_ms")
MISSING = "Сообщение компании сейчас недоступно."
"""Said for a recording that is not there and has no words."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a node asks now. `silence` is said instead of `prompt` after a silence; empty `mistake`: the flow's own.

    fresh: a confirmation, or a question after something went wrong: keys pressed before it do not count.
    secret: what is keyed proves who the caller is: it is never written down.
    asks: what words may answer it; None: keys alone.
    """

    prompt: Prompt
    silence: Prompt
    grammar: Grammar
    mistake: Texts = ()
    fresh: bool = False
    secret: bool = False
    asks: Asks | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Put the node's present question. `lead` is said before it; `fresh` as in Question."""

    lead: Prompt = ()
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """Leave for another node; `reason` says why the operator is needed."""

    target: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """Leave for the menu above."""


Move = Ask | Request | Record | Go | Back | Ending


@dataclass(slots=True)
class Turn:
    """Working copy of a session. It lives for one call of the engine and never leaves it."""

    flow: Flow
    node: str
    facts: dict[str, Fact]
    state: dict[str, Fact]
    path: tuple[str, ...]
    steps: int
    effects: list[Effect] = field(default_factory=list)
    wanted: str = ""
    """As in a session."""
    came: Match | None = None
    """How the caller's answer came, while a node makes something of it."""

    @property
    def hears(self) -> bool:
        """Words may answer the present question."""
        return self.facts.get("hearing") is True and not self.state.get("by_keys")

    def words(self, texts: Texts, more: Mapping[str, Fact] | None = None, *, by_keys: bool = False) -> Prompt:
        """The texts filled with the facts of the call and `more`, for this caller and at this hour. `by_keys`: as they
        are where keys alone answer."""
        facts = {**self.facts, **more} if more else self.facts
        before, away = self.facts.get("caller_before") is True, self.facts.get("open") is False
        hears = self.hears and not by_keys
        if before or away or hears:
            texts = tuple(self.flow.said(name, before, away, hears) for name in texts)
        return tuple(phrase(self.flow.texts[name], facts, name) for name in texts)

    def say(self, texts: Texts, more: Mapping[str, Fact] | None = None, *, interruptible: bool = True) -> None:
        """Have the texts said; nothing when there are none."""
        if texts:
            self.effects.append(Say(self.words(texts, more), interruptible))

    def play(self, sound: str, text: str) -> None:
        """Have a recording played; `text` is said when it is not there."""
        self.effects.append(Say((Phrase(text or MISSING, sound=sound),)))

    def settle(self, result: str, detail: str = "") -> None:
        """The caller's matter came out so (`done`, `refused`): for the row of this contact."""
        self.effects.append(Note(self.node, "settled", result=" ".join(word for word in (result, detail) if word)))

    def count(self, what: str) -> int:
        """One more `what` in this node; gives how many there are now."""
        self.state[what] = self.number(what) + 1
        return self.number(what)

    def number(self, what: str) -> int:
        """The whole number kept under `what` in the node's state, 0 when there is none."""
        value = self.state.get(what)
        return value if isinstance(value, int) else 0

    def keep_words(self) -> None:
        """Remember in what words the answer came; an earlier one's are forgotten."""
        self.state = {name: value for name, value in self.state.items() if name not in SAID}
        if self.came is not None and self.came.mode is Mode.SPEECH:
            came = self.came
            self.state.update(said_words=came.words, said_percent=round(came.confidence * 100), said_at_ms=came.at_ms)

    @property
    def kept_words(self) -> dict[str, Fact]:
        """`said_words`, `said_percent` (how sure), `said_at_ms` (in the recording) of an answer in words."""
        return {name: self.state[name] for name in SAID if name in self.state}

    def forget_tries(self) -> None:
        """A question was answered: the next one has all its tries."""
        self.state.pop("silences", None)
        self.state.pop("mistakes", None)
        self.state.pop("by_keys", None)


def text_of(facts: Mapping[str, Fact], name: str) -> str:
    """A fact as text, empty when it is missing."""
    value = facts.get(name)
    return "" if value is None else str(value)


def whole(facts: Mapping[str, Fact], name: str) -> int | None:
    """A fact as a whole number, None when it is missing or is something else."""
    value = facts.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
