"""Who rings in the demo: each rehearsed against the flow in force, so that keys and words are never known by heart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from ivr.adapters.db.customers import SqlCustomers
from ivr.adapters.db.engine import Database
from ivr.adapters.files.sample import DEBTOR, ONE_REGISTER, OVERPAYER, SUBSCRIBERS, THREE_REGISTERS
from ivr.config import Centre
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Fact, Phrase
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator
from ivr.domain.call import Outcome
from ivr.domain.customer import Account
from ivr.domain.errors import ConfigurationError
from ivr.self_service import identity_rules, reading_rules
from ivr.service.identity import Identity, TalliesInMemory
from ivr.service.selfservice import Hours, SelfService
from ivr.simulate.demo_people import Cue, Person, Reception, asks, ending, follows, keeps_silent
from ivr.simulate.presses import BALANCE, OPERATOR, READINGS, routes, to_kind
from ivr.simulate.rehearsal import Copies, Line, Plan, rehearse

USUAL_KWH = 5
"""What the demo's readings rise by: so small that the demo may be run all day long."""
MISSING_KWH = 1000
_FIRST_INVENTED = 8


@dataclass(frozen=True)
class Cast:
    """The people, and every phrase that they must hear, by the name of its sound."""

    people: tuple[Person, ...]
    phrases: Mapping[str, Phrase]


async def rehearsed(
    centre: Centre, database: Database, flow: Flow, facts: Mapping[str, Fact], hours: Hours, known: Mapping[str, Phrase]
) -> Cast:
    """`facts` are those of a newcomer's call; `known` are phrases that have a name already. Raises ConfigurationError
    when the sample's accounts are not there, or the flow has no way to readings, balance or an operator."""
    chance = Random()
    # A number that nobody rang from: who has rung before hears short prompts.
    first = f"+7999{chance.randrange(10**6):06d}"
    callers = [f"{first}{number}" for number in range(7)]
    stranger = await _stranger(database, chance)
    numbers = (ONE_REGISTER, THREE_REGISTERS, DEBTOR, OVERPAYER)
    accounts = {number: await _account(database, number) for number in numbers} | {stranger.number: stranger}
    rehearsal = _Rehearsal(centre, flow, facts, hours, accounts, dict(known))
    reception = reception_of(flow, hours, facts.get("hearing") is True, rehearsal.way(OPERATOR))
    unheard = _unheard(flow, reception, _now().astimezone(ZoneInfo(centre.timezone)))
    reached = "an operator answers; both hear each other"
    told = "told when operators work"
    silent = Person(
        "Silent caller",
        callers[0],
        f"says and presses nothing: asked again, then {reached if unheard.open else told}",
        keeps_silent(unheard),
        (unheard.menu, unheard.help, *ending(unheard)),
        Outcome.OPERATOR if unheard.open else Outcome.SERVED,
        start_s=0.0,
        talks=unheard.open,
    )
    asker = Person(
        "Asks for an operator",
        callers[6],
        f"presses {reception.key}: {reached if hours.open else told + ', self-service stays'}",
        asks(reception),
        ending(reception),
        Outcome.OPERATOR if hours.open else Outcome.SERVED if reception.served else Outcome.ABANDONED,
        start_s=12.0,
        talks=hours.open,
    )
    three = tuple(_last(accounts[THREE_REGISTERS], number) + USUAL_KWH for number in range(3))
    lower = max(_last(accounts[ONE_REGISTER], 0) - MISSING_KWH, 0)
    readings, balance = rehearsal.way(READINGS), rehearsal.way(BALANCE)
    served = [
        await rehearsal.person(
            "Three registers",
            "proves the account, keys in peak, half-peak and night, confirms each; each is stored once",
            Plan(readings, accounts[THREE_REGISTERS], values=three),
            callers[1],
            start_s=1.0,
        ),
        await rehearsal.person(
            "Owes money",
            "proves the account, hears the debt",
            Plan(balance, accounts[DEBTOR]),
            callers[2],
            start_s=3.0,
        ),
        await rehearsal.person(
            "Has overpaid",
            "proves the account, hears the overpayment",
            Plan(balance, accounts[OVERPAYER]),
            callers[3],
            start_s=5.0,
        ),
        await rehearsal.person(
            "Wrong proof",
            "names another's account, keys in a wrong proof: refused, and nothing is told of it",
            Plan(balance, stranger, wrong_proof=True),
            callers[4],
            start_s=7.0,
            outcome=Outcome.ABANDONED,
        ),
        await rehearsal.person(
            "Reading refused",
            "keys in less than the last reading: told why at once; nothing is stored",
            Plan(readings, accounts[ONE_REGISTER], values=(lower,)),
            callers[5],
            start_s=9.0,
            outcome=Outcome.ABANDONED,
        ),
    ]
    if served[0].values != three:
        raise ConfigurationError(
            ["readings: the centre's own rules take no reading today, so the demo cannot show any"]
        )
    secret = await rehearsal.told(Plan(balance, stranger), callers[4])
    served[3] = replace(served[3], never=secret)
    return Cast((silent, *served, asker), rehearsal.phrases)


class _Rehearsal:
    """Makes people of plans, and gives every phrase a name."""

    def __init__(
        self,
        centre: Centre,
        flow: Flow,
        facts: Mapping[str, Fact],
        hours: Hours,
        accounts: Mapping[str, Account],
        phrases: dict[str, Phrase],
    ) -> None:
        self.phrases = phrases
        self._flow = flow
        self._facts = facts
        self._hours = hours
        self._accounts = accounts
        self._zone = ZoneInfo(centre.timezone)
        self._reading_rules = reading_rules(centre, self._zone)
        self._identity_rules = identity_rules(centre)
        self._ways = routes(flow)
        self._names = {phrase.text: name for name, phrase in phrases.items()}

    def way(self, kind: str) -> str:
        """Menu keys to a node of this kind. Raises ConfigurationError when there are none."""
        keys = to_kind(self._flow, self._ways, kind)
        if not keys:
            raise ConfigurationError([f"{self._flow.file}: no menu leads to a node of kind {kind}; the demo needs one"])
        return keys

    async def person(
        self, name: str, what: str, plan: Plan, caller: str, *, start_s: float, outcome: Outcome = Outcome.SERVED
    ) -> Person:
        lines, submitted = await self._lines(plan, caller)
        cues = [self._cue(line) for line in lines]
        proofs = tuple(dict.fromkeys(cues[-1][0]))
        return Person(
            name, caller, what, follows(cues), proofs, outcome, start_s, plan.account.number, tuple(submitted)
        )

    async def told(self, plan: Plan, caller: str) -> tuple[str, ...]:
        """What only the account's owner hears: its figures, said after the proof."""
        lines, _ = await self._lines(plan, caller)
        return tuple(self._named(phrase) for phrase in lines[-1].heard if not phrase.name)

    async def _lines(self, plan: Plan, caller: str) -> tuple[tuple[Line, ...], list[int]]:
        copies = Copies(self._accounts)
        identity = Identity(copies, TalliesInMemory(), lambda audit: None, self._identity_rules, _now)
        services = SelfService(
            copies,
            copies,
            copies,
            lambda queue, local: self._hours,
            self._reading_rules,
            _now,
            self._zone,
            identity=identity,
        )
        return await rehearse(self._flow, self._facts, services, caller, plan), copies.submitted

    def _cue(self, line: Line) -> Cue:
        return [self._named(phrase) for phrase in line.heard], line.pressed

    def _named(self, phrase: Phrase) -> str:
        name = self._names.setdefault(phrase.text, phrase.name or phrase.text)
        self.phrases.setdefault(name, phrase)
        return name


def reception_of(flow: Flow, hours: Hours, hears: bool, key: str) -> Reception:
    root, operator = flow.nodes[flow.root], flow.nodes[flow.operator]
    if not isinstance(root, Menu) or not isinstance(operator, Operator):
        raise ConfigurationError([f"{flow.file}: the demo needs a menu at the root, and an operator"])
    closed = operator.holiday if hours.holiday and operator.holiday else operator.closed
    place = operator.closed_next or flow.root
    there = flow.nodes[place]
    if not isinstance(there, Menu):
        raise ConfigurationError([f"{flow.file}: the demo needs a menu where callers go out of hours"])
    menu, help_, after = (
        flow.said(texts[-1], False, not hours.open, hears) for texts in (root.say, root.silence, there.say)
    )
    return Reception(hours.open, closed[-1], menu, help_, operator.connecting[-1], key, after, flow.nothing_left(place))


def _unheard(flow: Flow, reception: Reception, local: datetime) -> Reception:
    """What who presses nothing finds: out of hours perhaps another operator's place, a dispatcher's."""
    operator = flow.nodes[flow.operator]
    other = flow.nodes.get(operator.silent_next) if isinstance(operator, Operator) else None
    if reception.open or not isinstance(other, Operator):
        return reception
    here = flow.queues[other.queue].is_open(local)
    return replace(reception, open=here, closed=other.closed[-1], connecting=other.connecting[-1])


async def _account(database: Database, number: str) -> Account:
    account = await SqlCustomers(database).account(number)
    if account is None:
        raise ConfigurationError([f"The demo needs the sample supplier's account {number}: set sample: true"])
    return account


async def _stranger(database: Database, chance: Random) -> Account:
    """An account with figures that nobody else may hear; another one each time, lest it be locked."""
    invented = range(_FIRST_INVENTED, SUBSCRIBERS + 1)
    for number in chance.sample(invented, len(invented)):
        account = await _account(database, f"1{number:09d}")
        if account.balance is not None and account.balance.debt_kopecks:
            return account
    raise ConfigurationError(["The demo needs one of the sample's accounts to owe or to have overpaid"])


def _last(account: Account, number: int) -> int:
    history = account.meters[0].registers[number].history if account.meters else ()
    return history[-1].value if history else 0


def _now() -> datetime:
    return datetime.now(UTC)
