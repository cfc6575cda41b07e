from ivr.domain.customer import Tariff


def test_a_register_has_the_price_of_its_own_tariff() -> None:
    tariff = Tariff("Двухзонный", (("day", 739), ("night", 312)))
    assert [tariff.price(name) for name in ("day", "night", "peak")] == [739, 312, None]
