"""The four people of the demo: what each does on the line, and what must come of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ivr.dialogue.model import Fact
from ivr.domain.call import Outcome
from ivr.simulate.city.people import Leg, Script

OPERATOR_WORDS = "Здравствуйте, меня зовут Мария. Чем могу помочь?"
CALLER_WORDS = "Добрый день. Подскажите, пожалуйста, когда у нас включат свет?"
OPERATOR, CALLER = "operator_words", "caller_words"
"""Names of these two sentences among the sounds."""

ACCEPTED, REFUSED = "accepted", "refused"
"""Before a text's name: the text as the caller whose reading is accepted, or refused, must hear it."""


@dataclass(frozen=True)
class Person:
    """One caller. `proofs` are sounds that must be found in the recording of what he heard.

    talks: an operator answers him, and both must hear each other. value: the reading that must be stored.
    """

    name: str
    caller: str
    expected: str
    script: Script
    proofs: tuple[str, ...]
    outcome: Outcome
    start_s: float
    account: str = ""
    value: int | None = None
    talks: bool = False


@dataclass(frozen=True)
class Situation:
    """What the people find: whether operators work now, the text that tells they do not, the accounts of the two, and
    the values they key in."""

    open: bool
    closed: str
    account: str
    value: int
    wrong_account: str
    wrong_value: int


def people(situation: Situation) -> tuple[Person, ...]:
    """The four, in the order of the demo. The silent one needs the longest, so he rings first."""
    reached = "an operator answers; both hear each other"
    return (
        Person(
            "Silent caller",
            "+79990000104",
            "says and presses nothing: asked again, then "
            + (reached if situation.open else "told when operators work"),
            _silent(situation),
            ("main_menu", "main_help", *_ending(situation)),
            Outcome.OPERATOR if situation.open else Outcome.SERVED,
            start_s=0.0,
            talks=situation.open,
        ),
        Person(
            "Reading accepted",
            "+79990000101",
            "keys in account and reading, hears it read back, confirms; it is stored once",
            _reader(situation.account, situation.value),
            tuple(_of(ACCEPTED, name) for name in ("reading_last", "reading_read_back", "reading_accepted")),
            Outcome.SERVED,
            start_s=3.0,
            account=situation.account,
            value=situation.value,
        ),
        Person(
            "Reading refused",
            "+79990000102",
            "keys in less than the last reading: told why, with both values; nothing is stored",
            _wrong_reader(situation.wrong_account, situation.wrong_value),
            (_of(REFUSED, "reading_lower"),),
            Outcome.ABANDONED,
            start_s=6.0,
            account=situation.wrong_account,
        ),
        Person(
            "Asks for an operator",
            "+79990000103",
            "presses 0: " + (reached if situation.open else "told the working hours, self-service stays"),
            _asks(situation),
            _ending(situation),
            Outcome.OPERATOR if situation.open else Outcome.ABANDONED,
            start_s=9.0,
            talks=situation.open,
        ),
    )


def spoken(situation: Situation, last: Mapping[str, Mapping[str, Fact]]) -> dict[str, tuple[str, dict[str, Fact]]]:
    """Texts that hold facts, as the people must hear them: name of the sound → (name of the text, its facts).

    `last` gives, by account, the facts of its last reading (last, last_on).
    """
    sounds = {}
    cases = (
        (ACCEPTED, situation.account, situation.value),
        (REFUSED, situation.wrong_account, situation.wrong_value),
    )
    for case, account, value in cases:
        facts = {**last[account], "number": account, "account": account, "value": value}
        for name in ("account_confirm", "reading_last", "reading_read_back", "reading_accepted", "reading_lower"):
            sounds[_of(case, name)] = (name, facts)
    return sounds


def _of(case: str, text: str) -> str:
    return f"{case}:{text}"


def _ending(situation: Situation) -> tuple[str, ...]:
    return ("connecting", OPERATOR) if situation.open else (situation.closed,)


async def _to_the_menu(leg: Leg) -> None:
    await leg.hears("recording_notice")
    await leg.hears("greeting")
    await leg.hears("main_menu", within_s=30)


async def _keys_in(leg: Leg, case: str, account: str, value: int) -> None:
    await leg.press("1")
    await leg.hears("account_ask")
    await leg.press(account)
    await leg.hears(_of(case, "account_confirm"), to_the_end=True)
    await leg.press("1")
    await leg.hears("proof_ask", to_the_end=True)
    await leg.press(account[-1] * 4)
    await leg.hears(_of(case, "reading_last"))
    await leg.hears("reading_ask", to_the_end=True)
    await leg.press(f"{value}#")


def _reader(account: str, value: int) -> Script:
    async def script(leg: Leg) -> None:
        await _to_the_menu(leg)
        await _keys_in(leg, ACCEPTED, account, value)
        await leg.hears(_of(ACCEPTED, "reading_read_back"))
        await leg.hears("confirm", to_the_end=True)
        await leg.press("1")
        await leg.hears(_of(ACCEPTED, "reading_accepted"))
        await leg.hears("after_reading")
        await leg.hears("goodbye", within_s=60)
        await leg.until_hung_up(10)

    return script


def _wrong_reader(account: str, value: int) -> Script:
    async def script(leg: Leg) -> None:
        await _to_the_menu(leg)
        await _keys_in(leg, REFUSED, account, value)
        await leg.hears(_of(REFUSED, "reading_lower"), to_the_end=True)
        await leg.hang_up()

    return script


def _asks(situation: Situation) -> Script:
    async def script(leg: Leg) -> None:
        await _to_the_menu(leg)
        await leg.press("0")
        await _end(leg, situation, lambda: leg.hears("main_menu", within_s=30))

    return script


def _silent(situation: Situation) -> Script:
    async def script(leg: Leg) -> None:
        await _to_the_menu(leg)
        await leg.hears("main_help", within_s=45)
        await _end(leg, situation, lambda: leg.until_hung_up(20))

    return script


async def _end(leg: Leg, situation: Situation, otherwise: Callable[[], Awaitable[object]]) -> None:
    if not situation.open:
        await leg.hears(situation.closed, within_s=60, to_the_end=True)
        await otherwise()
        return
    await leg.hears("connecting", within_s=60)
    await leg.hears(OPERATOR, within_s=90, to_the_end=True)
    await leg.say(CALLER_WORDS)
    await leg.wait(1.5)
    await leg.hang_up()
