import pytest

from ivr.domain.customer import Tariff, serial_ends


def test_a_register_has_the_price_of_its_own_tariff() -> None:
    tariff = Tariff("Двухзонный", (("day", 739), ("night", 312)))
    assert [tariff.price(name) for name in ("day", "night", "peak")] == [739, 312, None]


@pytest.mark.parametrize(
    ("serials", "ends"),
    [
        (["00981234"], ["1234"]),
        (["0090260-1А", "0090261-1А"], ["2601", "2611"]),
        (["11-2345", "22-2345"], ["12345", "22345"]),  # more digits, where four are the same
        (["7", "8"], ["7", "8"]),
        (["А-12", "Б-12"], ["12", "12"]),  # nothing tells them apart
        (["нет", "5"], ["", "5"]),
        ([], []),
    ],
)
def test_meters_are_told_apart_by_the_ends_of_their_serials(serials: list[str], ends: list[str]) -> None:
    assert serial_ends(serials) == dict(zip(serials, ends, strict=True))
