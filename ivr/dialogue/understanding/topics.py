"""What a caller wants, out of his own words: «чем могу помочь?» Every item of a menu has phrases that mean it.

A word weighs the more, the fewer items use it: «показания» decides, «узнать» hardly does. An item counts when most of
one of its phrases was said; which of several is meant is decided by how much of the words each explains. Two are put to
the caller when they explain nearly as much, or when a whole phrase of either was said in different words.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ivr.dialogue.understanding.commands import REFUSED, Command, command
from ivr.dialogue.understanding.heard import Heard, Hypothesis, plain, split
from ivr.dialogue.understanding.wordlist import keys

MOST_OF_IT = 0.6
"""The share of a phrase's weight that must have been said."""
SUPPORT = 0.2
"""The share of the hypotheses' confidence that must speak for the best item: a faint one alone decides nothing."""
NEAR = 0.75
"""A second item is asked about when it explains this share of what the best one does,"""
NEAR_A_PART = 0.4
"""or this share, when of the best one's phrases none was said whole."""
EMPTY = keys("""
а бы в вот ли вы добрый день до же за здравствуйте и из к как ко меня мне мой моего мои моя моё мою мы на над нам насчёт
не ну о об от по подскажите пожалуйста при про с свой свои своё своя свою своего своей своему своём своих скажите со
у хотел хотела хочу что чтобы это я
""")
"""Words that say nothing of a topic."""
LIGHT = keys("когда сколько где куда какой нет есть не сегодня или всё дайте без новый")
"""Words that help to tell topics apart, but tell none by themselves: «нет» is not yet «нет света»."""

Forms = Callable[[str], Collection[str]]
"""All forms of a word, itself among them."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The phrases of a menu, ready to be matched. Words are known by the first of their forms.

    phrases: of each item, as sets of words. words: which of them a form belongs to. weights: of the words.
    refusals: «не хочу» and the like that stand in a phrase, and there ask for something.
    """

    phrases: tuple[tuple[str, frozenset[str]], ...]
    words: Mapping[str, frozenset[str]]
    weights: Mapping[str, float]
    refusals: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item. `whole`: one of its phrases was said in full."""

    item: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class EitherOf:
    """Two items that may be meant: they are put to the caller."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """None, or too many."""


Wanted = Chosen | EitherOf | Unclear | Command


def as_written(word: str) -> Collection[str]:
    """The forms of a word where no morphology is at hand: only itself."""
    return (word,)


def content(phrase: str) -> set[str]:
    """The words of a phrase that tell its topic, in plain spelling."""
    return set(_plain_words(phrase)) - EMPTY


def _plain_words(phrase: str) -> list[str]:
    return plain(phrase).replace("-", " ").replace(",", " ").split()


def topics(phrases: Mapping[str, Sequence[str]], forms: Forms = as_written) -> Topics:
    """The phrases of each item with their words' forms. Raises ValueError for a phrase that says nothing."""
    rows: list[tuple[str, frozenset[str]]] = []
    words: dict[str, set[str]] = {}
    users: dict[str, set[str]] = {}
    for item, texts in phrases.items():
        for text in texts:
            row = set()
            for word in content(text):
                variants = {word, *map(plain, forms(word))}
                name = min(variants & LIGHT or variants)
                row.add(name)
                users.setdefault(name, set()).add(item)
                for form in variants:
                    words.setdefault(form, set()).add(name)
            if not row:
                raise ValueError(f"{item}: «{text}» says nothing of its topic")
            rows.append((item, frozenset(row)))
    weights = {word: math.log((len(phrases) + 1) / len(items)) for word, items in users.items()}
    refusals = frozenset(pair for texts in phrases.values() for text in texts for pair in _refusals(_plain_words(text)))
    return Topics(tuple(rows), {form: frozenset(of) for form, of in words.items()}, weights, refusals)


def wanted(heard: Heard, known: Topics, among: Collection[str] = ()) -> Wanted:
    """What the caller wants. `among`: the only items in question, after «A или B?».

    A word that works anywhere does not if the menu has another use for it; but whoever asks for an operator gets him,
    whatever else he says, while «неделю назад отключили свет» does not lead back. What he says he does not want is not
    given to him, unless a phrase of the menu has that very refusal.
    """
    asked = command(heard, but=known.words.keys() | EMPTY)
    if asked is Command.OPERATOR:
        return asked
    found = _item(heard, known, among)
    return found if asked is None or (isinstance(found, Chosen) and found.whole) else asked


def _item(heard: Heard, known: Topics, among: Collection[str]) -> Chosen | EitherOf | Unclear:
    scores: dict[str, float] = {}
    support: dict[str, float] = {}
    whole: dict[str, set[str]] = {}
    for place, hypothesis in enumerate(heard):
        for item, (score, full) in _scores(hypothesis, known).items():
            if not among or item in among:
                scores[item] = scores.get(item, 0.0) + score * hypothesis.confidence
                support[item] = support.get(item, 0.0) + hypothesis.confidence
                if full:
                    whole.setdefault(item, set()).update(full if place == 0 else ())
    order = sorted(scores, key=lambda item: (-scores[item], item))
    if not order:
        return Unclear()
    best = order[0]
    faint = support[best] < SUPPORT * sum(hypothesis.confidence for hypothesis in heard)
    if faint or _refused(heard, known):
        return Unclear()
    near = scores[best] * (NEAR if best in whole else NEAR_A_PART)
    rivals = [item for item in order[1:] if scores[item] >= near or whole.get(item, set()) - whole.get(best, set())]
    if len(rivals) > 1:
        return Unclear()
    return EitherOf(best, rivals[0]) if rivals else Chosen(best, best in whole)


def _refused(heard: Heard, known: Topics) -> bool:
    """Something is refused that no phrase of the menu refuses."""
    return not known.refusals.issuperset(_refusals([word.text for word in split(heard[0])]))


def _refusals(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    return (pair for pair in pairwise(words) if pair[0] == "не" and pair[1] in REFUSED)


def _scores(hypothesis: Hypothesis, known: Topics) -> dict[str, tuple[float, set[str]]]:
    """Of each item that may be meant: the weight of the words it explains, and the words of phrases said in full."""
    said = {word for each in split(hypothesis) for word in known.words.get(each.text, ())}
    explained: dict[str, set[str]] = {}
    covered: dict[str, float] = {}
    full: dict[str, set[str]] = {}
    for item, row in known.phrases:
        share = _weight(said & row, known) / _weight(row, known)
        if share >= MOST_OF_IT and (row == said or (row <= said and not row <= LIGHT) or not said & row <= LIGHT):
            explained.setdefault(item, set()).update(said & row)
            covered[item] = max(covered.get(item, 0.0), share)
            full.setdefault(item, set()).update(row if row <= said else ())
    return {item: (_weight(words, known) * covered[item], full[item]) for item, words in explained.items()}


def _weight(words: Collection[str], known: Topics) -> float:
    # math.fsum: the same words must weigh the same in whatever order the set gives them.
    return math.fsum(known.weights[word] for word in words)
