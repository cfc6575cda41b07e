"""The import of customers: rows of a file go in by portions; bad ones are reported, good ones are kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from ivr.domain.customer_row import CustomerRow, Mistake

PORTION = 1000
"""Rows of one transaction: a live call that wants to write waits for no more."""

MOST_CLOSED = 0.2
"""Share of the accounts that a file may close by leaving them out: more looks like half a file."""


@dataclass(slots=True)
class Counts:
    """Accounts that were added, changed, or were already so; registers added and taken away.

    told_contracts: accounts whose contract's end the account's number tells, so that it proves nothing.
    without_proof:  accounts that no caller can prove to be his: for them there is the operator alone.
    """

    added: int = 0
    changed: int = 0
    same: int = 0
    registers_added: int = 0
    registers_removed: int = 0
    closed: int = 0
    told_contracts: int = 0
    without_proof: int = 0


@dataclass(slots=True)
class ImportReport:
    """left_alone: why what is missing from the file was not taken away or closed; empty when it was."""

    rows: int = 0
    bad_rows: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)
    left_alone: str = ""


class RowFile(Protocol):
    @property
    def columns(self) -> frozenset[str]: ...

    @property
    def ignored(self) -> tuple[str, ...]: ...

    @property
    def done(self) -> int: ...

    @property
    def of(self) -> int: ...

    def rows(self) -> Iterator[tuple[CustomerRow | None, list[Mistake]]]: ...


class CustomerStore(Protocol):
    """Takes the rows of one import, and remembers which accounts and registers they were about. Every method raises
    StoreUnavailable."""

    async def put(self, rows: Sequence[CustomerRow]) -> list[Mistake]:
        """Store the rows in one transaction; gives what is wrong with those it could not take."""

    async def remove_missing(self, spared: Set[str]) -> None:
        """Take away the registers that the accounts of the rows have no longer. `spared`: accounts left as they are."""

    async def missing(self, spared: Set[str]) -> tuple[list[int], int]:
        """Accounts in force that no row was about, and how many accounts are in force."""

    async def close(self, missing: Sequence[int]) -> None: ...

    @property
    def counts(self) -> Counts: ...


Progress = Callable[[int, int], None]


async def import_customers(
    file: RowFile, store: CustomerStore, progress: Progress, *, close_missing: bool = False, close_most: bool = False
) -> ImportReport:
    """Put every good row of `file` into the store. `close_missing` closes the accounts it leaves out, unless they are
    more than a fifth of all and not `close_most`. Raises StoreUnavailable, ConfigurationError."""
    report = ImportReport(ignored=file.ignored)
    lost_account = False
    spared: set[str] = set()

    def good(rows: Iterable[tuple[CustomerRow | None, list[Mistake]]]) -> Iterator[CustomerRow]:
        for row, mistakes in rows:
            report.rows += 1
            report.mistakes += mistakes
            if row is not None:
                yield row

    rows = good(file.rows())
    while portion := list(islice(rows, PORTION)):
        report.mistakes += await store.put(portion)
        progress(file.done, file.of)
    bad = [mistake for mistake in report.mistakes if not mistake.kept]
    report.bad_rows = len({mistake.row for mistake in bad})
    for mistake in bad:
        lost_account = lost_account or mistake.account is None
        spared.add(mistake.account or "")

    if lost_account:
        # One of the rows that cannot be read may be the very one that a meter or an account is missed on.
        report.left_alone = "rows whose account could not be read may be of what is missing: nothing was taken away"
    else:
        if "meter" in file.columns:
            await store.remove_missing(spared)
        if close_missing:
            report.left_alone = await _close(store, spared, close_most)
    report.counts = store.counts
    return report


async def _close(store: CustomerStore, spared: Set[str], close_most: bool) -> str:
    gone, of = await store.missing(spared)
    if len(gone) > of * MOST_CLOSED and not close_most:
        return f"the file leaves out {len(gone)} of {of} accounts: none was closed; --close-most does it"
    await store.close(gone)
    return ""
