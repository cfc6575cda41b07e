from datetime import date

import pytest

from ivr.adapters.files.customer_file_columns import COLUMNS, RowReader
from ivr.domain.customer_row import CustomerRow
from ivr.domain.errors import ConfigurationError


def test_headings_are_known_however_they_are_written() -> None:
    reader = RowReader(["Лицевой счёт", "ДАТА ПОСЛЕДНЕГО ПЛАТЕЖА", "tariff_plan", "Цена, кВт·ч", None, "Прочее"])
    assert reader.columns == {"account", "last_payment_on", "tariff_plan"}
    assert reader.ignored == ("Цена, кВт·ч", "Прочее")


def test_every_column_is_known_by_its_own_name() -> None:
    assert RowReader(list(COLUMNS)).columns == set(COLUMNS)


@pytest.mark.parametrize(
    ("headings", "mistake"),
    [
        ([], "no column 'account'"),
        (["ФИО"], "no column 'account'"),
        (["лс", "account"], "two columns are 'account'"),
        (["лс", "тариф"], "no column 'meter'"),
    ],
)
def test_headings_under_which_nothing_can_be_read_are_told(headings: list[str], mistake: str) -> None:
    with pytest.raises(ConfigurationError, match=mistake):
        RowReader(headings)


def test_empty_cells_say_nothing_and_a_short_row_is_whole() -> None:
    reader = RowReader(["account", "phones", "debt", "district"])
    assert reader.read(2, ["1", "", "5"]) == (CustomerRow(2, "1", debt=500), [])
    assert reader.read(3, ["2", None, "5", " ", "", None]) == (CustomerRow(3, "2", debt=500), [])


def test_the_same_cell_means_the_same_again() -> None:
    reader = RowReader(["account", "debt_on"])
    rows = [reader.read(row, [str(row), "01.02.2026"])[0] for row in (2, 3)]
    assert [row.debt_on for row in rows if row] == [date(2026, 2, 1)] * 2


def test_a_wrong_cell_spoils_its_row_and_every_mistake_is_told() -> None:
    row, mistakes = RowReader(["account", "debt", "debt_on"]).read(7, ["1", "сто", "вчера"])
    assert row is None
    assert [(m.row, m.column, m.value, m.kept, m.account) for m in mistakes] == [
        (7, "debt", "сто", False, "1"),
        (7, "debt_on", "вчера", False, "1"),
    ]


def test_a_wrong_telephone_is_left_out_and_told() -> None:
    row, mistakes = RowReader(["account", "phones"]).read(7, ["1", "нет"])
    assert row == CustomerRow(7, "1") and [(m.column, m.kept) for m in mistakes] == [("phones", True)]


def test_nothing_is_kept_of_a_row_that_is_bad_elsewhere() -> None:
    _, mistakes = RowReader(["account", "phones", "debt"]).read(7, ["1", "нет", "сто"])
    assert [m.kept for m in mistakes] == [False, False]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (["", "A-1", "", "", ""], "account"),
        (["1", "", "", "", "5"], "meter"),
        (["1", "A-1", "100", "", ""], "last_reading"),
        (["1", "A-1", "", "01.02.2026", ""], "last_reading"),
        (["1", "A-1", "100000", "01.02.2026", "5"], "last_reading"),
        (["1", "A-1", "", "", "", "лишнее"], ""),
    ],
)
def test_cells_that_do_not_go_together_are_told(cells: list[str], column: str) -> None:
    row, mistakes = RowReader(["account", "meter", "last_reading", "last_reading_on", "digits"]).read(2, cells)
    assert row is None and [mistake.column for mistake in mistakes] == [column]


def test_a_price_without_a_meter_is_told_and_the_row_kept() -> None:
    row, mistakes = RowReader(["account", "meter", "price"]).read(2, ["1", "", "6,43"])
    assert row is not None and [(m.column, m.value, m.kept) for m in mistakes] == [("price", "6.43", True)]


def test_one_wrong_cell_is_told_once() -> None:
    reader = RowReader(["account", "meter", "last_reading", "last_reading_on"])
    for cells in (
        ["x", "", "", ""],
        ["1000000001", "123", "12345", "soon"],
        ["1000000001", "123", "many", "2026-01-01"],
    ):
        row, mistakes = reader.read(2, cells)
        assert row is None and len(mistakes) == 1, mistakes
