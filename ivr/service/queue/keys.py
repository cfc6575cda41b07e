"""What operators key on their telephones: on duty, out, a pause, more time after a talk. They hear what came of it."""

import structlog

from ivr.dialogue.model import Phrase
from ivr.domain.acd.model import OperatorId
from ivr.domain.errors import CallerHungUp, IvrError
from ivr.service.ports import Phone
from ivr.service.queue.duty import BREAKS, Duty, Extended

log = structlog.get_logger()

READY = Phrase("Вы на линии.", "duty_ready")
OUT = Phrase("Смена закончена. До свидания.", "duty_out")
MORE = Phrase("Время обработки продлено.", "duty_more")
NO_MORE = Phrase("Время обработки больше не продлить.", "duty_no_more")
NOTHING = Phrase("Сейчас продлевать нечего.", "duty_nothing")
OFF = Phrase("Вы не на линии. Чтобы выйти на линию, наберите звёздочку один один.", "duty_off")
UNKNOWN = Phrase("Такого кода нет.", "duty_unknown")
PAUSES = {
    "rest": Phrase("Перерыв, десять минут.", "duty_rest"),
    "lunch": Phrase("Обед, один час.", "duty_lunch"),
    "meeting": Phrase("Совещание, тридцать минут.", "duty_meeting"),
    "training": Phrase("Учёба, один час.", "duty_training"),
    "other_work": Phrase("Другая работа, тридцать минут.", "duty_other_work"),
}
FIXED = (READY, OUT, MORE, NO_MORE, NOTHING, OFF, UNKNOWN, *PAUSES.values())
EXTENDED = {Extended.MORE: MORE, Extended.NO_MORE: NO_MORE, Extended.NOTHING: NOTHING}

CODES = {"*11": "on duty, or ready", "*12": "out", "*13N": "pause, N is the reason", "*14": "more time after a talk"}
PAUSE = "*13"


class KeysDesk:
    """Serves one code a call."""

    def __init__(self, duty: Duty) -> None:
        self._duty = duty

    async def serve(self, phone: Phone) -> None:
        """Do it and say what came of it; but who is to be ready, and so rung at once, hears it first. Never raises but
        when cancelled."""
        operator = OperatorId(phone.caller)
        said = self._done(phone.dialled, operator)
        try:
            await phone.say((said,), interruptible=False)
        except CallerHungUp:
            pass  # he knows his codes
        except IvrError as error:
            log.error("code_not_answered", error=error.code, detail=str(error))
        if said is READY:
            self._duty.log_in(operator)

    def _done(self, code: str, operator: OperatorId) -> Phrase:
        if not self._duty.knows(operator):
            return UNKNOWN
        match code:
            case "*11":
                return READY
            case "*12":
                self._duty.log_out(operator)
                return OUT
            case "*14":
                return EXTENDED[self._duty.extend(operator)]
        taken = BREAKS.get(code.removeprefix(PAUSE)) if code.startswith(PAUSE) else None
        if taken is None:
            return UNKNOWN
        return PAUSES[taken.reason] if self._duty.pause(operator, taken) else OFF
