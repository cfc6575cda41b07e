"""Who is served: customers, their accounts, meters and registers, and what they owe."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class CustomerKind(StrEnum):
    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Said:
    """In what words a value was given by voice: as they were heard, how sure that was, where they begin in the call's
    recording. None: not known."""

    words: str
    percent: int
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A register's value in whole kilowatt-hours, as it was taken. `taken_at` is UTC. `channel`: ivr_tones, ivr_speech,
    import, billing. `said`: of one given by voice."""

    value: int
    taken_at: datetime
    channel: str = "ivr_tones"
    call_id: str = ""
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """A tariff counter of a meter. `tariff` is single, day, night, peak, half_peak. `digits` counts its dial."""

    id: int
    tariff: str
    digits: int
    history: tuple[Reading, ...] = ()  # oldest first, accepted readings only


@dataclass(frozen=True, slots=True)
class Meter:
    id: int
    serial: str
    registers: tuple[Register, ...]
    verification_due: date | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """Kopecks; above zero the customer owes, below zero he has overpaid."""

    debt_kopecks: int
    as_of: date
    last_payment_kopecks: int | None = None
    last_payment_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """What energy costs by a tariff plan: kopecks a kilowatt-hour by the tariff of a register (single, day, …)."""

    name: str
    prices: tuple[tuple[str, int], ...] = ()

    def price(self, register: str) -> int | None:
        """Kopecks a kilowatt-hour counted by a register of this tariff. None: not known."""
        return dict(self.prices).get(register)


@dataclass(frozen=True, slots=True)
class Account:
    """A supply contract. `number` is what the caller keys in; `contract` is what proves him to be its owner.

    phones: E.164, as the supplier knows them; a caller's number is never trusted alone.
    stale:  the source did not answer and this is what it last said: meters and address only. What changes from day
            to day (balance, tariff, telephones) is left out, and must not be told.
    """

    number: str
    contract: str
    customer: str
    kind: CustomerKind
    address: str
    district: str
    meters: tuple[Meter, ...] = ()
    balance: Balance | None = None
    phones: tuple[str, ...] = ()
    tariff: Tariff | None = None
    stale: bool = False


SERIAL_END = 4
"""Digits by which a caller finds the meter that is meant, unless more are needed to tell one from another."""


def serial_ends(serials: Iterable[str]) -> dict[str, str]:
    """The last digits of each meter's serial number, as many as tell them apart, four at least; letters and signs are
    left out. They are the same where nothing tells them apart, empty where there is no digit."""
    digits = {serial: re.sub("[^0-9]", "", serial) for serial in serials}
    longest = max((len(own) for own in digits.values()), default=0)
    for count in range(SERIAL_END, longest + 1):
        ends = {serial: own[-count:] for serial, own in digits.items()}
        if len(set(ends.values())) == len(ends):
            return ends
    return {serial: own[-SERIAL_END:] for serial, own in digits.items()}
