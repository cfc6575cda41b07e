"""Those who are ready, longest idle first, found by set: who of these few has been idle longest?

The order is cut into blocks, each with the set of who is in it. So the search looks at some dozens of sets and at the
members of one block, even when those asked for are the very last.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import chain

IdleKey = tuple[float, str, int]
"""Idle since, operator's id, seat number."""

BLOCK = 128


class Idle:
    def __init__(self) -> None:
        self._blocks: list[list[IdleKey]] = []
        self._lasts: list[IdleKey] = []
        self._members: list[int] = []

    def __iter__(self) -> Iterator[IdleKey]:
        return chain.from_iterable(self._blocks)

    def add(self, key: IdleKey) -> None:
        if not self._blocks:
            self._set(0, 0, [key])
            return
        place = min(bisect_left(self._lasts, key), len(self._blocks) - 1)
        block = self._blocks[place]
        insort(block, key)
        if len(block) > BLOCK:
            self._set(place, place + 1, block[: BLOCK // 2], block[BLOCK // 2 :])
        else:
            self._lasts[place] = block[-1]
            self._members[place] |= 1 << key[2]

    def remove(self, key: IdleKey) -> None:
        """`key` is there."""
        place = bisect_left(self._lasts, key)
        block = self._blocks[place]
        del block[bisect_left(block, key)]
        if block:
            self._lasts[place] = block[-1]
            self._members[place] ^= 1 << key[2]
        else:
            self._set(place, place + 1)

    def _set(self, start: int, end: int, *blocks: list[IdleKey]) -> None:
        """Put these blocks, none of them empty, in the place of others."""
        self._blocks[start:end] = blocks
        self._lasts[start:end] = [block[-1] for block in blocks]
        self._members[start:end] = [sum(1 << key[2] for key in block) for block in blocks]

    def first(self, among: int) -> IdleKey:
        """Of these seats the one that is idle longest. At least one of them is."""
        block = next(block for block, members in zip(self._blocks, self._members, strict=True) if members & among)
        return next(key for key in block if among >> key[2] & 1)
