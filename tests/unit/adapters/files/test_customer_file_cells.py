from datetime import date, datetime

import pytest

from ivr.adapters.files import customer_file_cells as cells
from ivr.domain.customer import CustomerKind


@pytest.mark.parametrize(
    ("written", "kopecks"),
    [
        ("1 234,56", 123456),
        ("1\u00a0234,56", 123456),
        ("1\u202f234\u202f567,8", 123456780),
        ("1234.56", 123456),
        ("-12,5", -1250),
        ("−12", -1200),
        ("+7", 700),
        ("99,90 руб.", 9990),
        ("99.9₽", 9990),
        (1234.56, 123456),
        (0.1 + 0.2, 30),
        (-5, -500),
    ],
)
def test_money_is_read_as_it_is_written_here_and_there(written: object, kopecks: int) -> None:
    assert cells.money(written) == kopecks


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("12,345", "no sum"),
        ("1,234.56", "no sum"),
        ("12 34", "no sum"),
        ("сто", "no sum"),
        ("١٢", "no sum"),
        (True, "no sum"),
        (date(2026, 1, 1), "no sum"),
        (float("nan"), "no sum"),
        (1.005, "part of a kopeck"),
        ("999999999999999", "too large"),
        ("9" * 20, "too large"),
    ],
)
def test_what_is_no_money_is_told(written: object, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        cells.money(written)


@pytest.mark.parametrize(
    "written",
    [
        "31.12.2026",
        "31.12.2026 0:00:00",
        "2026-12-31",
        "2026-12-31T00:00:00",
        date(2026, 12, 31),
        datetime(2026, 12, 31, 9),
    ],
)
def test_a_day_is_read_in_every_form(written: object) -> None:
    assert cells.day(written) == date(2026, 12, 31)


@pytest.mark.parametrize("written", ["31.13.2026", "2026-02-30", "12/31/2026", "31.12.26", 46387, "31.12.1026"])
def test_what_is_no_day_is_told(written: object) -> None:
    with pytest.raises(ValueError):
        cells.day(written)


def test_a_number_of_a_spreadsheet_is_written_whole() -> None:
    assert cells.text(1000000001.0) == "1000000001"
    assert cells.text("  a \n b ") == "a b"
    with pytest.raises(ValueError, match="too long"):
        cells.text(1e16)


def test_an_account_is_digits() -> None:
    assert cells.account("10-00 000001") == "1000000001"
    for written in ("12А4", "", "1" * 33, "١٢"):
        with pytest.raises(ValueError, match="no account"):
            cells.account(written)


def test_names_of_kinds_and_tariffs_are_known_in_russian() -> None:
    assert cells.kind("Юрлицо") is CustomerKind.COMPANY and cells.kind("person") is CustomerKind.PERSON
    assert [cells.tariff(name) for name in ("День", "НОЧЬ", "half_peak", "единый")] == [
        "day",
        "night",
        "half_peak",
        "single",
    ]
    with pytest.raises(ValueError, match="no tariff"):
        cells.tariff("Т1")
    with pytest.raises(ValueError, match="no kind"):
        cells.kind("оно")


def test_several_telephones_are_one_cell() -> None:
    assert cells.phones("8 (999) 100-00-02, +79991000001; 9991000002") == ("+79991000001", "+79991000002")
    assert cells.phones(79991000001.0) == ("+79991000001",)
    with pytest.raises(ValueError, match="no telephone"):
        cells.phones("8 (999) 100-00-02, нет")


def test_whole_numbers_have_bounds() -> None:
    read = cells.whole(3, 9)
    assert read("6") == read(6.0) == read("6,0") == 6
    for written in ("2", "10", "6,5", "-6", "шесть"):
        with pytest.raises(ValueError, match="no whole number"):
            read(written)


def test_texts_and_prices_have_bounds() -> None:
    assert cells.limited(3)(" аб ") == "аб" and cells.price("6,43") == 643
    for read, written in ((cells.limited(3), "абвг"), (cells.limited(9), "a\u0000b"), (cells.price, "-1")):
        with pytest.raises(ValueError):
            read(written)
