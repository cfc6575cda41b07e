"""Russian nouns after a number: 1 рубль, 2 рубля, 5 рублей, and the cases a prompt needs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Gender = Literal["m", "f", "n"]


class Case(StrEnum):
    """The cases prompts use, by num2words' letters."""

    NOMINATIVE = "n"
    GENITIVE = "g"
    ACCUSATIVE = "a"


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted noun: `one` рубль, `few` (also genitive of one) рубля, `many` (also genitive plural) рублей.

    `one_accusative` differs from `one` for feminine nouns alone (минута, минуту); `one_genitive` from `few` where an
    adjective joins (одного рабочего дня, but два рабочих дня).
    """

    gender: Gender
    one: str
    few: str
    many: str
    one_accusative: str = ""
    one_genitive: str = ""

    def after(self, number: int, case: Case = Case.NOMINATIVE) -> str:
        """The form that follows `number`, whose sign does not matter."""
        last_two = abs(number) % 100
        last = last_two % 10
        single = last == 1 and last_two != 11
        if case is Case.GENITIVE:
            return (self.one_genitive or self.few) if single else self.many
        if single:
            return (self.one_accusative or self.one) if case is Case.ACCUSATIVE else self.one
        return self.few if 2 <= last <= 4 and not 12 <= last_two <= 14 else self.many


ROUBLE = Noun("m", "рубль", "рубля", "рублей")
KOPECK = Noun("f", "копейка", "копейки", "копеек", "копейку")
KILOWATT_HOUR = Noun("m", "киловатт-час", "киловатт-часа", "киловатт-часов")
SECOND = Noun("f", "секунда", "секунды", "секунд", "секунду")
MINUTE = Noun("f", "минута", "минуты", "минут", "минуту")
HOUR = Noun("m", "час", "часа", "часов")
PERSON = Noun("m", "человек", "человека", "человек")
DAY = Noun("m", "день", "дня", "дней")
WORKING_DAY = Noun("m", "рабочий день", "рабочих дня", "рабочих дней", one_genitive="рабочего дня")
