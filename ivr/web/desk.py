"""The API of operators and supervisors: their state, their talk, its card; listening in. `docs/api.md` tells how to use
it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from math import isinf
from typing import Literal, Protocol, Self

from aiohttp import web
from pydantic import model_validator

from ivr.domain.acd.commands import Tell
from ivr.domain.acd.model import OperatorId, State
from ivr.domain.call import Call
from ivr.domain.talk.specialists import SpecialistId
from ivr.service.queue.cards import Abuse, Cards
from ivr.service.queue.duty import BREAKS, Duty, Extended
from ivr.service.queue.live_talks import LiveTalk
from ivr.service.queue.supervision import Supervision
from ivr.service.queue.talk_desk import TalkDesk
from ivr.service.queue.talk_phones import Mode
from ivr.service.queue.targets import Refused, Target, ToDialogue, ToOperator, ToQueue, ToSpecialist
from ivr.web.requests import OPERATOR, Asked, answers, body

MARK = "mark"
Reason = Literal["rest", "lunch", "meeting", "training", "other_work"]


class StateAsked(Asked):
    state: Literal["ready", "pause", "out"]
    reason: Reason | None = None

    @model_validator(mode="after")
    def _reason_of_a_pause(self) -> Self:
        if self.reason and self.state != "pause":
            raise ValueError("a reason is of a pause alone")
        return self


class WrapUpAsked(Asked):
    do: Literal["extend", "end"]


class TalkAsked(Asked):
    do: Literal["hold", "resume", "complete", "confer", "abuse"]


class TransferAsked(Asked):
    """Exactly one goal. `ask`: the colleague is rung and asked first."""

    operator: str | None = None
    queue: str | None = None
    dialogue: str | None = None
    specialist: str | None = None
    ask: bool = False

    @model_validator(mode="after")
    def _one_goal(self) -> Self:
        goals = (self.operator, self.queue, self.dialogue, self.specialist)
        if sum(goal is not None for goal in goals) != 1:
            raise ValueError("name one goal: operator, queue, dialogue or specialist")
        if self.ask and self.operator is None and self.specialist is None:
            raise ValueError("only an operator or a specialist can be asked")
        return self


class ListenAsked(Asked):
    mode: Mode


class Abusers(Abuse, Protocol):
    async def latest(self) -> list[Call]:
        """Calls that ended as abusive lately. Raises StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the API speaks to. `told` gives an operator's state as the board knows it."""

    whose: Callable[[str], OperatorId | None]
    told: Callable[[OperatorId], Tell | None]
    duty: Duty
    talks: TalkDesk
    supervision: Supervision
    cards: Cards
    abuse: Abusers


def make_desk(desk: Desk, more: Sequence[web.RouteDef] = ()) -> web.Application:
    """To be put under /api; `more` are other requests of those who have a token."""
    api = _Api(desk)
    app = web.Application(middlewares=[answers(desk.whose)])
    app.add_routes(
        [
            web.get("/desk", api.show),
            web.post("/desk/state", api.state),
            web.post("/desk/wrap-up", api.wrap_up),
            web.post("/desk/talk", api.talk),
            web.post("/desk/transfer", api.transfer),
            web.post("/operators/{extension}/state", api.state_of),
            web.post("/operators/{extension}/listen", api.listen),
            web.get("/abusive", api.abusive),
            *more,
        ]
    )
    return app


class _Api:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        return web.json_response(await self._shown(request[OPERATOR]))

    async def state(self, request: web.Request) -> web.Response:
        return await self._set_state(request, request[OPERATOR])

    async def state_of(self, request: web.Request) -> web.Response:
        self._supervises(request)
        return await self._set_state(request, self._other(request))

    async def wrap_up(self, request: web.Request) -> web.Response:
        asked, operator, duty = await body(request, WrapUpAsked), request[OPERATOR], self._desk.duty
        if duty.state(operator) is not State.WRAP_UP:
            raise Refused("not_now")
        if asked.do == "end":
            duty.finish(operator)
        elif duty.extend(operator) is not Extended.MORE:
            raise Refused("not_now")
        return web.json_response(await self._shown(operator))

    async def talk(self, request: web.Request) -> web.Response:
        asked, operator, talks = await body(request, TalkAsked), request[OPERATOR], self._desk.talks
        do: dict[str, Callable[[OperatorId], Awaitable[object]]] = {
            "hold": talks.hold,
            "resume": talks.resume,
            "complete": talks.complete,
            "confer": talks.confer,
            "abuse": talks.abuse,
        }
        await do[asked.do](operator)
        return web.json_response(await self._shown(operator))

    async def transfer(self, request: web.Request) -> web.Response:
        asked, operator = await body(request, TransferAsked), request[OPERATOR]
        target = _target(asked)
        if not asked.ask:
            await self._desk.talks.send(operator, target)
        elif isinstance(target, ToOperator):
            await self._desk.talks.consult(operator, target.operator)
        elif isinstance(target, ToSpecialist):
            await self._desk.talks.consult_outside(operator, target.specialist)
        else:
            raise Refused("unknown")
        return web.json_response(await self._shown(operator))

    async def listen(self, request: web.Request) -> web.Response:
        asked = await body(request, ListenAsked)
        held = await self._desk.supervision.listen(request[OPERATOR], self._other(request), asked.mode)
        return web.json_response({"mode": asked.mode.value, "on_hold": held}, status=202)

    async def abusive(self, request: web.Request) -> web.Response:
        self._supervises(request)
        found = await self._desk.abuse.latest()
        shown = [
            {"call": call.id, "at": call.answered_at.isoformat(), "number": call.caller, "operator": call.operator}
            for call in found
        ]
        return web.json_response({"abusive": shown})

    def _supervises(self, request: web.Request) -> None:
        if not self._desk.supervision.may(request[OPERATOR]):
            raise Refused("not_allowed")

    def _other(self, request: web.Request) -> OperatorId:
        other = OperatorId(request.match_info["extension"])
        if not self._desk.duty.knows(other):
            raise Refused("unknown")
        return other

    async def _set_state(self, request: web.Request, operator: OperatorId) -> web.Response:
        asked, duty = await body(request, StateAsked), self._desk.duty
        match asked.state:
            case "ready" if not duty.reachable(operator):
                raise Refused("no_phone")  # he would be offered callers whom he cannot hear
            case "ready":
                duty.log_in(operator)
            case "out":
                duty.log_out(operator)
            case "pause":
                reason = asked.reason or "rest"
                if not duty.pause(operator, next(each for each in BREAKS.values() if each.reason == reason)):
                    raise Refused("not_now")
        return web.json_response(await self._shown(operator))

    async def _shown(self, operator: OperatorId) -> dict[str, object]:
        told, live = self._desk.told(operator), self._desk.talks.talks.of(operator)
        until = told.until if told else None
        return {
            "extension": operator,
            "state": self._desk.duty.state(operator).value,
            "reason": told.reason if told else "",
            "until": None if until is None or isinf(until) else until,  # JSON knows no infinity
            "queues": list(self._desk.talks.queues),
            "dialogues": [MARK, *self._desk.talks.lines],
            "specialists": [
                {"specialist": one.id, "name": one.name, "short": one.short}
                for one in self._desk.talks.specialists.values()
            ],
            "talk": await self._talk(live) if live else None,
        }

    async def _talk(self, live: LiveTalk) -> dict[str, object]:
        talk, waiting, card = live.talk, self._desk.talks.talks.waiting(live), self._desk.cards.of(live.call_id)
        if card is not None:
            waited = talk.began - waiting.entry.arrived if waiting else 0.0
            known = await self._desk.abuse.before(card.number)
            card = replace(card, waited_s=round(waited), sent_by=live.sent_by, abusive_before=known)
        return {
            "phase": talk.phase.value,
            "colleague": talk.colleague,
            "warned": talk.warned,
            "began": talk.began,
            "held_s": round(talk.held_s, 1),
            "card": asdict(card) if card else None,
        }


def _target(asked: TransferAsked) -> Target:
    match asked.operator, asked.queue, asked.dialogue, asked.specialist:
        case str(operator), None, None, None:
            return ToOperator(OperatorId(operator))
        case None, str(queue), None, None:
            return ToQueue(queue)
        case None, None, str(dialogue), None:
            return ToDialogue("" if dialogue == MARK else dialogue)
        case None, None, None, str(specialist):
            return ToSpecialist(SpecialistId(specialist))
    raise Refused("unknown")
