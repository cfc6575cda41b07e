"""Where the fields of an account lie in billing's JSON: dotted paths, `balance.debt`. Cells are read as in a file."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ivr.adapters.files.customer_file_columns import COLUMNS
from ivr.domain.customer_row import CustomerRow

ACCOUNT_FIELDS = {
    "account": "number",
    "contract": "contract",
    "customer": "customer",
    "kind": "kind",
    "customer_code": "customer_code",
    "address": "address",
    "district": "district",
    "phones": "phones",
    "tariff_plan": "tariff",
    "debt": "balance.debt",
    "debt_on": "balance.on",
    "last_payment": "balance.last_payment",
    "last_payment_on": "balance.last_payment_on",
}
METER_FIELDS = {"meter": "serial", "verification_due": "verification_due"}
REGISTER_FIELDS = {"tariff": "tariff", "digits": "digits", "price": "price"}
LISTS = {"meters": "meters", "registers": "registers", "readings": "readings", "value": "value", "on": "on"}
REPLY = {"numbers": "", "number": "number"}
"""The reply to a telephone: where its list lies (empty: the whole reply), and the number in each item of it."""

DEFAULTS: Mapping[str, str] = {**ACCOUNT_FIELDS, **METER_FIELDS, **REGISTER_FIELDS, **LISTS, **REPLY}
COLUMNS_GIVEN = frozenset((*ACCOUNT_FIELDS, *METER_FIELDS, *REGISTER_FIELDS))


class Garbled(ValueError):
    """Billing's answer is not what the mapping says. Names the field, never its value."""


def at(document: Any, path: str) -> Any:
    """What lies at a dotted path; the document itself at an empty one; None where there is nothing."""
    for name in path.split(".") if path else ():
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def rows(document: Any, mapping: Mapping[str, str], number: str) -> list[CustomerRow]:
    """The account as rows of a customers' file, one for each register. Raises Garbled."""
    common = dict(_read(document, mapping, ACCOUNT_FIELDS))
    if common.get("account") != number:
        raise Garbled("account: is not the one that was asked for")
    found: list[CustomerRow] = []
    for meter in _list(document, mapping["meters"]):
        own = dict(_read(meter, mapping, METER_FIELDS))
        if "meter" not in own:
            raise Garbled("meter: a meter without its serial number")
        for register in _list(meter, mapping["registers"]) or [{}]:
            cells = dict(_read(register, mapping, REGISTER_FIELDS))
            told = tuple(_readings(register, mapping))
            found.append(CustomerRow(len(found) + 1, **common, **own, **cells, history=told))
    return found or [CustomerRow(1, **common)]


def numbers(reply: Any, mapping: Mapping[str, str]) -> tuple[str, ...]:
    """Account numbers of a reply to a telephone: of plain texts, or of objects. Raises Garbled."""
    found = [
        at(item, mapping["number"]) if isinstance(item, dict) else item for item in _list(reply, mapping["numbers"])
    ]
    return tuple(_cell("account", item) for item in found)


def _readings(register: Any, mapping: Mapping[str, str]) -> Iterator[tuple[int, date]]:
    for reading in _list(register, mapping["readings"]):
        value, on = at(reading, mapping["value"]), at(reading, mapping["on"])
        if value is None or on is None:
            raise Garbled("readings: a reading without its value or day")
        yield _cell("last_reading", value), _cell("last_reading_on", on)


def _read(document: Any, mapping: Mapping[str, str], fields: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for name in fields:
        value = at(document, mapping[name])
        if isinstance(value, list):
            value = ",".join(str(item) for item in value)
        if value not in (None, ""):
            try:
                yield name, _cell(name, value)
            except Garbled:
                if not COLUMNS[name].spare:
                    raise


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, dict | list | bool):
        raise Garbled(f"{name}: is no plain value")
    try:
        return COLUMNS[name].read(value)
    except ValueError as error:
        raise Garbled(f"{name}: {error.args[0]}") from None


def _list(document: Any, path: str) -> list[Any]:
    found = at(document, path)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Garbled(f"{path or 'reply'}: is no list")
    return found
