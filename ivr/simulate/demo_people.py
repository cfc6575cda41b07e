"""The people of the demo: what each does on the line, and what must come of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from ivr.domain.call import Outcome
from ivr.simulate.city.people import Leg, Script

OPERATOR_WORDS = "Здравствуйте, меня зовут Мария. Чем могу помочь?"
CALLER_WORDS = "Добрый день. Подскажите, пожалуйста, когда у нас включат свет?"
OPERATOR, CALLER = "operator_words", "caller_words"
"""Names of these two sentences among the sounds."""

Cue = tuple[Sequence[str], str]
"""Sounds that are heard, by their names, and the keys pressed then; none at the end."""


@dataclass(frozen=True)
class Person:
    """One caller. `proofs` are sounds that must be found in the recording of what he heard, `never` are others that
    must not.

    talks: an operator answers him, and both must hear each other. values: the readings that must be stored.
    """

    name: str
    caller: str
    expected: str
    script: Script
    proofs: tuple[str, ...]
    outcome: Outcome
    start_s: float
    account: str = ""
    values: tuple[int, ...] = ()
    talks: bool = False
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reception:
    """What who wants an operator finds. `key` asks for one; the others name texts: the main menu and its help, the one
    said before the operator (`connecting`), the one that tells that none works now (`closed`), and the menu after it.
    served: whoever hangs up in that one has had all there is."""

    open: bool
    closed: str
    menu: str
    help: str
    connecting: str
    key: str
    after: str
    served: bool


def follows(cues: Sequence[Cue]) -> Script:
    """Hears and presses as rehearsed, and hangs up after the last words."""

    async def script(leg: Leg) -> None:
        for heard, pressed in cues:
            for name in heard:
                await leg.hears(name, within_s=60, to_the_end=name == heard[-1] and not pressed)
            if pressed:
                await leg.press(pressed)
        await leg.hang_up()

    return script


def asks(reception: Reception) -> Script:
    async def script(leg: Leg) -> None:
        await leg.hears(reception.menu, within_s=60)
        await leg.press(reception.key)
        await _end(leg, reception, lambda: leg.hears(reception.after, within_s=30))

    return script


def keeps_silent(reception: Reception) -> Script:
    async def script(leg: Leg) -> None:
        await leg.hears(reception.menu, within_s=60)
        await leg.hears(reception.help, within_s=60)
        await _end(leg, reception, lambda: leg.until_hung_up(20))

    return script


def ending(reception: Reception) -> tuple[str, ...]:
    return (reception.connecting, OPERATOR) if reception.open else (reception.closed,)


async def _end(leg: Leg, reception: Reception, otherwise: Callable[[], Awaitable[object]]) -> None:
    if not reception.open:
        await leg.hears(reception.closed, within_s=60, to_the_end=True)
        await otherwise()
        return
    await leg.hears(reception.connecting, within_s=60)
    await leg.hears(OPERATOR, within_s=120, to_the_end=True)
    await leg.say(CALLER_WORDS)
    await leg.wait(1.5)
    await leg.hang_up()
