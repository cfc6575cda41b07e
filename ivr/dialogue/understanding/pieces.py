"""A stretch of speech between corrections: the numbers in it, its fraction left out.

Speech that is no number's («алло, это вас Петрова беспокоит, двенадцать…») cuts the stretch into runs of number words.
The number may be all the runs together or one of them: both are kept, and both cost more than one unbroken run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.dialogue.understanding.asides import PARTS_OF_ONE
from ivr.dialogue.understanding.blocks import GOES_ON, SCALES, ways
from ivr.dialogue.understanding.number_words import Part, Symbol
from ivr.dialogue.understanding.tokens import Kind, Token

GAP = 1.5  # other words in the middle of the number
RUN_LEFT_OUT = 2.0  # number words that are taken for no part of the number
UNKNOWN_NEAR = 0.75  # sounds that are no word: some of them may have been a digit
HOLE_INSIDE = 3.5  # such sounds between two number words
HOLE_AFTER = 6.0  # or after a word that would have gone on: «двенадцать тысяч триста …»
HOLE_AFTER_DIGITS = 3.5  # or after digits said one by one
HOLE_BESIDE = 2.0  # or beside number words that are left out: they and the others may be one number
OTHER_NEAR = 0.1  # words that are understood and are no number's

_SKIPPED = (Kind.FILLER, Kind.BUT, Kind.NOW)
_MAY_GO_ON = (*GOES_ON, *SCALES)


@dataclass(slots=True)
class Run:
    """Number words in a row. `hole`: sounds that are no word come right after it."""

    tokens: list[Token]
    hole: bool = False

    @property
    def tail(self) -> float:
        """What it costs that the end of the number may be in those sounds."""
        if not self.hole:
            return 0.0
        parts = [symbol.part for token in self.tokens for symbol in token.symbols][-2:]
        if parts[-1] in _MAY_GO_ON:
            return HOLE_AFTER
        return HOLE_AFTER_DIGITS if len(parts) > 1 and set(parts) <= {Part.UNIT, Part.ZERO} else 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One number that may have been said. `confidence` is that of its least certain word."""

    groups: tuple[str, ...]
    cost: float
    confidence: float = 1.0
    fraction: bool = False
    scaled: bool = False

    @property
    def digits(self) -> str:
        return "".join(self.groups)


def pieces(tokens: Sequence[Token]) -> list[Piece]:
    """Every number that the stretch may hold, the cheapest first."""
    noise = sum(UNKNOWN_NEAR for token in tokens if token.kind is Kind.UNKNOWN)
    noise += sum(OTHER_NEAR for token in tokens if token.kind in (Kind.OTHER, Kind.EARLIER))
    found: dict[tuple[str, ...], Piece] = {}
    for whole, fraction in _whole_parts([token for token in tokens if token.kind not in _SKIPPED]):
        for run, cost in _choices(_runs(whole)):
            confidence = min(token.confidence for token in run)
            for way in ways([symbol for token in run for symbol in token.symbols]):
                piece = Piece(way.groups, way.cost + cost + noise, confidence, fraction, way.scaled)
                known = found.get(piece.groups)
                if known is None or piece.cost < known.cost:
                    found[piece.groups] = piece
    return sorted(found.values(), key=lambda piece: piece.cost)


def _runs(tokens: Sequence[Token]) -> list[Run]:
    runs: list[Run] = []
    unbroken = False
    for token in tokens:
        if token.kind is Kind.NUMBER:
            if unbroken:
                runs[-1].tokens.append(token)
            else:
                runs.append(Run([token]))
        elif unbroken and token.kind is not Kind.AND:
            runs[-1].hole = token.kind is Kind.UNKNOWN
        unbroken = token.kind is Kind.NUMBER or (unbroken and token.kind is Kind.AND)
    return runs


def _choices(runs: list[Run]) -> Iterator[tuple[list[Token], float]]:
    """The runs together, and each alone."""
    if runs:
        gaps = sum(max(HOLE_INSIDE, run.tail) if run.hole else GAP for run in runs[:-1])
        yield [token for run in runs for token in run.tokens], gaps + runs[-1].tail
    if len(runs) > 1:
        left_out = RUN_LEFT_OUT * (len(runs) - 1) + (HOLE_BESIDE if any(run.hole for run in runs[:-1]) else 0.0)
        for run in runs:
            yield run.tokens, left_out + run.tail


def _whole_parts(tokens: Sequence[Token]) -> list[tuple[Sequence[Token], bool]]:
    """The stretch up to its fraction, and whether it had one; more than one when the border is not certain."""
    for place, token in enumerate(tokens):
        before, after = tokens[:place], tokens[place + 1 :]
        if not any(earlier.kind is Kind.NUMBER for earlier in before):
            continue
        if token.kind is Kind.POINT:
            return [(before, any(later.kind is Kind.NUMBER for later in after))]
        if token.kind is Kind.HALF:
            if after and after[0].symbols and after[0].symbols[0].part is Part.THOUSAND:
                return [([*before, _half_of(after[0]), *after[1:]], False)]
            return [(before, True)]
        if token.kind is Kind.PART:
            return [(whole, True) for whole in _without_numerator(before, PARTS_OF_ONE[token.word])]
    return [(tokens, False)]


def _half_of(scale: Token) -> Token:
    """«две с половиной тысячи»: 2 500."""
    return Token(Kind.NUMBER, scale.word, (*scale.symbols, Symbol(Part.HUNDRED, "500")), scale.confidence)


def _without_numerator(before: Sequence[Token], most: int) -> list[Sequence[Token]]:
    """«сто | и пять десятых»; without «и» the numerator may be the last word or the last few."""
    joints = [place for place, token in enumerate(before) if token.kind is Kind.AND]
    if joints:
        return [before[: joints[-1]]]
    return [before[: len(before) - words] for words in range(1, most + 1) if len(before) > words]
