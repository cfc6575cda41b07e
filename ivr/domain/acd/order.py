"""Things kept in order: a sorted list of keys, and the deadlines that stand on it.

A Python list with bisect is faster here than a heap: taking one out of the middle moves some kilobytes, needs no marks
on dead items, and gives the number of those before it for nothing.
"""

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterator
from typing import Any, Generic, TypeVar

Key = tuple[Any, ...]
Name = TypeVar("Name", bound=Hashable)


class Order:
    """Distinct keys in ascending order."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys: list[Key] = []

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def first(self, count: int) -> list[Key]:
        return self._keys[:count]

    def add(self, key: Key) -> None:
        insort(self._keys, key)

    def remove(self, key: Key) -> None:
        """`key` is there."""
        del self._keys[bisect_left(self._keys, key)]

    def before(self, key: Key) -> int:
        """How many come before `key`, which need not be there."""
        return bisect_left(self._keys, key)


class Deadlines(Generic[Name]):
    """One moment for each name. Of names with the same moment, the one that was set first is due first."""

    def __init__(self) -> None:
        self._order = Order()
        self._keys: dict[Name, Key] = {}
        self._set = 0

    def set(self, name: Name, at: float) -> None:
        self.drop(name)
        self._set += 1
        self._keys[name] = key = (at, self._set, name)
        self._order.add(key)

    def drop(self, name: Name) -> None:
        if key := self._keys.pop(name, None):
            self._order.remove(key)

    def next(self) -> float | None:
        for key in self._order.first(1):
            return float(key[0])
        return None

    def due(self, now: float) -> Name | None:
        """The first whose moment has come; it is dropped."""
        for at, _, name in self._order.first(1):
            if at <= now:
                self.drop(name)
                return name  # type: ignore[no-any-return]
        return None
