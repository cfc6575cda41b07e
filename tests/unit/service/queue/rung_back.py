"""A stage on which customers are rung back: telephones that remember, a database that is a dictionary."""

from dataclasses import replace

from ivr.domain.acd import QueueRules
from ivr.domain.acd.model import EntryId
from ivr.domain.call import Call, CallId
from ivr.domain.callback import OPEN, Callback, CallbackRules, CallbackStage
from ivr.domain.errors import LinkDown, PhoneFailed, StoreUnavailable
from ivr.service.queue.callback_book import CallbackBook, Whispers
from ivr.service.queue.callback_tries import CallbackTries
from ivr.service.queue.demands import Demands
from ivr.service.queue.telephones import Dial
from tests.unit.service.queue.stage import Stage, turn

NUMBER = "+79991234567"
RULES = CallbackRules(tries=2, gap_s=600, keep_s=7200, ring_s=20)
WHISPERS = Whispers("/w/callback", "/w/last", {"readings": "/w/readings"})


class Customers:
    """Customers' telephones. `calls` are those that Asterisk holds; `broken`: it refuses."""

    def __init__(self) -> None:
        self.dialled: list[Dial] = []
        self.hung_up: list[CallId] = []
        self.calls: set[str] = set()
        self.broken = False

    async def dial(self, dial: Dial) -> None:
        if self.broken:
            raise PhoneFailed("no trunk")
        self.dialled.append(dial)

    async def hang_up(self, leg: CallId) -> None:
        if self.broken:
            raise LinkDown("away")
        self.hung_up.append(leg)

    async def alive(self) -> set[str]:
        return self.calls


class Store:
    """`away`: the database does not answer."""

    def __init__(self) -> None:
        self.rows: dict[str, Callback] = {}
        self.away = False

    async def put(self, callback: Callback) -> None:
        self._there()
        self.rows[callback.id] = callback

    async def claim(self, callback: Callback) -> bool:
        self._there()
        if self.rows[callback.id].stage is not CallbackStage.WAITING:
            return False
        self.rows[callback.id] = callback
        return True

    async def open(self) -> list[Callback]:
        self._there()
        return [callback for callback in self.rows.values() if callback.stage in OPEN]

    def _there(self) -> None:
        if self.away:
            raise StoreUnavailable("away")


class Calls:
    def __init__(self) -> None:
        self.rows: dict[CallId, Call] = {}

    async def get(self, call_id: CallId) -> Call | None:
        return self.rows.get(call_id)


class RungBack(Stage):
    """`open`: customers may be rung back at this hour. `began`: calls that customers answered."""

    def __init__(self, store: Store | None = None, a_day: int = 100, demands: Demands | None = None) -> None:
        super().__init__(QueueRules(wrap_up_s=0))
        self.store, self.customers, self.calls = store or Store(), Customers(), Calls()
        self.open = True
        self.began: list[CallId] = []
        self.book = CallbackBook(
            self.line,
            self.store,
            self.calls,
            WHISPERS,
            RULES,
            self.clock,
            lambda moment: self.open,
            self.customers.alive,
            demands,
        )
        self.tries = CallbackTries(
            self.line,
            self.book,
            self.customers,
            "/s/told",
            "/s/unreached",
            lambda leg, callback: self.began.append(leg),
            self.clock,
            a_day,
        )

    async def ordered(self, name: str, number: str = NUMBER) -> None:
        """A caller comes, and has himself rung back."""
        waiting = await self.caller(name)
        await self.book.order(waiting, number, "readings")
        self.line.callers.gone(CallId(name))
        await turn()

    async def later(self, seconds: float) -> None:
        await self.passes(seconds)
        await self.book.step()
        await turn()

    async def listens(self) -> Dial:
        """The operator who is rung answers; gives what is dialled then."""
        await self.answers(self.last)
        return self.customers.dialled[-1]

    async def answered(self, dial: Dial) -> None:
        self.tries.answered(dial.leg)
        await turn()

    async def unreached(self, dial: Dial, why: str = "no_answer") -> None:
        """He is not reached; the operator has been told so and is hung up."""
        self.tries.failed(dial.leg, why)
        await turn()
        assert self.telephones.unreached_told[-1] == dial.offer
        self.line.leg_ended(dial.offer, clearly=True)
        await turn()

    def row(self, name: str) -> Callback:
        return self.store.rows[name]

    def in_line(self, name: str) -> bool:
        return self.line.callers.of(EntryId(name)) is not None


def stored(name: str, **more: object) -> Callback:
    """A row that is in the database already."""
    return replace(Callback(name, NUMBER, "persons", "readings", 1.0, 1.0, 1.0), **more)
