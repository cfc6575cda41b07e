"""A row of a customers' file: one register of one meter of one account, with what is known of the account itself."""

from dataclasses import dataclass
from datetime import date

from ivr.domain.customer import CustomerKind

TARIFFS = ("single", "day", "night", "peak", "half_peak")

NEEDED_BY_NEW = ("contract", "customer", "address")
"""Columns without which an account that is not known yet cannot be taken in."""

DIGITS = 6  # of a dial, where the file does not say


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """Money in kopecks. None, or nothing in `phones`: the cell is empty, or the file has no such column.

    history: readings before the last one, where the source gives them.
    """

    row: int
    account: str
    contract: str | None = None
    customer: str | None = None
    kind: CustomerKind | None = None
    customer_code: str | None = None
    address: str | None = None
    district: str | None = None
    phones: tuple[str, ...] = ()
    tariff_plan: str | None = None
    debt: int | None = None
    debt_on: date | None = None
    last_payment: int | None = None
    last_payment_on: date | None = None
    meter: str | None = None
    tariff: str | None = None
    digits: int | None = None
    verification_due: date | None = None
    price: int | None = None
    last_reading: int | None = None
    last_reading_on: date | None = None
    history: tuple[tuple[int, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a row of a file. `row` counts from 1, headings included. `kept`: the rest of it was taken."""

    row: int
    column: str
    value: str
    wrong: str
    remedy: str
    kept: bool = False
    account: str | None = None  # whose row it is, where that could be read


def surplus(row: int, cells: int, headings: int) -> Mistake:
    """A row with more cells than headings: which of them is whose, nobody can tell."""
    remedy = "put a cell with the separator in it into quotes"
    return Mistake(row, "", "", f"has {cells} cells, the headings {headings}", remedy)
