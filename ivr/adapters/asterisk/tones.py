"""The keys a caller presses, each exactly once and in order.

Asterisk tells of a key twice: in the result of the AGI command that it interrupted, and as a DTMFEnd event over AMI.
AGI alone loses keys: what is pressed between two AGI commands is read and thrown away by Asterisk (res_agi's run_agi),
so an experienced caller's type-ahead would have holes. The AMI event comes for every key. So AMI is the truth while
its link is up, and the AGI result only wakes the reader; when the event does not come in time, AGI's key is taken and
the late event, should it come, is swallowed.
"""

import asyncio
from collections import deque


class ToneFeed:
    """Keys of one call, waiting to be taken."""

    def __init__(self) -> None:
        self._keys: deque[str] = deque()
        self._owed: deque[str] = deque()  # keys taken from AGI whose AMI event is still to come
        self._events = 0
        self._changed = asyncio.Event()
        self._habit: tuple[str, float] | None = None

    def from_ami(self, key: str) -> None:
        """A DTMFEnd event of this call."""
        if self._owed and self._owed[0] == key:
            self._owed.popleft()
            return
        self._events += 1
        self._add(key)

    def link_lost(self) -> None:
        """Events still owed will never come."""
        self._owed.clear()

    async def from_agi(self, key: str, seen_before: int, *, link_up: bool, patience_s: float = 0.25) -> None:
        """`key` interrupted an AGI command that began when `events` was `seen_before`."""
        if link_up:
            try:
                async with asyncio.timeout(patience_s):
                    while self._events == seen_before:
                        self._changed.clear()
                        await self._changed.wait()
                return
            except TimeoutError:
                self._owed.append(key)
        self._add(key)

    @property
    def events(self) -> int:
        """How many keys came over AMI so far."""
        return self._events

    @property
    def waiting(self) -> bool:
        return bool(self._keys)

    def take(self) -> str | None:
        return self._keys.popleft() if self._keys else None

    def expect_habit(self, key: str, within_s: float) -> None:
        """The next key, if it is `key` and comes within `within_s` seconds, means nothing: many press `#` after every
        number, also after one that its length had ended already; some say yes and press it."""
        self._habit = (key, asyncio.get_running_loop().time() + within_s)

    def forget(self) -> None:
        """Drop the keys pressed so far: they were meant for an earlier question."""
        self._keys.clear()

    def _add(self, key: str) -> None:
        habit, self._habit = self._habit, None
        if habit is None or key != habit[0] or asyncio.get_running_loop().time() > habit[1]:
            self._keys.append(key)
        self._changed.set()


class ToneFeeds:
    """Finds the feed of a channel's key."""

    def __init__(self) -> None:
        self._feeds: dict[str, ToneFeed] = {}

    def open(self, uniqueid: str) -> ToneFeed:
        return self._feeds.setdefault(uniqueid, ToneFeed())

    def close(self, uniqueid: str) -> None:
        self._feeds.pop(uniqueid, None)

    def key(self, uniqueid: str, key: str) -> None:
        if (feed := self._feeds.get(uniqueid)) is not None:
            feed.from_ami(key)

    def link_lost(self) -> None:
        for feed in self._feeds.values():
            feed.link_lost()
