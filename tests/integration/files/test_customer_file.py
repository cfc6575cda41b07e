from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from ivr.adapters.files.customer_file import CustomerFile
from ivr.adapters.files.customer_file_report import report_path, write_report
from ivr.domain.customer_row import CustomerRow, Mistake
from ivr.domain.errors import ConfigurationError

TEXT = "Лицевой счёт;ФИО;Долг\n1;Ёлкина «Ю»;1 234,56\n\n2;Жуков;\n"
ROWS = [CustomerRow(2, "1", customer="Ёлкина «Ю»", debt=123456), CustomerRow(4, "2", customer="Жуков")]


def rows(path: Path) -> list[CustomerRow | None]:
    file = CustomerFile(path)
    try:
        return [row for row, _ in file.rows()]
    finally:
        file.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "customers.csv"
    money = '"1 234,56"' if separator == "," else "1 234,56"
    path.write_bytes(TEXT.replace("1 234,56", money).replace(";", separator).encode(encoding))
    assert rows(path) == ROWS


def test_a_spreadsheet_is_read_with_its_own_kinds_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "customers.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["account", "customer", "debt", "debt_on", "phones"])
    book.active.append([1000000001, "Ёлкина", 1234.56, datetime(2026, 3, 1), 79991000001])
    book.active.append([None, None, None, None, None])
    book.active.append(["0000000002", None, "12,5", "02.03.2026"])
    book.save(path)
    assert rows(path) == [
        CustomerRow(2, "1000000001", None, "Ёлкина", phones=("+79991000001",), debt=123456, debt_on=date(2026, 3, 1)),
        CustomerRow(4, "0000000002", debt=1250, debt_on=date(2026, 3, 2)),
    ]


@pytest.mark.parametrize(
    ("name", "content", "mistake"),
    [
        ("a.xlsx", b"no zip", "XLSX"),
        ("a.csv", "лс;фио".encode("utf-16"), "neither UTF-8 nor cp1251"),
        ("a.csv", b"", "is empty; give a row of headings"),
        ("a.csv", b"name;sum\n", "no column 'account'"),
        ("a.csv", b'account\n"' + b"1" * 200_000, "line 2: field larger"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_files_name(
    tmp_path: Path, name: str, content: bytes, mistake: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"{name}: .*{mistake}"):
        rows(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx"):
        with pytest.raises(ConfigurationError, match="No such file"):
            rows(tmp_path / name)


def test_how_far_it_has_been_read_is_known(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("account\n" + "".join(f"{n}\n" for n in range(1, 3001)))
    file = CustomerFile(path)
    marks = {file.done for _ in file.rows()} | {file.done}
    file.close()
    assert len(marks) > 1 and max(marks) == file.of == path.stat().st_size


def test_the_report_lies_beside_for_its_owner_and_goes_when_there_is_nothing_to_tell(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    mistakes = [
        Mistake(9, "phones", "нет", "no phone", "give one", True),
        Mistake(3, "debt", "=1+1", "no sum", "write"),
    ]
    assert write_report(file, mistakes) == report_path(file)
    lines = report_path(file).read_text(encoding="utf-8-sig").splitlines()
    assert lines[1:] == ["3;debt;'=1+1;no sum;write;no", "9;phones;нет;no phone;give one;without this cell"]
    assert report_path(file).stat().st_mode & 0o777 == 0o600
    assert write_report(file, []) is None and not report_path(file).exists()


@pytest.mark.parametrize(("encoding", "title"), [("koi8-r", "KOI8-R"), ("cp866", "CP866")])
@pytest.mark.parametrize("separator", [";", ","])
def test_another_encoding_is_named(tmp_path: Path, encoding: str, title: str, separator: str) -> None:
    path = tmp_path / "customers.csv"
    path.write_bytes("Лицевой счет;ФИО;Долг\n1;Иванов;12\n".replace(";", separator).encode(encoding))
    with pytest.raises(ConfigurationError, match=f"is written in {title}; save it as CSV UTF-8"):
        CustomerFile(path)


@pytest.mark.parametrize("separator", [";", ","])
def test_headings_under_a_title_are_found_and_told(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("Выгрузка за октябрь\n\n" + TEXT.replace("1 234,56", "1").replace(";", separator), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="the headings stand in row 3; take out the rows above them"):
        CustomerFile(path)


def test_a_formula_without_its_result_is_not_an_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "customers.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["account", "debt"])
    book.active.append(["1000000001", "=SUM(A1:A2)"])
    book.save(path)
    with pytest.raises(ConfigurationError, match="the formula in B2 has no result"):
        CustomerFile(path)


def test_a_quote_that_is_never_closed_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    lines = ["account;customer", *(f"{number};Кто-то" for number in range(1, 60))]
    lines[12] = '12;"Кто-то'
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 13: a quote is opened there and not closed"):
        rows(path)
