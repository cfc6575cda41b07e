"""What rows of a customers' file change of what is known: no database here, only the comparison."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ivr.domain.customer import Account, CustomerKind
from ivr.domain.customer_row import DIGITS, NEEDED_BY_NEW, CustomerRow, Mistake

ACCOUNT, CUSTOMER, BALANCE, PHONES = "account", "customer", "balance", "phones"

# Fields of an account's state: the column of the file, what an empty account has, and the rows it is kept in.
FIELDS: dict[str, tuple[Any, str]] = {
    "contract": ("", ACCOUNT),
    "address": ("", ACCOUNT),
    "district": ("", ACCOUNT),
    "tariff_plan": (None, ACCOUNT),
    "customer": ("", CUSTOMER),
    "kind": (CustomerKind.PERSON, CUSTOMER),
    "customer_code": (None, CUSTOMER),
    "debt": (None, BALANCE),
    "debt_on": (None, BALANCE),
    "last_payment": (None, BALANCE),
    "last_payment_on": (None, BALANCE),
    "phones": ((), PHONES),
}


@dataclass(slots=True)
class RegisterState:
    digits: int
    id: int | None = None
    removed: bool = False
    changed: bool = False


@dataclass(slots=True)
class MeterState:
    due: date | None = None
    id: int | None = None
    registers: dict[str, RegisterState] = field(default_factory=dict)
    changed: bool = False


@dataclass(slots=True)
class AccountState:
    """An account as it is known, and then as it is to be. `changed` names the kinds of rows that differ.
    `code_was`: under which code its customer is stored."""

    number: str
    values: dict[str, Any]
    id: int | None = None
    customer_id: int | None = None
    code_was: str | None = None
    closed: bool = False
    meters: dict[str, MeterState] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Told:
    """A reading that a row tells of a register."""

    register: RegisterState
    account: AccountState
    value: int
    day: date


class Memory:
    """What the rows of one import were about so far. Registers are kept as hashes: they are many."""

    def __init__(self) -> None:
        self.accounts: set[str] = set()
        self.registers: set[int] = set()
        self.prices: dict[tuple[str, str], tuple[int, int]] = {}


def fresh(number: str) -> AccountState:
    return AccountState(number, {name: empty for name, (empty, _) in FIELDS.items()})


class Comparison:
    """Folds the rows of one portion into the states of their accounts."""

    def __init__(self, states: dict[str, AccountState], memory: Memory, columns: Set[str], today: date) -> None:
        self.states = states
        self.mistakes: list[Mistake] = []
        self.readings: list[Told] = []
        self.prices: dict[tuple[str, str], int] = {}
        self.seen: set[str] = set()
        self.seen_registers: set[int] = set()
        self._memory = memory
        self._fields = [(name, *FIELDS[name]) for name in FIELDS if name in columns]
        self._today = today

    def fold(self, rows: Sequence[CustomerRow]) -> None:
        for row in rows:
            self._row(row)

    def _row(self, row: CustomerRow) -> None:
        first = row.account not in self.seen and row.account not in self._memory.accounts
        state = self.states.get(row.account)
        if wrong := self._wrong(row, state, first):
            self.mistakes.append(wrong)
            return
        if state is None:
            state = self.states[row.account] = fresh(row.account)
        self.seen.add(row.account)
        if state.closed:
            state.closed = False
            state.changed.add(ACCOUNT)
        self._account(state, row, first)
        if row.meter is not None:
            self._meter(state, row, row.meter)
        if row.price is not None and row.meter is not None:
            self._price(row, row.tariff_plan or state.values["tariff_plan"], row.price)

    def _wrong(self, row: CustomerRow, state: AccountState | None, first: bool) -> Mistake | None:
        if state is None and first:
            lacking = [name for name in NEEDED_BY_NEW if not getattr(row, name)]
            if lacking:
                remedy = f"give {', '.join(lacking)} on its first row"
                return Mistake(row.row, lacking[0], "", "is an account not known yet", remedy, False, row.account)
        if row.meter is None:
            return None
        tariff = row.tariff or "single"
        key = register_key(row.account, row.meter, tariff)
        if key in self.seen_registers or key in self._memory.registers:
            wrong = "is a register that an earlier row was about"
            return Mistake(row.row, "tariff", tariff, wrong, "keep one of them", False, row.account)
        meter = state.meters.get(row.meter) if state else None
        known = meter.registers.get(tariff) if meter else None
        digits = row.digits or (known.digits if known else DIGITS)
        if row.last_reading is not None and row.last_reading >= 10**digits:
            wrong, remedy = f"has more digits than the dial's {digits}", "correct the reading or give 'digits'"
            return Mistake(row.row, "last_reading", str(row.last_reading), wrong, remedy, False, row.account)
        self.seen_registers.add(key)
        return None

    def _account(self, state: AccountState, row: CustomerRow, first: bool) -> None:
        values = state.values
        for name, empty, group in self._fields:
            value = getattr(row, name)
            if value is None or value == ():
                if not first or name in NEEDED_BY_NEW:
                    continue
                value = empty
            if name == "debt_on" and value is None and row.debt is not None:
                value = self._today
            if values[name] != value:
                values[name] = value
                state.changed.add(group)
        if values["debt"] is not None and values["debt_on"] is None:
            values["debt_on"] = self._today
            state.changed.add(BALANCE)

    def _meter(self, state: AccountState, row: CustomerRow, serial: str) -> None:
        meter = state.meters.get(serial)
        if meter is None:
            meter = state.meters[serial] = MeterState(row.verification_due)
        elif row.verification_due not in (None, meter.due):
            meter.due, meter.changed = row.verification_due, True
        tariff = row.tariff or "single"
        register = meter.registers.get(tariff)
        if register is None:
            register = meter.registers[tariff] = RegisterState(row.digits or DIGITS)
        elif register.removed or row.digits not in (None, register.digits):
            register.digits, register.removed, register.changed = row.digits or register.digits, False, True
        told = [*row.history]
        if row.last_reading is not None and row.last_reading_on is not None:
            told.append((row.last_reading, row.last_reading_on))
        self.readings += [Told(register, state, value, day) for value, day in told]

    def _price(self, row: CustomerRow, plan: str | None, price: int) -> None:
        if not plan:
            told = f"{price / 100:.2f}", "is a price of no tariff plan", "give the account's tariff plan"
            self.mistakes.append(Mistake(row.row, "price", *told, True))
            return
        key = (plan, row.tariff or "single")
        earlier = self._memory.prices.setdefault(key, (price, row.row))
        if earlier[0] == price:
            self.prices[key] = price
            return
        wrong = f"differs from the price of the same tariff plan and register on row {earlier[1]}"
        self.mistakes.append(Mistake(row.row, "price", f"{price / 100:.2f}", wrong, "give one price", True))


def to_prove(state: AccountState) -> Account:
    """As much of the account as a proof is judged by."""
    contract, kind, address = (state.values[name] for name in ("contract", "kind", "address"))
    return Account(state.number, contract, "", kind, address, "")


def register_key(account: str, serial: str, tariff: str) -> int:
    return hash((account, serial, tariff))
