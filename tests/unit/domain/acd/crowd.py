"""Random life for an ACD: every event there is, sensible and senseless, from one source of chance."""

from random import Random

from ivr.domain.acd import QueueRules, Relaxation, Rules
from ivr.domain.acd import events as e
from ivr.domain.acd.model import Entry, EntryId, Kind, Need, OfferId, Operator, OperatorId, Stage, State
from tests.unit.domain.acd.watch import Watch

QUEUES = ("persons", "companies", "dispatcher")
SKILLS = ("billing", "meters")
RULES = Rules(
    queues={
        "persons": QueueRules(
            ring_s=10,
            wrap_up_s=20,
            wrap_up_extension_s=10,
            talk_check_s=120,
            dial_s=20,
            longest_wait_s=90,
            overflow_to="companies",
            relaxation=(Relaxation(20, 1), Relaxation(40, 3)),
            reserve_s=60,
        ),
        "companies": QueueRules(wrap_up_s=0, longest_wait_s=60, overflow_to="persons", talk_check_s=60),
    },
    others=QueueRules(longest_wait_s=200, wrap_up_s=5),
    rest_s=3,
    aside_s=30,
    unreachable_s=10,
)
PEOPLE = 6
MANY_SKILLS = tuple(f"s{number}" for number in range(8))
MANY_RULES = Rules(
    queues={"persons": QueueRules(longest_wait_s=600, relaxation=(Relaxation(60, 1),))},
    others=QueueRules(longest_wait_s=600, wrap_up_s=5),
    rest_s=3,
    aside_s=30,
    unreachable_s=10,
)
RUSH = 4
"""So many times as many callers as usual come to the crowd of many demands."""
AWAY = (State.WRAP_UP, State.PAUSED, State.MISSED, State.SET_ASIDE, State.UNREACHABLE)
LATER = (0.0, 0.0, 0.0, 0.1, 0.5, 1.0, 3.0, 20.0)


class Crowd:
    """`watch` is fed with what `chance` comes upon. Some of it names what does not exist, or no longer does.

    `many`: far more callers wait than are served, nearly each with demands of his own, so that an operator who becomes
    free finds dozens of lines before the one that he may take.
    """

    def __init__(self, chance: Random, *, many: bool = False) -> None:
        self.chance, self.watch, self._many = chance, Watch(MANY_RULES if many else RULES), many
        self._skills = MANY_SKILLS if many else SKILLS
        self._came = 0
        self._rung: list[OfferId] = []

    def step(self) -> None:
        event = self._event()
        after = self.chance.choice(LATER)
        if isinstance(event, e.Tick) and (deadline := self.watch.acd.next_deadline()) is not None:
            after = max(deadline - self.watch.now, 0.0)
        outcome = self.watch.do(event, after)
        self._rung = [*self._rung[-5:], *(each.offer for each in self.watch.ringing.values())]
        assert outcome.commands is not None

    def _event(self) -> e.Event:
        pick, now = self.chance.choice, self.watch.now
        offer = pick(list(self.watch.ringing)) if self.watch.ringing and self.chance.random() < 0.8 else self._old()
        until, queue = now + pick((-1.0, 5.0, 60.0)), pick(QUEUES)
        who, whom = self._operator, self._entry
        makers = (
            *[lambda: e.CallerQueued(self._new())] * (3 * RUSH if self._many else 3),
            lambda: e.CallbackDue(self._new()),
            lambda: e.CallbackAsked(whom(Stage.WAITING, Stage.OFFERED)),
            lambda: e.CallerLeft(whom()),
            lambda: e.Moved(
                whom(), queue, self._needs(), pick((None, 0, 7)), pick((None, who())), until, pick((None, who()))
            ),
            lambda: e.Handed(whom(Stage.TALKING), who()),
            *[lambda: e.OfferAnswered(offer)] * 4,
            lambda: e.OfferFailed(offer, pick(tuple(e.Failure))),
            *[lambda: e.CallbackAnswered(whom(Stage.DIALLING))] * 2,
            lambda: e.CallbackFailed(whom(Stage.DIALLING), "busy"),
            lambda: e.TalkEnded(who(State.TALKING), pick(tuple(e.TalkEnd))),
            lambda: e.TalkEnded(who(State.TALKING)),
            lambda: e.TalkAlive(who(State.TALKING)),
            lambda: e.Engaged(who()),
            lambda: e.WrapUpExtended(who(State.WRAP_UP), pick((-1.0, 3.0, 100.0))),
            lambda: e.WrapUpEnded(who(State.WRAP_UP)),
            *[lambda: self._login(who())] * 3,
            lambda: self._logout(who()),
            *[lambda: e.Ready(who(*AWAY))] * 3,
            lambda: e.Paused(who(), "lunch", until),
            lambda: e.DeviceLost(who(State.READY, State.RINGING)),
            lambda: e.DeviceBack(who(State.UNREACHABLE)),
            lambda: e.WaitPredicted(queue, pick((50.0, 150.0))),
            lambda: e.ReserveNeeded(queue, until),
            *[e.Tick] * 4,
        )
        return pick(makers)()

    def _operator(self, *states: State) -> OperatorId:
        """Mostly one in such a state, if there is any; else anyone, or one who is not there."""
        fitting = sorted(name for name, seat in self.watch.seats.items() if seat.state in states)
        if fitting and self.chance.random() < 0.8:
            return self.chance.choice(fitting)
        return OperatorId(f"o{self.chance.randrange(PEOPLE + 1)}")

    def _entry(self, *stages: Stage) -> EntryId:
        """Mostly one at such a stage, if there is any; else any, or one that never was."""
        fitting = sorted(name for name, ticket in self.watch.tickets.items() if ticket.stage in stages)
        known = fitting if fitting and self.chance.random() < 0.8 else sorted(self.watch.entries)
        return self.chance.choice(known) if known and self.chance.random() < 0.9 else EntryId("nobody")

    def _old(self) -> OfferId:
        return self.chance.choice(self._rung or [OfferId("none")])

    def _needs(self) -> tuple[Need, ...]:
        chosen = self.chance.sample(self._skills, self.chance.choice((1, 2, 2) if self._many else (0, 0, 1, 2)))
        return tuple(Need(skill, self.chance.choice((1, 1, 2, 3))) for skill in chosen)

    def _new(self) -> Entry:
        chance, now = self.chance, self.watch.now
        if self.watch.entries and chance.random() < 0.05:
            return self.watch.tickets[self._known()].entry
        self._came += 1
        return Entry(
            EntryId(f"e{self._came}"),
            chance.choice(QUEUES),
            now - chance.choice((0.0, 0.0, 30.0, 500.0)),
            chance.choice((Kind.LIVE, Kind.LIVE, Kind.OUTBOUND)),
            chance.choice((5, 5, 5, 0, 9)),
            self._needs(),
            chance.choice((None, None, self._operator(State.TALKING, State.WRAP_UP))),
            now + chance.choice((10.0, 30.0)),
            chance.choice((None, None, None, now + 25.0)),
        )

    def _known(self) -> EntryId:
        return self.chance.choice(sorted(self.watch.entries))

    def _logout(self, operator: OperatorId) -> e.Event:
        return e.OperatorLoggedOut(operator) if self.chance.random() < 0.3 else e.Tick()

    def _login(self, operator: OperatorId) -> e.OperatorLoggedIn:
        chance = self.chance
        queues = frozenset(chance.sample(QUEUES, chance.choice((1, 2, 3))))
        skills = {skill: chance.choice((1, 2, 3)) for skill in chance.sample(self._skills, chance.choice((0, 1, 2, 2)))}
        who = Operator(operator, queues, skills, reserve=chance.random() < 0.25)
        return e.OperatorLoggedIn(who, self.watch.now + chance.choice((50.0, 400.0, 1500.0)), chance.random() < 0.9)
