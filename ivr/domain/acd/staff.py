"""Who is logged in, as sets: who serves a queue, has a skill at a level, is in a state.

A set is an integer whose bits are seat numbers. To cut sets of 5,000 operators takes a tenth of a microsecond, whatever
queues and skills they have, so that no table of who fits where has to be kept.
"""

from collections import defaultdict
from heapq import heappop, heappush

from ivr.domain.acd.idle import Idle
from ivr.domain.acd.model import Need, Operator, State

Set = int


class Staff:
    def __init__(self) -> None:
        self.in_state: dict[State, Set] = dict.fromkeys(State, 0)
        self.reserve: Set = 0
        self.idle = Idle()
        self._serving: dict[str, Set] = defaultdict(int)
        self._able: dict[tuple[str, int], Set] = defaultdict(int)
        self._top: dict[str, int] = defaultdict(int)
        self._broad: dict[int, Set] = defaultdict(int)
        self._free: list[int] = []
        self._numbers = 0

    def add(self, operator: Operator, state: State) -> int:
        """His seat number."""
        number = heappop(self._free) if self._free else self._numbers
        self._numbers = max(self._numbers, number + 1)
        self._toggle(number, operator)
        self.move(number, None, state)
        return number

    def remove(self, number: int, operator: Operator, state: State) -> None:
        self._toggle(number, operator)
        self.move(number, state, None)
        heappush(self._free, number)

    def _toggle(self, number: int, operator: Operator) -> None:
        """Into, or out of, every set that depends on who he is."""
        bit = 1 << number
        for queue in operator.queues:
            self._serving[queue] ^= bit
        for skill, highest in operator.skills.items():
            self._top[skill] = max(self._top[skill], highest)
            for level in range(1, highest + 1):
                self._able[skill, level] ^= bit
        self._broad[len(operator.skills)] ^= bit
        if operator.reserve:
            self.reserve ^= bit

    def move(self, number: int, old: State | None, new: State | None) -> None:
        bit = 1 << number
        if old is not None:
            self.in_state[old] ^= bit
        if new is not None:
            self.in_state[new] ^= bit

    def serving(self, queue: str) -> Set:
        return self._serving.get(queue, 0)

    def fit(self, queue: str, needs: tuple[Need, ...], lowered: int) -> Set:
        """Who may take what waits in this queue with these needs, their levels lowered."""
        fit = self._serving.get(queue, 0)
        for skill, level in needs:
            if level > lowered:
                fit &= self._able.get((skill, level - lowered), 0)
        return fit

    def by_state(self, those: Set) -> dict[State, int]:
        """How many of them are in which state; only states that somebody is in."""
        return {state: number for state, here in self.in_state.items() if (number := (here & those).bit_count())}

    def ablest(self, among: Set, needs: tuple[Need, ...]) -> Set:
        """Those whose levels in the skills asked for have the greatest sum. `among` is not empty."""
        sums = {0: among}
        for skill, _ in needs:
            split: dict[int, Set] = defaultdict(int)
            for total, left in sums.items():
                for level in range(self._top.get(skill, 0), 0, -1):
                    if able := left & self._able[skill, level]:
                        split[total + level] |= able
                        left ^= able
                if left:
                    split[total] |= left
            sums = split
        return sums[max(sums)]

    def narrowest(self, among: Set) -> Set:
        """Those with the fewest skills in all: the others are of more use elsewhere. `among` is not empty."""
        return next(cut for _, broad in sorted(self._broad.items()) if (cut := among & broad))
