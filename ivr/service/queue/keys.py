"""What operators key on their telephones: on duty, out, a pause, more time after a talk. Answered with a word."""

from collections.abc import Callable

import structlog

from ivr.dialogue.model import Phrase
from ivr.domain.acd.model import OperatorId
from ivr.domain.errors import CallerHungUp, IvrError
from ivr.service.ports import Phone
from ivr.service.queue.duty import BREAKS, Duty

log = structlog.get_logger()

READY = Phrase("Вы на линии.", "duty_ready")
OUT = Phrase("Смена закончена. До свидания.", "duty_out")
MORE = Phrase("Время обработки продлено.", "duty_more")
UNKNOWN = Phrase("Такого кода нет.", "duty_unknown")
PAUSES = {
    "rest": Phrase("Перерыв, десять минут.", "duty_rest"),
    "lunch": Phrase("Обед, один час.", "duty_lunch"),
    "meeting": Phrase("Совещание, тридцать минут.", "duty_meeting"),
    "training": Phrase("Учёба, один час.", "duty_training"),
    "other_work": Phrase("Другая работа, тридцать минут.", "duty_other_work"),
}
FIXED = (READY, OUT, MORE, UNKNOWN, *PAUSES.values())

CODES = {"*11": "on duty, or ready", "*12": "out", "*13N": "pause, N is the reason", "*14": "more time after a talk"}
PAUSE = "*13"


class KeysDesk:
    """Serves one code a call."""

    def __init__(self, duty: Duty) -> None:
        self._duty = duty

    async def serve(self, phone: Phone) -> None:
        """Say what the code does, then do it: who is ready is rung at once. Never raises but when cancelled."""
        said, act = self._meaning(phone.dialled, OperatorId(phone.caller))
        try:
            await phone.say((said,), interruptible=False)
        except CallerHungUp:
            pass  # he knows his codes
        except IvrError as error:
            log.error("code_not_answered", error=error.code, detail=str(error))
        act()

    def _meaning(self, code: str, operator: OperatorId) -> tuple[Phrase, Callable[[], None]]:
        duty = self._duty
        if not duty.knows(operator):
            return UNKNOWN, lambda: None
        match code:
            case "*11":
                return READY, lambda: duty.log_in(operator)
            case "*12":
                return OUT, lambda: duty.log_out(operator)
            case "*14":
                return MORE, lambda: duty.extend(operator)
        taken = BREAKS.get(code.removeprefix(PAUSE)) if code.startswith(PAUSE) else None
        if taken is None:
            return UNKNOWN, lambda: None
        return PAUSES[taken.reason], lambda: duty.pause(operator, taken)
