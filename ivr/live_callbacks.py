"""Callbacks wired: the book of who is to be rung back, the trunk they are dialled through, what is said."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.customer_legs import CustomerLegs
from ivr.adapters.db.callbacks import SqlCallbacks
from ivr.adapters.db.engine import Database
from ivr.adapters.phone_numbers import e164
from ivr.config import Callbacks, Centre
from ivr.dialogue.model import Phrase
from ivr.dialogue.week import parse_week
from ivr.domain.call import Call, CallId
from ivr.domain.callback import Callback, CallbackRules
from ivr.domain.hours import Week
from ivr.domain.standards import Standard
from ivr.service.calls import CallRecorder
from ivr.service.ports import CallLog, Voice
from ivr.service.queue.callback_book import CallbackBook, Whispers
from ivr.service.queue.callback_talk import CallbackTalk
from ivr.service.queue.callback_tries import CallbackTries
from ivr.service.queue.demands import Demands
from ivr.service.queue.line import LiveLine
from ivr.service.queue.topics import TOPICS

USUAL_HOURS = {"mon-sun": "08:00-21:00"}
MINUTE_S, HOUR_S = 60.0, 3600.0

TOLD = "Здравствуйте! Это {supplier}. Вы просили вам перезвонить. Разговор записывается. Соединяю с оператором."
WHISPER = Phrase("Обратный звонок.", "callback_whisper")
LAST_TRY = Phrase("Последняя попытка.", "callback_last_try")
UNREACHED = Phrase("Дозвониться не удалось.", "callback_unreached")
FIXED = (WHISPER, LAST_TRY, UNREACHED)


@dataclass(frozen=True)
class LiveCallbacks:
    book: CallbackBook
    tries: CallbackTries
    talk: CallbackTalk


def told(supplier: str) -> Phrase:
    """What a customer hears when he answers."""
    return Phrase(TOLD.format(supplier=supplier))


def hours(centre: Centre, standard: Standard) -> Week:
    """When customers are rung back."""
    if own := centre.queue.callbacks.hours:
        return parse_week(own)
    return standard.hours.callback_staff or parse_week(USUAL_HOURS)


def dialable(prefixes: tuple[str, ...]) -> Callable[[str], str | None]:
    """A number in E.164, None for one that may not be dialled."""

    def number_of(text: str) -> str | None:
        number = e164(text)
        return number if number is not None and number.startswith(prefixes) else None

    return number_of


async def connect(
    centre: Centre,
    standard: Standard,
    line: LiveLine,
    link: AmiLink,
    database: Database,
    calls: CallLog,
    recorder: CallRecorder,
    voice: Voice,
    hurry: Callable[[CallId], bool],
    demands: Demands,
) -> LiveCallbacks:
    """Callbacks of this line. Raises PhoneFailed when a sound cannot be made."""
    settings = centre.queue.callbacks
    customers = CustomerLegs(link, centre.number)
    week, zone = hours(centre, standard), ZoneInfo(centre.timezone)

    def open_at(moment: float) -> bool:
        return week.is_open(datetime.fromtimestamp(moment, zone))

    async def path(phrase: Phrase) -> str:
        return str((await voice.sound(phrase)).with_suffix(""))

    def began(leg: CallId, callback: Callback) -> None:
        answered_at = datetime.now(UTC)
        call = Call(leg, callback.number, centre.number, answered_at, flow="callback", reason="callback")
        recorder.begin(call)

    whispers = Whispers(await path(WHISPER), await path(LAST_TRY), {name: await path(TOPICS[name]) for name in TOPICS})
    book = CallbackBook(
        line, SqlCallbacks(database), calls, whispers, rules(settings), time.time, open_at, customers.alive, demands
    )
    sounds = await path(told(centre.supplier)), await path(UNREACHED)
    tries = CallbackTries(line, book, customers, *sounds, began, time.time, settings.a_day)
    customers.serve(tries)
    talk = CallbackTalk(book, dialable(settings.prefixes), settings.offer_after_s, hurry)
    return LiveCallbacks(book, tries, talk)


def rules(settings: Callbacks) -> CallbackRules:
    return CallbackRules(settings.tries, settings.gap_minutes * MINUTE_S, settings.keep_hours * HOUR_S, settings.ring_s)
