"""Sums of money."""

from ivr.dialogue.wording.numbers import quantity
from ivr.dialogue.wording.plural import KOPECK, ROUBLE, Case


def money(kopecks: int, case: Case = Case.NOMINATIVE) -> str:
    """«сто двадцать один рубль одна копейка». The sign is the flow's to tell (долг, переплата): it is not said.

    Round roubles are said without kopecks, less than a rouble without roubles, nothing as «ноль рублей».
    """
    roubles, rest = divmod(abs(kopecks), 100)
    parts = [quantity(roubles, ROUBLE, case)] if roubles or not rest else []
    if rest:
        parts.append(quantity(rest, KOPECK, case))
    return " ".join(parts)
