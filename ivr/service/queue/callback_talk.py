"""What a waiting caller is told of a callback, and asked before one is ordered: whether, and at which number."""

from collections.abc import Callable
from contextlib import suppress

import structlog

from ivr.dialogue.model import Choice, Digits, Gather, Match, NoInput, Phrase, Prompt
from ivr.dialogue.wording import phrase
from ivr.domain.call import CallId
from ivr.domain.errors import CallerHungUp, IvrError
from ivr.service.ports import Phone
from ivr.service.queue.callback_book import CallbackBook
from ivr.service.queue.callers import Waiting

log = structlog.get_logger()

KEY = "1"
HINT = Phrase("Чтобы мы перезвонили вам, нажмите один: место в очереди сохранится.", "callback_hint")
OFFER = Phrase(
    "Мы можем перезвонить вам сами, место в очереди сохранится. Чтобы заказать звонок, нажмите один."
    " Чтобы ждать — оставайтесь на линии.",
    "callback_offer",
)
NOBODY = Phrase(
    "К сожалению, сейчас никто из операторов не может ответить. Чтобы мы перезвонили вам, нажмите один.",
    "callback_nobody",
)
CONFIRM = "Перезвоним на номер {number:phone}. Верно — нажмите один. Другой номер — два."
ASK = Phrase(
    "Наберите номер, на который перезвонить: десять цифр, например девятьсот двенадцать и дальше. Затем решётку.",
    "callback_ask",
)
WRONG = Phrase("На этот номер мы не звоним.", "callback_wrong")
ORDERED = Phrase("Мы перезвоним вам, когда подойдёт ваша очередь. До свидания.", "callback_ordered")
FAILED = Phrase("Сейчас заказать звонок не удалось. Оставайтесь, пожалуйста, на линии.", "callback_failed")
STAY = Phrase("Вы остаётесь в очереди.", "callback_stay")
FIXED = (HINT, OFFER, NOBODY, ASK, WRONG, ORDERED, FAILED, STAY)

TRIES = 3
THINK_S, NEXT_S = 5.0, 4.0
AT_ONCE_S = 0.1
LENGTH = 10


class CallbackTalk:
    """`dialable` gives a number in E.164, None for one that may not be dialled. A caller is asked of our own accord
    when he would wait longer than `offer_after_s`, and one in a `hurry` at once."""

    def __init__(
        self,
        book: CallbackBook,
        dialable: Callable[[str], str | None],
        offer_after_s: float,
        hurry: Callable[[CallId], bool] = lambda call_id: False,
    ) -> None:
        self._book = book
        self._dialable = dialable
        self._offer_after_s = offer_after_s
        self._hurry = hurry

    def due(self, call_id: CallId, waited_s: float, left_s: float | None) -> bool:
        """Whether a caller who has waited so long, and will wait `left_s` more (None: not known), is to be asked."""
        return self._hurry(call_id) or max(waited_s, left_s or 0.0) >= self._offer_after_s

    async def offered(self, phone: Phone, waiting: Waiting, topic: str, words: Phrase) -> bool:
        """Ask him whether. True: ordered, and he has been told so."""
        answer = await phone.gather(Gather((words,), Choice(frozenset(KEY)), THINK_S, NEXT_S))
        return isinstance(answer, Match) and await self.order(phone, waiting, topic)

    async def pressed(self, phone: Phone, waiting: Waiting, topic: str) -> bool:
        """He has pressed a key while he waited. True: ordered, and he has been told so."""
        answer = await phone.gather(Gather((), Choice(frozenset(KEY)), AT_ONCE_S, AT_ONCE_S))
        return isinstance(answer, Match) and await self.order(phone, waiting, topic)

    def talked(self, number: str) -> None:
        """He talks with an operator: whom he waited for to be rung back, he need not any more."""
        self._book.talked(self._dialable(number) or number)

    async def order(self, phone: Phone, waiting: Waiting, topic: str) -> bool:
        """He wants one: ask for the number. True: ordered, and he has been told so."""
        number = await self._number(phone)
        if number is None:
            await phone.say((STAY,), interruptible=False)
            return False
        try:
            await self._book.order(waiting, number, topic)
        except IvrError as error:
            log.error("callback_not_ordered", error=error.code)
            await phone.say((FAILED,), interruptible=False)
            return False
        with suppress(CallerHungUp):  # it is ordered all the same
            await phone.say((ORDERED,), interruptible=False)
        return True

    async def _number(self, phone: Phone) -> str | None:
        """The number that he confirmed. None: he goes on waiting."""
        number = self._dialable(phone.caller)
        for _ in range(TRIES):
            if number is not None:
                words = phrase(CONFIRM, {"number": number})
                answer = await phone.gather(Gather((words,), Choice(frozenset("12")), THINK_S, NEXT_S, fresh=True))
                if isinstance(answer, NoInput):
                    return None
                if isinstance(answer, Match) and answer.value == "1":
                    return number
                if not isinstance(answer, Match):
                    continue
            number = await self._keyed(phone)
        return None

    async def _keyed(self, phone: Phone) -> str | None:
        prompt: Prompt = (ASK,)
        answer = await phone.gather(Gather(prompt, Digits(LENGTH, LENGTH + 1), 2 * THINK_S, NEXT_S, fresh=True))
        number = self._dialable(answer.value) if isinstance(answer, Match) else None
        if number is None and not isinstance(answer, NoInput):
            await phone.say((WRONG,), interruptible=False)
        return number
