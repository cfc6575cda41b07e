import pytest

from ivr.adapters.phone_numbers import e164


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("8 (921) 123-45-67", "+79211234567"),
        ("+7 921 123.45.67", "+79211234567"),
        ("79211234567", "+79211234567"),
        ("9211234567", "+79211234567"),
        ("8(495)555\u00a001-00", "+74955550100"),
        ("74955550100", "+74955550100"),
        ("4955550100", "+74955550100"),
        ("+375291234567", "+375291234567"),
    ],
)
def test_a_number_has_one_form_however_it_is_written(written: str, number: str) -> None:
    assert e164(written) == number


@pytest.mark.parametrize("written", ["", "101", "anonymous", "8921123456", "892112345678", "+7921123456x"])
def test_what_cannot_be_dialled_is_no_number(written: str) -> None:
    assert e164(written) is None
