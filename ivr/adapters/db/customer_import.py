"""Puts rows of a customers' file into the tables: what is there already is read, and only what differs is written.

One portion is one short transaction, so that a live call never waits for long; reading and comparing come before it.
A portion may be put again without harm.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date, tzinfo
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db import customer_import_read as known
from ivr.adapters.db.customer_import_plan import AccountState, Comparison, Memory, register_key, to_prove
from ivr.adapters.db.customer_import_write import Change, differences, write
from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import account_phones, accounts, balances, customers, meters, readings, registers
from ivr.domain.customer_row import CustomerRow, Mistake
from ivr.domain.errors import RecordRefused
from ivr.domain.identity import IdentityRules, Proof, proof_of, told_by_number
from ivr.service.customers import Counts

T = TypeVar("T")

PORTION = 1000
TRIES = 3

COUNTED = (customers, accounts, account_phones, balances, meters, registers, readings)
COUNTED_AFTER = frozenset(4**power for power in range(1, 12))
"""Portions. Not after one: billing tells of one account at a time, each an import of its own."""


class SqlCustomerImport:
    """One import. `columns`: those the rows have. `today` and `zone` are the supplier's. `check`: nothing is written.
    `channel`: what readings the rows tell of are stored as, import or billing."""

    def __init__(
        self,
        database: Database,
        columns: Set[str],
        today: date,
        zone: tzinfo,
        *,
        check: bool = False,
        channel: str = "import",
    ) -> None:
        self.counts = Counts()
        self._database = database
        self._columns = columns
        self._today = today
        self._zone = zone
        self._check = check
        self._channel = channel
        self._memory = Memory()
        self._written = 0  # portions

    async def put(self, rows: Sequence[CustomerRow]) -> list[Mistake]:
        for _ in range(TRIES - 1):
            try:
                return await self._put(rows)
            except RecordRefused:
                pass  # somebody put the same account in between our reading and our writing: now it is known
        return await self._put(rows)

    async def _put(self, rows: Sequence[CustomerRow]) -> list[Mistake]:
        numbers = {row.account for row in rows}
        codes = {row.customer_code for row in rows if row.customer_code}
        plans, states, by_code = await self._database.read(lambda c: _all_known(c, numbers, codes))
        existing = set(states)
        compared = Comparison(states, self._memory, self._columns, self._today)
        compared.fold(rows)
        told = {each.register.id for each in compared.readings if each.register.id is not None}
        days = {each.day for each in compared.readings}
        taken = await self._database.read(lambda c: known.taken(c, told, days))
        change = differences(compared, plans, taken)
        if change and not self._check:
            await self._database.write(lambda c: write(c, change, by_code, self._zone, self._channel))
            await self._tell_the_planner()
        self._count(compared, existing, change)
        self._memory.accounts |= compared.seen
        self._memory.registers |= compared.seen_registers
        return compared.mistakes

    async def _tell_the_planner(self) -> None:
        """PostgreSQL plans by what it last counted: while it thinks the tables small it reads them whole, for us and
        for live calls alike. So they are counted after 4, 16, 64 … portions, sooner than it would by itself."""
        self._written += 1
        if self._written in COUNTED_AFTER:
            await self._database.write(_analyze)

    def _count(self, compared: Comparison, existing: Set[str], change: Change) -> None:
        first = compared.seen - self._memory.accounts
        self._count_proofs(compared.states[number] for number in first)
        self.counts.added += len(first - existing)
        changed = len(first & existing & change.touched)
        self.counts.changed += changed
        self.counts.same += len(first & existing) - changed
        self.counts.registers_added += len(change.new_registers)

    def _count_proofs(self, states: Iterable[AccountState]) -> None:
        for state in states:
            account = to_prove(state)
            self.counts.told_contracts += told_by_number(account)
            self.counts.without_proof += proof_of(account, tuple(Proof), IdentityRules()) is None

    async def remove_missing(self, spared: Set[str]) -> None:
        numbers = sorted(self._memory.accounts - spared)
        for portion in _portions(numbers):
            query = (
                select(registers.c.id, registers.c.tariff, meters.c.serial, accounts.c.number)
                .join(meters, meters.c.id == registers.c.meter_id)
                .join(accounts, accounts.c.id == meters.c.account_id)
                .where(accounts.c.number.in_(portion), registers.c.removed_on.is_(None))
            )
            rows = await self._rows(query)
            seen = self._memory.registers
            gone = [row.id for row in rows if register_key(row.number, row.serial, row.tariff) not in seen]
            self.counts.registers_removed += len(gone)
            if gone and not self._check:
                await self._mark(registers, "removed_on", gone)

    async def missing(self, spared: Set[str]) -> tuple[list[int], int]:
        gone: list[int] = []
        in_force, last = 0, 0
        while True:
            query = (
                select(accounts.c.id, accounts.c.number)
                .where(accounts.c.id > last, accounts.c.closed_on.is_(None))
                .order_by(accounts.c.id)
                .limit(10 * PORTION)
            )
            rows = await self._rows(query)
            if not rows:
                return gone, in_force
            last = rows[-1].id
            in_force += len(rows)
            gone += [row.id for row in rows if row.number not in self._memory.accounts and row.number not in spared]

    async def close(self, missing: Sequence[int]) -> None:
        self.counts.closed += len(missing)
        if self._check:
            return
        for portion in _portions(missing):
            await self._mark(accounts, "closed_on", portion)

    async def _mark(self, table: Table, column: str, ids: Sequence[int]) -> None:
        change = update(table).where(table.c.id == bindparam("own")).values({column: self._today})
        await self._database.write(lambda connection: connection.execute(change, [{"own": own} for own in ids]))

    async def _rows(self, query: Any) -> Sequence[Any]:
        async def work(connection: AsyncConnection) -> Sequence[Any]:
            return (await connection.execute(query)).all()

        return await self._database.read(work)


async def _analyze(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"ANALYZE {', '.join(table.name for table in COUNTED)}"))


async def _all_known(
    connection: AsyncConnection, numbers: Set[str], codes: Set[str]
) -> tuple[known.Plans, dict[str, AccountState], dict[str, int]]:
    return (
        await known.plans(connection),
        await known.states(connection, numbers),
        await known.customers_of(connection, codes),
    )


def _portions(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[at : at + PORTION] for at in range(0, len(values), PORTION))
