"""The columns of a customers' file and the headings they are known by. `docs/data.md` shows the same table."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr.adapters.files import customer_file_cells as cells
from ivr.domain.customer_row import CustomerRow, Mistake, surplus
from ivr.domain.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Column:
    """`spare`: a row is kept without this cell when it is wrong."""

    read: Callable[[Any], Any]
    headings: tuple[str, ...]
    spare: bool = False


COLUMNS: Mapping[str, Column] = {
    "account": Column(cells.account, ("лицевой счет", "номер лицевого счета", "лс", "счет")),
    "contract": Column(cells.limited(64), ("договор", "номер договора")),
    "customer": Column(cells.limited(300), ("фио", "наименование", "абонент", "потребитель", "клиент")),
    "kind": Column(cells.kind, ("тип", "вид", "тип потребителя", "категория")),
    "customer_code": Column(cells.limited(64), ("инн", "код потребителя", "код клиента")),
    "address": Column(cells.limited(500), ("адрес", "адрес объекта")),
    "district": Column(cells.limited(200), ("район", "участок", "отделение")),
    "phones": Column(cells.phones, ("телефон", "телефоны", "phone"), spare=True),
    "tariff_plan": Column(cells.limited(128), ("тарифный план", "ценовая категория")),
    "debt": Column(cells.money, ("долг", "задолженность", "сальдо")),
    "debt_on": Column(cells.day, ("дата сальдо", "дата долга", "на дату")),
    "last_payment": Column(cells.money, ("последний платеж", "сумма последнего платежа")),
    "last_payment_on": Column(cells.day, ("дата последнего платежа", "дата платежа")),
    "meter": Column(cells.limited(64), ("счетчик", "номер счетчика", "заводской номер", "прибор учета")),
    "tariff": Column(cells.tariff, ("тариф", "зона", "зона суток", "тарифная зона")),
    "digits": Column(cells.whole(3, 9), ("разрядность", "разрядов", "число разрядов")),
    "verification_due": Column(cells.day, ("поверка", "дата поверки", "дата очередной поверки", "поверка до")),
    "price": Column(cells.price, ("цена", "цена квтч", "стоимость квтч"), spare=True),
    "last_reading": Column(cells.whole(0, 999_999_999), ("последнее показание", "последние показания", "показание")),
    "last_reading_on": Column(cells.day, ("дата показания", "дата показаний", "дата последнего показания")),
}


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", " ", heading.casefold().replace("ё", "е")).strip()


REMEMBERED = 2048  # cells of a column

_BY_HEADING = {_plain(heading): name for name, column in COLUMNS.items() for heading in (name, *column.headings)}


def known(headings: Sequence[Any]) -> list[str | None]:
    """The column of each heading; None for one that is not known."""
    return [_BY_HEADING.get(_plain(str(heading))) if heading is not None else None for heading in headings]


class _Remembering:
    """Reads the cells of a column: dates, zones and prices come again and again, and need to be read but once."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read
        self._known: dict[str, Any] = {}

    def read(self, cell: Any) -> Any:
        if not isinstance(cell, str):
            return self._read(cell)
        value = self._known.get(cell)
        if value is None:
            value = self._read(cell)
            if len(self._known) < REMEMBERED:
                self._known[cell] = value
        return value


class RowReader:
    """Reads the rows under `headings`. Raises ConfigurationError when no row can be read under them."""

    def __init__(self, headings: Sequence[Any]) -> None:
        found = known(headings)
        self.columns = frozenset(name for name in found if name)
        self.ignored = tuple(
            str(heading)
            for heading, name in zip(headings, found, strict=True)
            if not name and heading not in (None, "")
        )
        mistakes = [f"two columns are '{name}'; keep one" for name in self.columns if found.count(name) > 1]
        if "account" not in self.columns:
            mistakes.append("there is no column 'account' (лицевой счёт); the first row must hold the headings")
        if "meter" not in self.columns and self.columns & {"tariff", "digits", "last_reading", "verification_due"}:
            mistakes.append("there is no column 'meter' (счётчик) for what is said of meters; add it")
        if mistakes:
            raise ConfigurationError(sorted(mistakes))
        self._width = len(found)
        self._cells = [(index, name, _Remembering(COLUMNS[name].read)) for index, name in enumerate(found) if name]

    def read(self, row: int, given: Sequence[Any]) -> tuple[CustomerRow | None, list[Mistake]]:
        """The row, None when it cannot be kept, and what is wrong with it."""
        width = len(given)
        if width > self._width and any(cell not in (None, "") for cell in given[self._width :]):
            return None, [surplus(row, width, self._width)]
        values: dict[str, Any] = {}
        mistakes: list[Mistake] = []
        for index, name, meaning in self._cells:
            cell = given[index] if index < width else None
            if cell is None or cell == "":
                continue
            try:
                value = meaning.read(cell)
            except ValueError as error:
                wrong, remedy = error.args
                mistakes.append(
                    Mistake(row, name, str(cell), wrong, remedy, COLUMNS[name].spare, values.get("account"))
                )
            else:
                if value != "":
                    values[name] = value
        mistakes += _together(row, values, {mistake.column for mistake in mistakes})
        if any(not mistake.kept for mistake in mistakes):
            own = values.get("account")
            return None, [_of(mistake, own) for mistake in mistakes]
        return CustomerRow(row, **values), mistakes


def _of(mistake: Mistake, account: str | None) -> Mistake:
    return Mistake(mistake.row, mistake.column, mistake.value, mistake.wrong, mistake.remedy, False, account)


def _together(row: int, values: Mapping[str, Any], told: set[str]) -> list[Mistake]:
    """What is wrong with cells that are right one by one; of the columns `told` it is told already."""
    mistakes = []
    given = values.keys() | told

    def add(column: str, wrong: str, remedy: str) -> None:
        mistakes.append(Mistake(row, column, str(values.get(column, "")), wrong, remedy, False, values.get("account")))

    if "account" not in given:
        add("account", "is empty", "give the account's number")
    if "meter" not in given and values.keys() & {"tariff", "digits", "last_reading", "verification_due"}:
        add("meter", "is empty, but its register is described", "give the meter's serial number")
    if ("last_reading" in given) != ("last_reading_on" in given):
        add("last_reading", "is a reading without its date, or a date without its reading", "give both or neither")
    if "price" in values and "meter" not in given:
        price, remedy = f"{values['price'] / 100:.2f}", "give the meter on the same row"
        mistakes.append(Mistake(row, "price", price, "is a price of no register", remedy, True))
    if "last_reading" in values and "digits" in values and values["last_reading"] >= 10 ** values["digits"]:
        add("last_reading", "has more digits than the dial", "correct the reading or the number of digits")
    return mistakes
