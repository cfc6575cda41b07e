"""Random life for an ACD: every event there is, sensible and senseless, from one source of chance."""

from random import Random

from ivr.domain.acd import QueueRules, Relaxation, Rules
from ivr.domain.acd import events as e
from ivr.domain.acd.model import Entry, EntryId, Kind, Need, OfferId, Operator, OperatorId
from tests.unit.domain.acd.watch import Watch

QUEUES = ("persons", "companies", "dispatcher")
SKILLS = ("billing", "meters")
RULES = Rules(
    queues={
        "persons": QueueRules(
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
LATER = (0.0, 0.0, 0.0, 0.1, 0.5, 1.0, 3.0, 20.0)


class Crowd:
    """`watch` is fed with what `chance` comes upon. Some of it names what does not exist, or no longer does."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.watch = chance, Watch(RULES)
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
        operator, entry = self._operator(), self._entry()
        offer = pick(list(self.watch.ringing)) if self.watch.ringing and self.chance.random() < 0.8 else self._old()
        until = now + pick((-1.0, 5.0, 60.0))
        queue = pick(QUEUES)
        makers = (
            lambda: e.CallerQueued(self._new()),
            lambda: e.CallerQueued(self._new()),
            lambda: e.CallbackDue(self._new()),
            lambda: e.CallbackAsked(entry),
            lambda: e.CallerLeft(entry),
            lambda: e.Moved(entry, queue, self._needs(), pick((None, 0, 7)), pick((None, operator)), until),
            lambda: e.Handed(entry, operator),
            lambda: e.OfferAnswered(offer),
            lambda: e.OfferAnswered(offer),
            lambda: e.OfferFailed(offer, pick(tuple(e.Failure))),
            lambda: e.CallbackAnswered(entry),
            lambda: e.CallbackFailed(entry, "busy"),
            lambda: e.TalkEnded(operator, pick(tuple(e.TalkEnd))),
            lambda: e.TalkEnded(operator),
            lambda: e.TalkAlive(operator),
            lambda: e.Engaged(operator),
            lambda: e.WrapUpExtended(operator, pick((-1.0, 3.0, 100.0))),
            lambda: e.WrapUpEnded(operator),
            lambda: self._login(operator),
            lambda: self._login(operator),
            lambda: self._logout(operator),
            lambda: e.Ready(operator),
            lambda: e.Ready(operator),
            lambda: e.Paused(operator, "lunch", until),
            lambda: e.DeviceLost(operator),
            lambda: e.DeviceBack(operator),
            lambda: e.WaitPredicted(queue, pick((50.0, 150.0))),
            lambda: e.ReserveNeeded(queue, until),
            lambda: e.Tick(),
            lambda: e.Tick(),
        )
        return pick(makers)()

    def _operator(self) -> OperatorId:
        return OperatorId(f"o{self.chance.randrange(PEOPLE + 1)}")

    def _entry(self) -> EntryId:
        known = sorted(self.watch.entries)
        return self.chance.choice(known) if known and self.chance.random() < 0.9 else EntryId("nobody")

    def _old(self) -> OfferId:
        return self.chance.choice(self._rung or [OfferId("none")])

    def _needs(self) -> tuple[Need, ...]:
        chosen = self.chance.sample(SKILLS, self.chance.choice((0, 0, 1, 2)))
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
            chance.choice((None, None, self._operator())),
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
        skills = {skill: chance.choice((1, 2, 3)) for skill in chance.sample(SKILLS, chance.choice((0, 1, 2, 2)))}
        who = Operator(operator, queues, skills, reserve=chance.random() < 0.25)
        return e.OperatorLoggedIn(who, self.watch.now + chance.choice((50.0, 400.0, 400.0)), chance.random() < 0.9)
