"""A spreadsheet of customers, row by row."""

from collections.abc import Iterator
from pathlib import Path

from ivr.adapters.files.customer_file_columns import RowReader, known
from ivr.adapters.files.sheet import Sheet
from ivr.domain.customer_row import CustomerRow, Mistake
from ivr.domain.errors import ConfigurationError

Read = tuple[CustomerRow | None, list[Mistake]]


class CustomerFile:
    """Opens the file and reads its headings. Raises ConfigurationError, with what is wrong and the remedy."""

    def __init__(self, path: Path) -> None:
        self._sheet = Sheet(path, lambda headings: sum(name is not None for name in known(headings)))
        try:
            self._reader = RowReader(self._sheet.headings)
        except ConfigurationError as error:
            self.close()
            raise ConfigurationError([f"{path.name}: {mistake}" for mistake in error.mistakes]) from None
        except BaseException:
            self.close()
            raise
        self.columns = self._reader.columns
        self.ignored = self._reader.ignored

    @property
    def done(self) -> int:
        return self._sheet.done

    @property
    def of(self) -> int:
        """In the same units as `done`; 0: not known."""
        return self._sheet.of

    def close(self) -> None:
        self._sheet.close()

    def rows(self) -> Iterator[Read]:
        """Every row that is not empty. Raises ConfigurationError when the file breaks off."""
        for number, cells in self._sheet.rows():
            yield self._reader.read(number, cells)
