"""A small centre to tell stories with: who calls, who is rung, who answers. Every promise is checked at every step."""

from collections.abc import Mapping

from ivr.domain.acd import Outcome, QueueRules, Rules
from ivr.domain.acd.commands import Command
from ivr.domain.acd.events import (
    CallbackDue,
    CallerQueued,
    Event,
    Failure,
    OfferAnswered,
    OfferFailed,
    OperatorLoggedIn,
    TalkEnd,
    TalkEnded,
    Tick,
    WrapUpEnded,
)
from ivr.domain.acd.model import Entry, EntryId, Need, Operator, OperatorId, Stage, State
from ivr.domain.acd.records import Decision, Note, Record, What
from tests.unit.domain.acd.watch import Watch

Q = "persons"
SHIFT_S = 30_000.0


class Centre(Watch):
    """One queue, `persons`, unless something else is said."""

    def __init__(self, rules: QueueRules | None = None, **others: object) -> None:
        super().__init__(Rules(others=rules or QueueRules(), **others))
        self.commands: list[Command] = []
        self.records: list[Record] = []

    def do(self, event: Event, after: float = 0.0) -> Outcome:
        outcome = super().do(event, after)
        self.commands, self.records = outcome.commands, outcome.records
        return outcome

    def operator(
        self, name: str, queues: str = Q, *, reserve: bool = False, until: float = SHIFT_S, **skills: int
    ) -> OperatorId:
        who = Operator(OperatorId(name), frozenset(queues.split()), skills, reserve)
        self.do(OperatorLoggedIn(who, until))
        return who.id

    def call(self, name: str, queue: str = Q, *, needs: Mapping[str, int] | None = None, **more: object) -> EntryId:
        self.do(CallerQueued(self.entry(name, queue, needs, **more)))
        return EntryId(name)

    def callback(self, name: str, **more: object) -> EntryId:
        self.do(CallbackDue(self.entry(name, **more)))
        return EntryId(name)

    def entry(self, name: str, queue: str = Q, needs: Mapping[str, int] | None = None, **more: object) -> Entry:
        asked = tuple(Need(skill, level) for skill, level in (needs or {}).items())
        return Entry(EntryId(name), queue, **({"arrived": self.now, "needs": asked} | more))

    @property
    def rung(self) -> dict[str, str]:
        """Whose phone rings, for whom."""
        return {offer.operator: offer.entry for offer in self.ringing.values()}

    def answer(self, operator: str) -> None:
        self.do(OfferAnswered(self._offer(operator)))

    def refuse(self, operator: str, failure: Failure = Failure.NO_ANSWER) -> None:
        self.do(OfferFailed(self._offer(operator), failure))

    def _offer(self, operator: str) -> str:
        return next(offer.offer for offer in self.ringing.values() if offer.operator == operator)

    def hang_up(self, operator: str, end: TalkEnd = TalkEnd.FINISHED) -> None:
        self.do(TalkEnded(OperatorId(operator), end))

    def serve(self, operator: str) -> None:
        """He answers, talks and is done."""
        self.answer(operator)
        self.hang_up(operator)
        self.do(WrapUpEnded(OperatorId(operator)))

    def state(self, operator: str) -> State:
        seat = self.seats.get(OperatorId(operator))
        return seat.state if seat else State.LOGGED_OUT

    def stage(self, entry: str) -> Stage:
        ticket = self.tickets.get(EntryId(entry))
        return ticket.stage if ticket else Stage.LEFT

    def wait(self, seconds: float) -> list[Record]:
        """Time passes; whatever is due on the way happens at its moment. All records of it."""
        until, records = self.now + seconds, []
        while (deadline := self.acd.next_deadline()) is not None and deadline <= until:
            records += self.do(Tick(), max(deadline - self.now, 0.0)).records
        self.now = until
        return records

    @property
    def decision(self) -> Decision:
        (decision,) = (record for record in self.records if isinstance(record, Decision))
        return decision

    @property
    def notes(self) -> list[What]:
        return [record.what for record in self.records if isinstance(record, Note)]

    @property
    def ignored(self) -> bool:
        return self.notes == [What.IGNORED]
