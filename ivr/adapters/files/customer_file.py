"""A file of customers: CSV in UTF-8 or cp1251 with `;`, `,` or tabs, or XLSX; row by row, never whole in memory."""

import codecs
import csv
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ivr.adapters.files.customer_file_columns import RowReader, known
from ivr.domain.customer_row import CustomerRow, Mistake
from ivr.domain.errors import ConfigurationError

SEPARATORS = (";", ",", "\t")
BLOCK = 1 << 20

Read = tuple[CustomerRow | None, list[Mistake]]


class CustomerFile:
    """Opens the file and reads its headings. Raises ConfigurationError, with what is wrong and the remedy."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done = 0
        self.of = 0  # in the same units as `done`; 0: not known
        self._closing: Any = None
        source = self._xlsx() if path.suffix.casefold() in (".xlsx", ".xlsm") else self._csv()
        self._rows = source
        try:
            self._reader = RowReader(next(source, []))
        except ConfigurationError as error:
            self.close()
            raise ConfigurationError([f"{path.name}: {mistake}" for mistake in error.mistakes]) from None
        except BaseException:
            self.close()
            raise
        self.columns = self._reader.columns
        self.ignored = self._reader.ignored

    def close(self) -> None:
        if self._closing is not None:
            self._closing.close()

    def rows(self) -> Iterator[Read]:
        """Every row that is not empty. Raises ConfigurationError when the file breaks off."""
        for number, cells in enumerate(self._rows, start=2):
            if any(cell not in (None, "") for cell in cells):
                yield self._reader.read(number, cells)

    def _csv(self) -> Iterator[Sequence[Any]]:
        try:
            encoding = _encoding(self.path)
            raw = self.path.open("rb")
            self._closing = file = io.TextIOWrapper(raw, encoding, newline="")
            self.of = os.fstat(raw.fileno()).st_size
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=_separator(first))
            for cells in reader:
                if reader.line_num % 512 == 0:
                    self.done = raw.tell()
                yield cells
            self.done = self.of
        except OSError as error:
            raise ConfigurationError([f"{self.path}: {error.strerror}"]) from error
        except csv.Error as error:
            remedy = "save it again as CSV"
            raise ConfigurationError([f"{self.path.name}: row {reader.line_num}: {error}; {remedy}"]) from error

    def _xlsx(self) -> Iterator[Sequence[Any]]:
        try:
            self._closing = book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            self.of = sheet.max_row or 0
            sheet.reset_dimensions()  # what a program wrote there is often wrong, and would cut rows off
            for self.done, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield cells
        except OSError as error:
            raise ConfigurationError([f"{self.path}: {error.strerror or error}"]) from error
        except (BadZipFile, InvalidFileException, KeyError, IndexError, SyntaxError) as error:
            raise ConfigurationError([f"{self.path.name}: no whole XLSX file; save it again or give CSV"]) from error


def _encoding(path: Path) -> str:
    """utf-8-sig, which reads plain UTF-8 too, when the whole file is that; else cp1251. Raises ConfigurationError."""
    for encoding in ("utf-8-sig", "cp1251"):
        with path.open("rb") as file:
            if _decodes(file, encoding):
                return encoding
    raise ConfigurationError([f"{path.name}: neither UTF-8 nor cp1251; save it as CSV UTF-8"])


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            if b"\0" in block:  # UTF-16, or no text at all
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(first_line: str) -> str:
    """The one under which most headings are known."""

    def headings(separator: str) -> int:
        return sum(name is not None for name in known(next(csv.reader([first_line], delimiter=separator), [])))

    return max(SEPARATORS, key=headings)
