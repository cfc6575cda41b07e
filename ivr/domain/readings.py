"""The rules a meter reading is judged by. Pure: the register's history and the day go in, a verdict comes out.

A reading is refused when it cannot be true (more digits than the dial has, less than the last one without a rollover)
or is not taken on this day of the month. It is improbable when it may be true but is worth asking again: the caller
decides. Everything else is accepted.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from itertools import pairwise
from statistics import median

from ivr.domain.customer import Reading, Register, Said

MAD_TO_SIGMA = 1.4826
"""Makes the median absolute deviation estimate the standard deviation of normal data: 1 / Φ⁻¹(3/4)."""


class Judgement(StrEnum):
    ACCEPTED = "accepted"
    IMPROBABLE = "improbable"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a reading is not simply accepted. `NONE` goes with `ACCEPTED`."""

    NONE = ""
    OUTSIDE_WINDOW = "outside_window"  # readings are not taken on this day of the month
    NEGATIVE = "negative"
    TOO_MANY_DIGITS = "too_many_digits"  # more than the dial can show
    LOWER_THAN_LAST = "lower_than_last"  # and no rollover of the dial explains it
    TOO_MUCH = "too_much"  # far above what this register usually counts


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """The supplier's settings. Consumption is in kWh a day.

    window:          days of the month readings are taken on, both included; it may run over the end of the
                     month (25, 3). None: any day.
    deviations:      how many robust standard deviations above the median are still usual.
    relative_floor:  the deviation is taken to be at least this share of the median (an even history has almost none).
    floor_kwh_day:   consumption that is never improbable, whatever the history says.
    unknown_kwh_day: the limit when there is a last reading, but no history of consumption yet.
    rollover_from:   share of the dial the last reading must have reached for a lower value to be a rollover.
    """

    window: tuple[int, int] | None = None
    deviations: float = 3.5
    relative_floor: float = 0.25
    floor_kwh_day: float = 20.0
    unknown_kwh_day: float = 100.0
    rollover_from: float = 0.9
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        for day in self.window or ():
            if not 1 <= day <= 31:
                raise ValueError(f"{day} is not a day of a month")


@dataclass(frozen=True, slots=True)
class Verdict:
    """used_kwh: consumption since the last reading; usual_kwh: the median one for as many days. None: unknown."""

    judgement: Judgement
    reason: Reason = Reason.NONE
    used_kwh: int | None = None
    usual_kwh: int | None = None
    rolled_over: bool = False


@dataclass(frozen=True, slots=True)
class UncheckedReading:
    """A value of a register that is not known here, as the caller gave it: billing judges it.

    meter:  its serial, empty when the caller gave none. tariff: single, day, night, peak, half_peak. taken_at: UTC.
    """

    account: str
    meter: str
    tariff: str
    value: int
    taken_at: datetime
    channel: str = "ivr_tones"
    call_id: str = ""
    said: Said | None = None


def check(register: Register, value: int, today: date, rules: ReadingRules) -> Verdict:
    """Judge `value` of `register` given on the local day `today`.

    A reading given earlier on the same day is about to be replaced, so the one before it is the last.
    """
    capacity = 10**register.digits
    if not in_window(today, rules):
        return Verdict(Judgement.REFUSED, Reason.OUTSIDE_WINDOW)
    if value < 0:
        return Verdict(Judgement.REFUSED, Reason.NEGATIVE)
    if value >= capacity:
        return Verdict(Judgement.REFUSED, Reason.TOO_MANY_DIGITS)
    earlier = before(register, today, rules.zone)
    if not earlier:
        return Verdict(Judgement.ACCEPTED)

    last = earlier[-1]
    days = max(1, (today - _day(last, rules.zone)).days)
    rates = daily_rates(earlier, capacity, rules)
    usual = round(median(rates) * days) if rates else None
    most = highest_usual_rate(rates, rules) * days
    if value < last.value:
        used = value + capacity - last.value
        if last.value < capacity * rules.rollover_from or used > most:
            return Verdict(Judgement.REFUSED, Reason.LOWER_THAN_LAST, usual_kwh=usual)
        return Verdict(Judgement.ACCEPTED, used_kwh=used, usual_kwh=usual, rolled_over=True)
    used = value - last.value
    if used > most:
        return Verdict(Judgement.IMPROBABLE, Reason.TOO_MUCH, used, usual)
    return Verdict(Judgement.ACCEPTED, Reason.NONE, used, usual)


def in_window(today: date, rules: ReadingRules) -> bool:
    """Whether readings are taken on `today`. The last day of a short month stands for the days it lacks."""
    if rules.window is None:
        return True
    first, last = rules.window
    end = monthrange(today.year, today.month)[1]
    if first <= last:
        return min(first, end) <= today.day <= last
    return today.day >= min(first, end) or today.day <= last


def before(register: Register, today: date, zone: tzinfo) -> tuple[Reading, ...]:
    """The register's readings of the days before `today`, oldest first."""
    return tuple(reading for reading in register.history if _day(reading, zone) < today)


def daily_rates(readings: tuple[Reading, ...], capacity: int, rules: ReadingRules) -> list[float]:
    """Consumption a day between neighbouring readings. A rollover is unwound; another fall (a new meter) is skipped."""
    rates = []
    for earlier, later in pairwise(readings):
        used = later.value - earlier.value
        if used < 0:
            if earlier.value < capacity * rules.rollover_from:
                continue
            used += capacity
        days = max(1, (_day(later, rules.zone) - _day(earlier, rules.zone)).days)
        rates.append(used / days)
    return rates


def highest_usual_rate(rates: list[float], rules: ReadingRules) -> float:
    """The highest consumption a day that is still usual for a register with this history.

        max(floor, median + deviations · max(1.4826 · MAD, relative_floor · median))

    The median and the median absolute deviation stay true with up to half of the history spoilt by a misread dial,
    where one such value drags a mean and a standard deviation with it. The limit of 3.5 is that of B. Iglewicz and
    D. Hoaglin, "How to Detect and Handle Outliers", ASQC 1993 (modified z-score); the rule itself is the Hampel
    identifier (L. Davies, U. Gather, JASA 88, 1993). MAD is 0 when more than half of the rates are equal (a summer
    cottage: months of nothing), and then the bare rule calls every kilowatt-hour an outlier; hence the two floors.
    """
    if not rates:
        return rules.unknown_kwh_day
    middle = median(rates)
    deviation = MAD_TO_SIGMA * median(abs(rate - middle) for rate in rates)
    return max(rules.floor_kwh_day, middle + rules.deviations * max(deviation, rules.relative_floor * middle))


def _day(reading: Reading, zone: tzinfo) -> date:
    return reading.taken_at.astimezone(zone).date()
