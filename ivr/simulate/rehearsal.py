"""A caller's way through the flow, found before he rings: the pure engine and the real self-service, over copies of the
accounts, say what he will hear and what he has to press. Whatever flow is in force, nothing of it is known by heart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ivr.dialogue.engine import resume, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Digits, Fact, Gather, Prompt, Request, Say, Session, Sprint
from ivr.dialogue.nodes.identify import Identify
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.reading import ReadingNode
from ivr.dialogue.throughput import keyed
from ivr.domain.call import Call, CallId
from ivr.domain.customer import Account, Reading
from ivr.domain.errors import ConfigurationError
from ivr.domain.identity import Proof, expected
from ivr.domain.readings import UncheckedReading
from ivr.service.selfservice import SelfService

TURNS = 60
"""A caller of the demo needs fewer."""


@dataclass(frozen=True)
class Line:
    """What is heard, then what is pressed; nothing is pressed at the end."""

    heard: Prompt
    pressed: str = ""


@dataclass(frozen=True)
class Plan:
    """What a caller wants. `menus`: keys for the menus in turn; after them he has what he wanted.

    wrong_proof: he does not know the proof, and gives up when told so. values: his readings, a register each.
    """

    menus: str
    account: Account
    wrong_proof: bool = False
    values: Sequence[int] = ()


@dataclass
class Copies:
    """Accounts as they are now, for a rehearsal that stores nothing: customers, readings and news in one."""

    accounts: Mapping[str, Account]
    submitted: list[int] = field(default_factory=list)

    async def account(self, number: str) -> Account | None:
        return self.accounts.get(number)

    async def by_phone(self, phone: str) -> tuple[str, ...]:
        return ()

    async def submit(self, register_id: int, reading: Reading) -> int:
        self.submitted.append(reading.value)
        return len(self.submitted)

    async def submit_unchecked(self, reading: UncheckedReading) -> int:
        raise NotImplementedError("billing is not asked in a rehearsal")

    async def current(self, at: datetime) -> list[str]:
        return []


async def rehearse(
    flow: Flow, facts: Mapping[str, Fact], services: SelfService, caller: str, plan: Plan
) -> tuple[Line, ...]:
    """The caller's lines. Raises ConfigurationError when the flow does not lead where the plan wants."""
    call = Call(CallId(f"rehearsal-{caller}"), caller, "", datetime.now(UTC))
    services.begin(call)
    heard: Prompt = ()
    lines: list[Line] = []
    sprint, menus = start(flow, facts), list(plan.menus)
    for _ in range(TURNS):
        heard += _said(sprint)
        if sprint.wait is None:
            break
        if isinstance(sprint.wait, Request):
            sprint = resume(flow, sprint.session, await services.answer(call.id, sprint.wait))
            continue
        if not isinstance(sprint.wait, Gather):
            break
        keys = _keys(flow, sprint.session, sprint.wait, plan, menus)
        lines.append(Line(heard, keys))
        if not keys:
            services.forget(call.id)
            return tuple(lines)
        heard, sprint = (), resume(flow, sprint.session, keyed(sprint.wait, keys))
    raise ConfigurationError([f"{flow.file}: the demo's caller of account {plan.account.number} is not served by it"])


def _said(sprint: Sprint) -> Prompt:
    said: Prompt = ()
    for effect in sprint.effects:
        if isinstance(effect, Say):
            said += effect.prompt
    return said + (sprint.wait.prompt if isinstance(sprint.wait, Gather) else ())


def _keys(flow: Flow, session: Session, gather: Gather, plan: Plan, menus: list[str]) -> str:
    """What he presses at this question; nothing when he has what he wanted, or cannot go on."""
    match flow.nodes[session.node]:
        case Menu():
            return menus.pop(0) if menus else ""
        case Identify():
            return _identifies(session, gather, plan)
        case ReadingNode() if isinstance(gather.grammar, Digits):
            register = session.state.get("register")
            told = session.state.get("told") is True  # refused: no second try
            return f"{plan.values[register - 1]}#" if isinstance(register, int) and not told else ""
    return "1"


def _identifies(session: Session, gather: Gather, plan: Plan) -> str:
    if not isinstance(gather.grammar, Digits):
        return "1"
    if session.state.get("phase") == "number":
        return plan.account.number
    if session.facts.get("wrong_proofs"):
        return ""
    right = expected(plan.account, Proof(str(session.facts.get("proof_kind"))))
    digits = right if not plan.wrong_proof else "".join(str((int(digit) + 1) % 10) for digit in right)
    return digits if len(digits) == gather.grammar.at_most else digits + "#"
