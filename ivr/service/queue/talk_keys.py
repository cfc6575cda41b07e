"""Operators' keys in a talk, carried out."""

import asyncio
from collections.abc import Mapping

import structlog

from ivr.dialogue.model import Phrase
from ivr.domain.acd.model import OfferId, OperatorId
from ivr.domain.errors import IvrError
from ivr.domain.talk.keys import Code, Number
from ivr.domain.talk.specialists import SpecialistId
from ivr.domain.talk.talk import Phase
from ivr.service.queue.live_talks import LiveTalk
from ivr.service.queue.talk_desk import TalkDesk
from ivr.service.queue.targets import Refused, Target, ToDialogue, ToOperator, ToQueue, ToSpecialist

log = structlog.get_logger()

ASK_NUMBER = Phrase("Наберите номер и решётку.", "talk_number")
ANOTHER = "Абонент ждёт. Наберите другой номер и решётку, или звёздочку три, чтобы вернуться к абоненту."
UNKNOWN = Phrase(f"Такого номера нет. {ANOTHER}", "talk_unknown")
AWAY = Phrase(f"Коллеги нет на линии. {ANOTHER}", "talk_away")
NOBODY = Phrase(f"В этой очереди сейчас никого нет. {ANOTHER}", "talk_nobody")
BUSY = Phrase(f"Коллега занят. {ANOTHER}", "talk_busy")
NO_TRUNK = Phrase(f"Внешней линии нет. {ANOTHER}", "talk_no_trunk")
FIXED = (ASK_NUMBER, UNKNOWN, AWAY, NOBODY, BUSY, NO_TRUNK)
SAID = {"unknown": UNKNOWN, "away": AWAY, "nobody": NOBODY, "busy": BUSY, "no_trunk": NO_TRUNK}
"""Of refusals after which another number may be keyed."""

CODES = {
    "*3": "hold, and back to the caller",
    "*4": "ask a colleague, then his number and #; once more: he takes the caller over",
    "*5": "send the caller on, then a number and #",
    "*6": "the colleague, the caller and you together",
    "*7": "warn a caller who abuses; once more: end the call",
}
SHORTEST_EXTENSION = 3


def target_of(
    digits: str, queues: tuple[str, ...], lines: tuple[str, ...], shorts: Mapping[str, SpecialistId]
) -> Target | None:
    """What an operator keys as the goal of a transfer: an extension; the short number of a specialist outside; N, the
    Nth queue; 0, the mark; 0N, the Nth line of the flow. None: nothing."""
    if not digits.isdecimal():
        return None
    if digits in shorts:
        return ToSpecialist(shorts[digits])
    if len(digits) >= SHORTEST_EXTENSION:
        return ToOperator(OperatorId(digits))
    if digits == "0":
        return ToDialogue()
    place, names = int(digits), lines if digits[0] == "0" else queues
    if not 1 <= place <= len(names):
        return None
    return ToDialogue(names[place - 1]) if digits[0] == "0" else ToQueue(names[place - 1])


class TalkKeys:
    def __init__(self, desk: TalkDesk) -> None:
        self._desk = desk
        self._tasks: set[asyncio.Task[None]] = set()

    def press(self, leg: OfferId, key: str) -> None:
        """A key was pressed on this leg, whosoever it is."""
        live = self._desk.talks.of_leg(leg)
        if live is None:
            return
        pressed = live.keys.press(key, asyncio.get_running_loop().time())
        if pressed is not None:
            task = asyncio.get_running_loop().create_task(self._carry_out(live, pressed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, live: LiveTalk, pressed: Code | Number) -> None:
        try:
            await (self._number(live, pressed) if isinstance(pressed, Number) else self._code(live, pressed))
        except Refused as refused:
            log.info("talk_code_refused", operator=live.operator, code=refused.code)
        except IvrError as error:
            log.error("talk_code_failed", operator=live.operator, error=error.code, detail=str(error))

    async def _code(self, live: LiveTalk, code: Code) -> None:
        desk, operator, phase = self._desk, live.operator, live.talk.phase
        match code:
            case Code.HOLD if phase is Phase.TALKING:
                await desk.hold(operator)
            case Code.HOLD:
                await desk.resume(operator, keyed=True)
            case Code.CONSULT if phase is Phase.CONSULTING:
                await desk.complete(operator)
            case Code.CONSULT | Code.SEND:
                await self._ask(live, code, ASK_NUMBER)
            case Code.CONFER:
                await desk.confer(operator)
            case Code.ABUSE:
                await desk.abuse(operator)

    async def _ask(self, live: LiveTalk, code: Code, says: Phrase) -> None:
        if live.talk.phase is Phase.TALKING:
            await self._desk.hold(live.operator, says)
        elif live.talk.phase is Phase.HELD:
            await self._desk.say(live.operator, says)
        else:
            raise Refused("not_now")
        live.keys.ask(code, asyncio.get_running_loop().time())

    async def _number(self, live: LiveTalk, number: Number) -> None:
        desk, operator = self._desk, live.operator
        shorts = {one.short: one.id for one in desk.specialists.values() if one.short}
        target = target_of(number.digits, desk.queues, desk.lines, shorts)
        try:
            if target is None:
                raise Refused("unknown")
            if number.code is Code.SEND:
                await desk.send(operator, target)
            elif isinstance(target, ToOperator):
                await desk.consult(operator, target.operator)
            elif isinstance(target, ToSpecialist):
                await desk.consult_outside(operator, target.specialist)
            else:
                raise Refused("unknown")
        except Refused as refused:
            if refused.code not in SAID or live.talk.phase is not Phase.HELD:
                raise
            await self._ask(live, number.code, SAID[refused.code])
