"""What a speaker corrects: «двенадцать тысяч триста сорок пять… нет, сорок шесть».

What comes after the correction may replace the end of the number, its last group, its thousands, or the whole: every
way is kept. How much must be replaced for the lengths to agree decides which is likely.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ivr.dialogue.understanding.blocks import LONGEST
from ivr.dialogue.understanding.pieces import Piece, pieces
from ivr.dialogue.understanding.tokens import Kind, Token

REPLACED = 0.7  # an equally long part of the number
OTHER_LENGTH = 1.5  # the last group by a longer or a shorter one
WHOLE = 1.0
DIGIT_LESS = 1.6  # for each digit that the lengths differ by
FIRST_REPLACED = 3.0  # the beginning of the number
UNLIKE = 0.7  # for each digit that becomes another: what is corrected was mostly right
NAMED = 0.3  # «не сорок пять, а сорок шесть»
NOT_NAMED = 3.0  # anything else, where that was
DENIED_LAST = 7.0  # «двенадцать… нет», and no more
INTERRUPTED_LAST = 1.0
MOST = 25
"""Ways of either side that are paired."""
MOST_WRONG = 3
"""Readings of what is named as wrong."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was said between corrections.

    wrong:  the number named as wrong before it («не пять, а …»).
    denied: what comes after it denies it; False: only interrupts, or nothing comes.
    either: «или» came before it: it may be meant instead of what was said before, or that.
    """

    tokens: Sequence[Token]
    wrong: Sequence[Token] = ()
    denied: bool = False
    either: bool = False


def stretches(tokens: Sequence[Token]) -> list[Stretch]:
    """The speech cut at its corrections."""
    tokens = _current(tokens)
    found: list[Stretch] = []
    here: list[Token] = []
    wrong: Sequence[Token] = ()
    either = False
    place = 0
    while place < len(tokens):
        token = tokens[place]
        contrast = _contrast(tokens, place) if token.kind is Kind.NOT else None
        if contrast is not None or token.kind in (Kind.DENIAL, Kind.INTERRUPTION, Kind.NOT, Kind.OR):
            found.append(Stretch(here, wrong, token.kind in (Kind.DENIAL, Kind.NOT), either))
            here, wrong, either = [], (), token.kind is Kind.OR
            if contrast is not None:
                wrong, place = tokens[place + 1 : contrast], contrast
        else:
            here.append(token)
        place += 1
    return [*found, Stretch(here, wrong, either=either)]


def _current(tokens: Sequence[Token]) -> Sequence[Token]:
    """Of «было сто, стало двести» what is said of now; all tokens where both are not told apart."""
    kinds = [token.kind for token in tokens]
    if Kind.EARLIER not in kinds or Kind.NOW not in kinds:
        return tokens
    now = kinds.index(Kind.NOW)
    earlier = (place for place in range(now, len(kinds)) if kinds[place] is Kind.EARLIER)
    return tokens[now : next(earlier, len(kinds))]


def _contrast(tokens: Sequence[Token], place: int) -> int | None:
    """Where the «а» is that answers the «не» at `place`, with a number between them."""
    for after in range(place + 1, len(tokens)):
        if tokens[after].kind is Kind.BUT:
            return after if any(token.kind is Kind.NUMBER for token in tokens[place:after]) else None
    return None


def corrected(parts: Sequence[Stretch], before: str = "") -> list[tuple[Piece, bool]]:
    """Every number that is meant after all corrections, and whether it has been corrected. None when none was said.

    before: digits that the speaker has just heard read back: a correction may change a part of them only.
    """
    meant: list[tuple[Piece, bool]] = [(Piece((before,), 0.0), False)] if before else []
    last = -1
    for place, stretch in enumerate(parts):
        said = pieces(stretch.tokens)[:MOST]
        if said:
            last = place
            wrong = [piece.digits for piece in pieces(stretch.wrong)[:MOST_WRONG]]
            changed = _paired(meant[:MOST], said, wrong) if meant else [(piece, False) for piece in said]
            meant = sorted([*meant, *changed], key=lambda each: each[0].cost) if stretch.either else changed
    if last < 0:
        return []
    after = parts[last:-1]
    left_open = 0.0 if not after else DENIED_LAST if any(stretch.denied for stretch in after) else INTERRUPTED_LAST
    return [(replace(piece, cost=piece.cost + left_open), changed) for piece, changed in meant]


def _paired(
    earlier: Sequence[tuple[Piece, bool]], later: Sequence[Piece], wrong: Sequence[str]
) -> list[tuple[Piece, bool]]:
    found: dict[str, Piece] = {}
    for old, _ in earlier:
        for new in later:
            for groups, cost in _replaced(old, new, wrong):
                piece = Piece(
                    groups,
                    old.cost + new.cost + cost,
                    min(old.confidence, new.confidence),
                    old.fraction or new.fraction,
                    old.scaled or new.scaled,
                )
                known = found.get(piece.digits)
                if len(piece.digits) <= LONGEST and (known is None or piece.cost < known.cost):
                    found[piece.digits] = piece
    return [(piece, True) for piece in sorted(found.values(), key=lambda piece: piece.cost)]


def _replaced(old: Piece, new: Piece, wrong: Sequence[str]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The groups of the old number with the new one in the place of some of them, and what each such guess costs."""
    digits = old.digits
    named = [groups for one in wrong for groups in _where_named(digits, one, new.digits)]
    for groups in named:
        yield groups, NAMED
    beside = NOT_NAMED if named else 0.0
    for groups, cost in _unnamed(old, new):
        yield groups, cost + beside


def _where_named(digits: str, named: str, new: str) -> Iterator[tuple[str, ...]]:
    """The new number wherever the digits named as wrong stand. «Четыреста» is the four of 12 446."""
    head, noughts = _round(named)
    if noughts and len(named) == len(new):
        for end in range(len(digits) - noughts, len(head) - 1, -3):
            if digits[:end].endswith(head) and new.endswith("0" * noughts):
                yield _groups(digits[: end - len(head)], new[: len(head)], digits[end:])
    for place in range(len(digits) - len(named) + 1):
        if digits.startswith(named, place):
            yield _groups(digits[:place], new, digits[place + len(named) :])


def _round(number: str) -> tuple[str, int]:
    """A round number's digits before its noughts, and how many those are: «четыреста» is 4 and 2."""
    head = number.rstrip("0")
    return head, len(number) - len(head) if head else 0


def _unnamed(old: Piece, new: Piece) -> Iterator[tuple[tuple[str, ...], float]]:
    digits, size = old.digits, len(new.digits)
    yield new.groups, WHOLE + DIGIT_LESS * abs(len(digits) - size)
    last = len(old.groups[-1])
    same = last in (size, len(new.groups[0]))
    yield (*old.groups[:-1], *new.groups), REPLACED if same else OTHER_LENGTH + DIGIT_LESS * abs(last - size)
    if size < len(digits):
        yield _groups(digits[:-size], new.digits), REPLACED + _unlike(digits[-size:], new.digits)
        yield _groups(new.digits, digits[size:]), FIRST_REPLACED + _unlike(digits[:size], new.digits)
        head, noughts = _round(new.digits)
        if noughts and not new.scaled:  # «нет, триста»: the hundreds alone
            kept = digits[-noughts:]
            yield _groups(digits[:-size], head, kept), REPLACED + _unlike(digits[-size:-noughts], head)
    if new.scaled and new.digits.endswith("000") and len(digits) > 3:
        yield _groups(new.digits[:-3], digits[-3:]), REPLACED


def _unlike(old: str, new: str) -> float:
    return UNLIKE * sum(before != after for before, after in zip(old, new, strict=True))


def _groups(*parts: str) -> tuple[str, ...]:
    return tuple(part for part in parts if part)
