"""The words between the flow engine and the world that performs it.

The engine is pure: `start(flow, facts)` and `resume(flow, session, result)` give a `Sprint`: what to do at once
(`effects`) and the one thing to wait for (`wait`), or the `ending`. The driver performs them on the phone:

    sprint = start(flow, facts)
    while sprint.wait is not None:
        await perform(sprint.effects)
        sprint = resume(flow, sprint.session, await wait_for(sprint.wait))

The prompt of a question belongs to its wait, so that barge-in and type-ahead are the phone's work; tones and speech
give the same results.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.dialogue.asks import Asks
from ivr.dialogue.listening.heard import Hypothesis
from ivr.dialogue.listening.profile import Profile

Fact = str | int | bool | None
"""A fact of a session: JSON-able. Money is whole kopecks, dates are ISO 8601, numbers to be spelt are str."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is said in one breath by one voice.

    text:     the words, ready to be spoken.
    name:     the static text's name in the flow; a studio file of that name replaces synthesis. Empty for dynamic text.
    recorded: names of recorded words (under sounds/ru, without extension) that together say exactly `text`;
              empty when any of its words is not recorded, and then the whole phrase is synthesised.
    sound:    name of a recording made by telephone or given as a file; `text` is said when it is not there.
    """

    text: str
    name: str = ""
    recorded: tuple[str, ...] = ()
    sound: str = ""


Prompt = tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One key out of `keys`."""

    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Digits:
    """A number keyed in: between `at_least` and `at_most` digits, ended by `#`, by its full length or by a pause.

    `commands` are keys that end the entry at once with themselves as the value (back `*`, for example).
    """

    at_least: int
    at_most: int
    commands: frozenset[str] = frozenset()


Grammar = Choice | Digits

WordsSaid = tuple[str, ...]


def nothing_foreseen(words: WordsSaid, more: WordsSaid) -> Prompt:
    """Nobody knows what would be said."""
    return ()


@dataclass(frozen=True, slots=True)
class Listen:
    """A question that may be answered in words as well.

    profile:  how long it listens.
    words:    the words or phrases it can hear; put `[unk]` among them. Empty: open speech.
    complete: whether the words so far are a whole answer, so that no more is waited for.
    more:     words that are heard beside them, and count only where `words` leave something unknown. Empty: none.
    openly:   an engine that hears any word need not keep to `words`.
    foresee:  what would be said next, if the phrase were these words (and these of `more`) and nothing else; so that
              it is ready when the phrase is over.
    """

    profile: Profile
    words: tuple[str, ...]
    complete: Callable[[Sequence[str]], bool]
    more: tuple[str, ...] = ()
    openly: bool = False
    foresee: Callable[[WordsSaid, WordsSaid], Prompt] = nothing_foreseen


@dataclass(frozen=True, slots=True)
class Gather:
    """Say `prompt` and listen. Times in seconds, counted from the end of the prompt.

    interruptible: a key stops the prompt. When False the prompt is said to the end and keys pressed meanwhile count.
    fresh: keys pressed before this question do not count: for confirmations, which nobody may give in advance.
    secret: what is answered proves who the caller is: it is never written down.
    asks: what words may answer it; None: keys alone answer, as they always may.
    listen: how words are heard; a key pressed at any moment puts `grammar` in their place. None: keys alone.
    """

    prompt: Prompt
    grammar: Grammar
    first_timeout_s: float = 5.0
    next_timeout_s: float = 3.0
    interruptible: bool = True
    fresh: bool = False
    secret: bool = False
    asks: Asks | None = None
    listen: Listen | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Ask the services for something: `kind` names the use case, `arguments` are JSON-able."""

    kind: str
    arguments: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Say `prompt`, beep, and record what the caller says until `#`, `silence_s` of silence or `longest_s`."""

    prompt: Prompt
    longest_s: int = 120
    silence_s: int = 4


Wait = Gather | Request | Record


class Mode(StrEnum):
    TONES = "tones"
    SPEECH = "speech"


@dataclass(frozen=True, slots=True)
class Match:
    """The caller answered within the grammar.

    words:  as they were heard; personal data. at_ms: where they begin in the recording; None: not known, or keyed.
    wanted: the node he asked for by name, which may lie behind other menus.
    """

    value: str
    mode: Mode = Mode.TONES
    confidence: float = 1.0
    words: str = ""
    at_ms: int | None = None
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class NoMatch:
    """The caller answered, outside the grammar. `value` is what came: keys, or words (personal data)."""

    value: str = ""
    mode: Mode = Mode.TONES


@dataclass(frozen=True, slots=True)
class NoInput:
    """The caller kept silent until the deadline."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The caller said something: the ways to hear it, the best first; none, when no word of it is known.

    `more`: by the question's `more` words, where the first left something unknown. `at_ms`: as in Match. `cut`: he
    spoke into the prompt. `muttered`: shortly before there was a voice without a known word. `sound`: what was heard,
    8 kHz of 16 bits, for whoever keeps phrases. What it means is told by `understanding`; the engine gets that.
    """

    hypotheses: tuple[Hypothesis, ...]
    more: tuple[Hypothesis, ...] = ()
    at_ms: int | None = None
    cut: bool = False
    sound: bytes = field(default=b"", repr=False)
    muttered: bool = False


DEAF = "deaf"
"""Why words cannot answer where nothing is heard."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """Words do not answer this question: `silence`, or why they were not understood; `asked`: the caller would rather
    use keys; `deaf`: nothing is heard on this line, or nobody is there to hear."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The service's answer: facts that join the session."""

    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """The service could not answer now (`store_unavailable`, `timeout`, …)."""

    code: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was recorded: the name of the sound, and how long it is."""

    sound: str
    seconds: float


Result = Match | NoMatch | NoInput | Unheard | Reply | Taken | Failure


@dataclass(frozen=True, slots=True)
class Say:
    """Say it. A key stops it when `interruptible`; keys pressed meanwhile count for the next question either way."""

    prompt: Prompt
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the call's log of steps. `heard` is personal data."""

    node: str
    event: str
    heard: str = ""
    result: str = ""


Effect = Say | Note


class EndingKind(StrEnum):
    HANG_UP = "hang_up"
    OPERATOR = "operator"
    MISSED = "missed"  # no operator came, and the caller was told so


@dataclass(frozen=True, slots=True)
class Ending:
    """How the flow ends: it hangs up, or gives the caller to the operators' queue `queue` for `reason`."""

    kind: EndingKind
    reason: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """Where a call stands in its flow. JSON-able, so that any state can be stored, shown and tested.

    state: the current node's own place in its small dialogue (which register, which try …).
    path:  menus the caller came through, the root first: `back` goes to the last of them.
    wanted: the node he asked for by name and is being led to; menus on the way are not asked. Empty: none.
    """

    flow: str
    version: str
    node: str
    facts: Mapping[str, Fact]
    state: Mapping[str, Fact] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    steps: int = 0
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Sprint:
    """What one turn of the engine decided. Exactly one of `wait` and `ending` is set."""

    session: Session
    effects: tuple[Effect, ...]
    wait: Wait | None = None
    ending: Ending | None = None
