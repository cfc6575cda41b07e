"""A spreadsheet: CSV in UTF-8 or cp1251 with `;`, `,` or tabs, or XLSX; row by row, never whole in memory."""

import codecs
import csv
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ivr.domain.errors import ConfigurationError

SEPARATORS = (";", ",", "\t")
BLOCK = 1 << 20
_OTHER_ENCODINGS = {"koi8-r": "KOI8-R", "cp866": "CP866"}
"""Any text can be read as cp1251; that it was one of these is told by its headings."""
_LINES = 20
"""More lines than a row has, unless a quote in it is never closed and swallows all that follows."""
_TITLES = 10
"""Rows that may stand above the headings, to be told from a file without any."""
_FORMULA_ALONE = re.compile(
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]+[0-9]+)"')
_LONGEST_CELL = 65_536


class Sheet:
    """Opens the file and reads its headings. `known` counts the headings that mean something: it finds the separator.
    Raises ConfigurationError, with what is wrong and the remedy."""

    def __init__(self, path: Path, known: Callable[[Sequence[Any]], int]) -> None:
        self.path = path
        self.done = 0
        self.of = 0  # in the same units as `done`; 0: not known
        self._known = known
        self._closing: Any = None
        self._rows = self._xlsx() if path.suffix.casefold() in (".xlsx", ".xlsm") else self._csv()
        try:
            self.headings: Sequence[Any] = next(self._rows, [])
            if not known(self.headings):
                self._tell_why()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._closing is not None:
            self._closing.close()

    def rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Every row that is not empty, with its number. Raises ConfigurationError when the file breaks off."""
        for number, cells in enumerate(self._rows, start=2):
            if any(cell not in (None, "") for cell in cells):
                yield number, cells

    def _csv(self) -> Iterator[Sequence[Any]]:
        try:
            encoding = _encoding(self.path)
            raw = self.path.open("rb")
            self._closing = file = io.TextIOWrapper(raw, encoding, newline="")
            self.of = os.fstat(raw.fileno()).st_size
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=self._separator(first))
            begins = 1
            for cells in reader:
                if reader.line_num - begins >= _LINES:
                    raise csv.Error("a quote is opened there and not closed")
                begins = reader.line_num + 1
                if reader.line_num % 512 == 0:
                    self.done = raw.tell()
                yield cells
            self.done = self.of
        except OSError as error:
            raise ConfigurationError([f"{self.path}: {error.strerror}"]) from error
        except csv.Error as error:
            remedy = "correct that line, or save it again as CSV"
            raise ConfigurationError([f"{self.path.name}: line {begins}: {error}; {remedy}"]) from error

    def _xlsx(self) -> Iterator[Sequence[Any]]:
        try:
            self._closing = book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            self.of = sheet.max_row or 0
            if cell := _without_result(self.path, str(vars(sheet)["_worksheet_path"])):
                told = f"the formula in {cell} has no result; open the file in a spreadsheet program and save it"
                raise ConfigurationError([f"{self.path.name}: {told}"])
            sheet.reset_dimensions()  # what a program wrote there is often wrong, and would cut rows off
            for self.done, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield cells
        except OSError as error:
            raise ConfigurationError([f"{self.path}: {error.strerror or error}"]) from error
        except (BadZipFile, InvalidFileException, KeyError, IndexError, SyntaxError) as error:
            raise ConfigurationError([f"{self.path.name}: no whole XLSX file; save it again or give CSV"]) from error

    def _tell_why(self) -> None:
        """Raises ConfigurationError where it can be told why no heading is known."""
        name = self.path.name
        above = list(islice(self._rows, _TITLES))
        if not self.headings and not above:
            raise ConfigurationError([f"{name}: is empty; give a row of headings, and the rows under it"])
        if row := next((number for number, cells in enumerate(above, start=2) if self._known(_parted(cells)) > 1), 0):
            raise ConfigurationError([f"{name}: the headings stand in row {row}; take out the rows above them"])
        for encoding, title in _OTHER_ENCODINGS.items():
            written = "\t".join(map(str, self.headings)).encode("cp1251", "replace")
            if self._known(_parted([written.decode(encoding, "replace")])) > 1:
                raise ConfigurationError([f"{name}: is written in {title}; save it as CSV UTF-8"])
        self._rows = chain(above, self._rows)

    def _separator(self, first_line: str) -> str:
        """The one under which most headings are known."""
        return max(SEPARATORS, key=lambda mark: self._known(next(csv.reader([first_line], delimiter=mark), [])))


def _without_result(path: Path, sheet: str) -> str:
    """The first cell with a formula whose result was not stored, as programs write them: it would be read as empty."""
    with ZipFile(path) as archive, archive.open(sheet) as file:
        kept = b""
        while block := file.read(BLOCK):
            text = kept + block
            if found := _FORMULA_ALONE.search(text):
                cells = _CELL.findall(text, 0, found.end())
                return cells[-1].decode() if cells else "a cell"
            kept = text[-_LONGEST_CELL:]
    return ""


def _parted(cells: Sequence[Any]) -> list[str]:
    """The cells, whatever the separator is."""
    return re.split("[;,\t]", "\t".join("" if cell is None else str(cell) for cell in cells))


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
