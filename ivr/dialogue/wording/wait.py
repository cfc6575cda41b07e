"""The promise of a wait and the place in the line, as they are told."""

from ivr.dialogue.wording.numbers import cardinal, ordinal, quantity
from ivr.dialogue.wording.plural import HOUR, MINUTE, PERSON, Case

HOUR_MIN = 60


def wait(low: int, high: int | None) -> str:
    """A range of whole minutes: «от двух до четырёх минут», (3, 3) «около трёх минут», (0, 1) «меньше минуты», (0, 3)
    «до трёх минут», (20, None) «больше двадцати минут»; sixty are an hour.

    Raises ValueError below zero, beyond an hour, and for a range that is reversed or says nothing.
    """
    last = max(low, 1) if high is None else high
    if not 0 <= low <= last <= HOUR_MIN or not last or (high is None and not low):
        raise ValueError("is no range of minutes up to an hour")
    if high is None:
        return f"больше {_minutes(low)}"
    if low == high:
        return f"около {_minutes(low)}"
    if not low:
        return f"меньше {_minutes(1)}" if high == 1 else f"до {_minutes(high)}"
    # «от сорока минут до часа»: minutes are named where the end of the range does not name them.
    least = quantity(low, MINUTE, Case.GENITIVE) if high == HOUR_MIN else cardinal(low, MINUTE.gender, Case.GENITIVE)
    return f"от {least} до {_minutes(high)}"


def _minutes(number: int) -> str:
    """Genitive; one is told without the number: «минуты», «часа»."""
    if number == HOUR_MIN:
        return HOUR.after(1, Case.GENITIVE)
    return MINUTE.after(1, Case.GENITIVE) if number == 1 else quantity(number, MINUTE, Case.GENITIVE)


def place(number: int) -> str:
    """«вы третий в очереди». Raises ValueError when there is no such place."""
    if number < 1:
        raise ValueError("is no place in a line")
    return f"вы {ordinal(number)} в очереди"


def ahead(number: int) -> str:
    """«перед вами два человека»; of none: «вы следующий». Raises ValueError below zero."""
    if number < 0:
        raise ValueError("is no number of people")
    return f"перед вами {quantity(number, PERSON)}" if number else "вы следующий"
