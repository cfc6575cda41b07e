"""How well labelled phrases are heard: words, numbers, by question and by noise, and which words are misheard. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from ivr.dialogue.listening.heard import UNKNOWN
from ivr.dialogue.understanding import grammar
from ivr.dialogue.understanding.addresses import addresses
from ivr.dialogue.understanding.commands import Command
from ivr.dialogue.understanding.dates import dates
from ivr.dialogue.understanding.heard import Heard, hypothesis, plain, plainly
from ivr.dialogue.understanding.money import sums
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.understanding.ranking import Accepted, Context, LengthContext, ReadingContext, decide, rank
from ivr.dialogue.understanding.replies import reply
from ivr.dialogue.understanding.topics import Chosen, Topics, wanted
from ivr.dialogue.understanding.vouching import backed

NOTHING = "–"
"""Stands for a word that was left out, or was not said; as a label: nobody spoke."""
LEAST_DIGITS = 5
"""Of a dial about which nothing is told."""
REPLY, WISH = "reply", "wish"
NO_TOPICS = Topics((), {}, {})
TODAY = date(2026, 6, 15)
"""Any day will do: what was said and what was heard are taken to be of the same."""


@dataclass(frozen=True, slots=True)
class Register:
    """What is known of the register that a reading was of; None: it is not told."""

    digits: int | None = None
    last: int | None = None
    usual: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What a person says was said. `number`: digits, where the question asks for a number; empty: `said` tells it.
    `noise`: any word for the conditions it was said in."""

    question: str
    said: str
    number: str = ""
    noise: str = ""
    register: Register = Register()


def grammar_of(question: str, phrases: Iterable[str] = ()) -> grammar.Grammar:
    """What can be heard at a question of this kind; `phrases` are those of menus. Raises KeyError for none of
    `grammar.ALL`."""
    return grammar.grammar(grammar.wishes(phrases), grammar.always()) if question == WISH else grammar.ALL[question]()


def meaning(question: str, heard: Heard, label: Label, topics: Topics = NO_TOPICS) -> str:
    """What the understanding makes of it, to be compared; empty: nothing sure. `topics`: what may be asked of menus."""
    if question in _NUMBERS:
        return _number(heard, label)
    heard = plainly(heard)
    if question != WISH:
        return _MEANINGS[question](heard)
    match wanted(heard, topics):
        case Chosen(item):
            return item
        case Command() as command:
            return str(command)
    return ""


def expected(label: Label, topics: Topics = NO_TOPICS) -> str:
    """What the label means: its number, or what its words mean when they are heard perfectly."""
    if label.number:
        return _context(label).meaning(label.number)
    return meaning(label.question, [hypothesis(label.said)], label, topics) if label.said else ""


def _number(heard: Heard, label: Label) -> str:
    context = _context(label)
    decision = decide(rank(candidates(plainly(heard)), context))
    decision = backed(decision, rank(candidates(heard), context), context)
    return context.meaning(decision.candidate.digits) if isinstance(decision, Accepted) else ""


def _context(label: Label) -> Context:
    known = label.register
    if label.question == "account":
        length = len(label.number) or len(_plainest(label.said))
        return LengthContext(frozenset({length}))
    digits = known.digits or max(LEAST_DIGITS, len(label.number))
    return ReadingContext(digits, known.last, known.usual, known.most)


def _plainest(said: str) -> str:
    found = candidates([hypothesis(said)])
    return found[0].digits if found else ""


def _best(values: Sequence[str]) -> str:
    return values[0] if values else ""


_NUMBERS = frozenset({"reading", "account"})
_MEANINGS: dict[str, Callable[[Heard], str]] = {
    REPLY: lambda heard: str(reply(heard).polarity),
    "date": lambda heard: _best([one.day.isoformat() for one in dates(heard, TODAY)]),
    "money": lambda heard: _best([str(one.kopecks) for one in sums(heard)]),
    "address": lambda heard: _best([f"{one.house} {one.flat}" for one in addresses(heard)]),
}


@dataclass
class Score:
    """Phrases of one kind. whole: every word right; understood: it means what was said."""

    phrases: int = 0
    whole: int = 0
    understood: int = 0
    words: int = 0
    wrong: int = 0


@dataclass
class Scores:
    """Of a model on a folder. `misheard`: (said, heard) → how often; `seconds`: of sound, `thought_s`: of waiting.
    `topics`: what the flow's menus may be asked for."""

    topics: Topics = NO_TOPICS
    all: Score = field(default_factory=Score)
    questions: dict[str, Score] = field(default_factory=dict)
    noises: dict[str, Score] = field(default_factory=dict)
    misheard: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: float = 0.0
    thought_s: float = 0.0

    def count(self, label: Label, heard: Heard, seconds: float, thought_s: float) -> None:
        self.seconds += seconds
        self.thought_s += thought_s
        told = [plain(word.text) for word in heard[0].words if word.text != UNKNOWN] if heard else []
        silent = label.said == NOTHING
        said = [] if silent else plain(label.said).replace(",", " ").split()
        wrong = list(misheard(said, told)) if said or silent else []
        self.misheard.update(wrong)
        meant = meaning(label.question, (), label, self.topics) if silent else expected(label, self.topics)
        right = (silent or bool(meant)) and meaning(label.question, heard, label, self.topics) == meant
        for score in (
            self.all,
            self.questions.setdefault(label.question, Score()),
            self.noises.setdefault(label.noise or NOTHING, Score()),
        ):
            score.phrases += 1
            score.whole += not wrong if said or silent else right
            score.understood += right
            score.words += len(said)
            score.wrong += len(wrong)


def misheard(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The fewest changes that make the one the other: (word, other word), (word, NOTHING), (NOTHING, word)."""
    rows = [list(range(len(heard) + 1))]
    for place, word in enumerate(said, 1):
        row = [place]
        for other in heard:
            kept = rows[-1][len(row) - 1] + (word != other)
            row.append(min(kept, rows[-1][len(row)] + 1, row[-1] + 1))
        rows.append(row)
    at, there = len(said), len(heard)
    while at or there:
        if at and there and rows[at][there] == rows[at - 1][there - 1] + (said[at - 1] != heard[there - 1]):
            at, there = at - 1, there - 1
            if said[at] != heard[there]:
                yield said[at], heard[there]
        elif at and rows[at][there] == rows[at - 1][there] + 1:
            at -= 1
            yield said[at], NOTHING
        else:
            there -= 1
            yield NOTHING, heard[there]
