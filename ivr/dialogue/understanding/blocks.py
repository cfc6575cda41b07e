"""Number words into digits, every way they can be read. «двадцать пять» is 25, and may be 20 and 5: both are kept.

A number is said in blocks: «двенадцать | триста сорок пять», «один | два | три», «двенадцать тысяч триста сорок пять»
as one. What is written down is the blocks' digits side by side. Each way has a cost in nats, 0 for the most natural:
the less usual a way of speaking is, the dearer. The costs are set by hand; they order candidates that nothing else
tells apart, and the caller is asked when they do not differ much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ivr.dialogue.understanding.number_words import Part, Symbol

LONGEST = 20
"""Digits. Longer rows are no number that anybody is asked for."""
MOST_WAYS = 600
"""Ways kept at each word, the cheapest first: a phrase of thirty words must not take seconds."""

SPLIT = 7.0  # «двадцать пять» as 20 and 5, in a phrase that is one number otherwise
SPLIT_AMONG_GROUPS = 2.0  # the same where the speaker has been saying groups
AFTER_SCALE = 3.0  # more digits after a number with thousands
BEFORE_SCALE = 2.0  # digits other than noughts before it
RUN = 0.5  # «двенадцать тысяч три четыре пять»
SPLIT_IN_RUN = 12.0  # «двенадцать тысяч сорок пять» as 12 405: nobody says so, however improbable 12 045 is
BARE_SCALE = 6.0  # «тысяч» with no number before it
SPELT_COUNT = 6.0  # «три нуля» as 3, 0 and not as 000
NO_NOUGHT = 1.5  # «ноль двенадцать тысяч» as 12 000
NO_NOUGHT_AMONG_GROUPS = 4.0  # «ноль двенадцать триста» as 12 300
TWICE = 4.0  # «двенадцать сорок пять двенадцать сорок пять» as 1 245
ELLIPSIS = 4.0  # «двенадцать сорок пять» as 12 045, the word «тысяч» left out

SMALL = (Part.UNIT, Part.TEEN, Part.TEN, Part.HUNDRED)
GOES_ON = {Part.TEN: (Part.UNIT,), Part.HUNDRED: (Part.UNIT, Part.TEEN, Part.TEN)}
"""What may come after a word in one number, scales apart: any small word may after these."""
SCALES = {Part.THOUSAND: 3, Part.MILLION: 6}


@dataclass(frozen=True, slots=True)
class Block:
    """Digits said as one, up to the symbol `end`. `broken`: the next symbol would have gone on with it."""

    digits: str
    end: int
    cost: float = 0.0
    broken: bool = False
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a phrase: its groups of digits, and what the way costs."""

    groups: tuple[str, ...]
    cost: float = 0.0
    scaled: bool = False

    @property
    def digits(self) -> str:
        return "".join(self.groups)


def ways(symbols: Sequence[Symbol]) -> list[Way]:
    """Every way to read the symbols as one row of digits, the cheapest first; none when there is no symbol."""
    if not symbols:
        return []
    blocks = [list(_blocks(symbols, place)) for place in range(len(symbols))]
    split = SPLIT_AMONG_GROUPS if _in_groups(symbols) else SPLIT
    reached: list[dict[tuple[str, ...], Way]] = [{} for _ in range(len(symbols) + 1)]
    reached[0] = {(): Way(())}
    for place, here in enumerate(blocks):
        for way in sorted(reached[place].values(), key=_by_cost)[:MOST_WAYS]:
            for block in here:
                for longer in _joined(way, block, split, last=block.end == len(symbols)):
                    known = reached[block.end].get(longer.groups)
                    if len(longer.digits) <= LONGEST and (known is None or longer.cost < known.cost):
                        reached[block.end][longer.groups] = longer
    found = reached[-1]
    for way in list(found.values()):
        shorter = _without_nought(way)
        if shorter is not None:
            found.setdefault(shorter.groups, shorter)
    half = len(symbols) // 2
    if half > 1 and symbols[:half] == symbols[half:]:
        for way in ways(symbols[:half]):
            found.setdefault(way.groups, replace(way, cost=way.cost + TWICE))
    return sorted(found.values(), key=_by_cost)[:MOST_WAYS]


def _without_nought(way: Way) -> Way | None:
    """«Ну» is heard as «ноль»: one nought before a number that is not said digit by digit may be none."""
    first, rest = way.groups[0], way.groups[1:]
    if first != "0" or all(len(group) == 1 for group in rest):
        return None
    return replace(way, groups=rest, cost=way.cost + (NO_NOUGHT if way.scaled else NO_NOUGHT_AMONG_GROUPS))


def _by_cost(way: Way) -> tuple[float, tuple[str, ...]]:
    return way.cost, way.groups


def _joined(way: Way, block: Block, split: float, last: bool) -> Iterator[Way]:
    cost = way.cost + block.cost + (split if block.broken else 0.0)
    if way.scaled:
        cost += AFTER_SCALE
    elif block.scaled and way.digits.strip("0"):
        cost += BEFORE_SCALE
    yield Way((*way.groups, block.digits), cost, way.scaled or block.scaled)
    if last and len(way.groups) == 1 and not (way.scaled or block.scaled) and _elliptic(way.groups[0], block):
        yield Way((*way.groups, block.digits.zfill(3)), cost + ELLIPSIS, True)


def _elliptic(thousands: str, rest: Block) -> bool:
    """Whether two groups may be a number whose word «тысяч» was left out, the second shorter than three digits."""
    return thousands[0] != "0" and len(thousands) <= 3 and len(rest.digits) == 2 and rest.digits[0] != "0"


def _in_groups(symbols: Sequence[Symbol]) -> bool:
    """Whether two neighbours cannot be one number: then the phrase is said in groups. Not so where thousands are."""
    parts = [symbol.part for symbol in symbols]
    if Part.THOUSAND in parts or Part.MILLION in parts:
        return False
    return any(after not in GOES_ON.get(before, ()) for before, after in pairwise(parts))


def _blocks(symbols: Sequence[Symbol], place: int) -> Iterator[Block]:
    """The blocks that begin at `place`."""
    yield from _scaled(symbols, place)
    yield from _plain(symbols, place)


def _plain(symbols: Sequence[Symbol], place: int) -> Iterator[Block]:
    """Those without thousands and millions: noughts, numbers below a thousand, counted digits, written figures."""
    symbol = symbols[place]
    if symbol.part is Part.COUNTED:
        yield Block(symbol.figures, place + 1, SPELT_COUNT)
    elif symbol.part is Part.ZERO or (symbol.part is Part.FIGURE and not _counts(symbol)):
        yield Block(symbol.figures, place + 1)
    for end, value, broken in _small(symbols, place):
        yield Block(str(value), end, 0.0, broken)
        if end < len(symbols) and symbols[end].part is Part.COUNTED and 2 <= value <= 9:
            yield Block(symbols[end].figures * value, end + 1)


def _small(symbols: Sequence[Symbol], place: int) -> Iterator[tuple[int, int, bool]]:
    """Numbers below a thousand that begin at `place`: where they end, the value, whether they could have gone on."""
    if place >= len(symbols) or not _counts(symbols[place]):
        return
    symbol, after = symbols[place], place + 1
    more = after < len(symbols) and symbols[after].part in GOES_ON.get(symbol.part, ())
    yield after, symbol.value, more
    if more:
        for end, value, broken in _small(symbols, after):
            yield end, symbol.value + value, broken


def _counts(symbol: Symbol) -> bool:
    """Whether the symbol is a number below a thousand, or begins one."""
    if symbol.part is Part.FIGURE:
        return len(symbol.figures) <= 3 and symbol.figures[0] != "0"
    return symbol.part in SMALL


def _scaled(symbols: Sequence[Symbol], place: int) -> Iterator[Block]:
    """Numbers with thousands or millions that begin at `place`."""
    if symbols[place].part in SCALES:
        cost = 0.0 if symbols[place].alone else BARE_SCALE
        yield from _with_tail(symbols, place, 1, cost)
        return
    for end, value, _ in _small(symbols, place):
        if end < len(symbols) and symbols[end].part in SCALES:
            yield from _with_tail(symbols, end, value, 0.0)


def _with_tail(symbols: Sequence[Symbol], scale: int, head: int, cost: float) -> Iterator[Block]:
    """`head` thousands or millions, and what may follow the word at `scale`: nothing, a number, a run of digits."""
    width, start = SCALES[symbols[scale].part], scale + 1
    follows = start < len(symbols) and _counts(symbols[start])
    yield Block(f"{head}{'0' * width}", start, cost, follows, True)
    for end, value, broken in _small(symbols, start):
        yield Block(f"{head}{value:0{width}}", end, cost, broken, True)
    if width == 6 and start < len(symbols):
        for block in _scaled(symbols, start):
            if len(block.digits) <= width:
                yield Block(f"{head}{block.digits.zfill(width)}", block.end, cost + block.cost, block.broken, True)
    for run in _runs(symbols, start, width):
        yield Block(f"{head}{run.digits}", run.end, cost + run.cost, run.broken, True)


def _runs(symbols: Sequence[Symbol], place: int, width: int) -> Iterator[Block]:
    """Digits and groups that fill `width` places together: «ноль сорок пять», «три четыре пять», «ноль пять»."""
    unfinished = [Block("", place, RUN)]
    while unfinished:
        run = unfinished.pop()
        for block in _plain(symbols, run.end) if run.end < len(symbols) else ():
            cost = run.cost + block.cost + (SPLIT_IN_RUN if run.broken else 0.0)
            longer = Block(run.digits + block.digits, block.end, cost, block.broken)
            if len(longer.digits) < width:
                unfinished.append(longer)
            padded = len(longer.digits) < width and longer.digits[0] == "0"
            if run.digits and (padded or len(longer.digits) == width):
                yield replace(longer, digits=longer.digits.zfill(width))
