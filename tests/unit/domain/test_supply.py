from datetime import UTC, datetime

import pytest

from ivr.domain.supply import Outage

AT = datetime(2026, 3, 1, tzinfo=UTC)


def outage(district: str, address: str) -> Outage:
    return Outage(1, district, address, AT, AT)


@pytest.mark.parametrize(
    ("district", "address"),
    [
        ("", ""),
        ("северный", ""),
        ("", "посёлок Вымыслово"),
        ("", "поселок  вымыслово,улица Ёлочная"),
        ("Северный", "посёлок Вымыслово, улица Ёлочная, дом 1"),
    ],
)
def test_it_is_of_the_addresses_that_begin_as_it_does(district: str, address: str) -> None:
    assert outage(district, address).affects("Северный", "посёлок Вымыслово, улица Ёлочная, дом 1, квартира 5")


@pytest.mark.parametrize(
    ("district", "address"),
    [
        ("Южный", ""),
        ("Южный", "посёлок Вымыслово"),
        ("", "посёлок Вымыслово, улица Ёлочная, дом 10"),
        ("", "посёлок Вымыслово, улица Ёлочная, дом 1/2"),
        ("", "улица Ёлочная"),
    ],
)
def test_it_is_of_no_other_address(district: str, address: str) -> None:
    assert not outage(district, address).affects("Северный", "посёлок Вымыслово, улица Ёлочная, дом 1")


def test_a_house_does_not_stand_for_a_longer_number() -> None:
    assert not outage("", "улица Ёлочная, дом 1").affects("", "улица Ёлочная, дом 10")
