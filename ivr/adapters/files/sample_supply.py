"""What the sample supplier can tell: telephones, tariffs, planned outages, offices, requests, how to pay. Invented.

+79991000001 … +79991000007   telephones of the well-known accounts, one each
+79991000012                  a telephone of two of them: the overpayer's and that of the dial near its top
101, 102                      requests of account 1000000001: one in work, one done
district and house of 1000000001: an outage every Tuesday; посёлок Вымыслово: every Saturday
"""

from datetime import date, datetime, time, timedelta, tzinfo
from random import Random

from ivr.adapters.db.seed import SupplyRows
from ivr.domain.customer import Account, CustomerKind, Tariff
from ivr.domain.supply import RequestStatus, ServiceRequest

SHARED_PHONE = "+79991000012"
SHARED_BY = (4, 6)
WEEKS = 26  # of outages to come: a sample database is not renewed

TARIFFS = {
    1: Tariff("Одноставочный", (("single", 643),)),
    2: Tariff("Двухзонный", (("day", 739), ("night", 312))),
    3: Tariff("Трёхзонный", (("half_peak", 643), ("night", 312), ("peak", 836))),
}
FIRM_TARIFFS = {
    1: Tariff("Первая ценовая категория", (("single", 1098),)),
    2: Tariff("Вторая ценовая категория, две зоны", (("day", 1214), ("night", 705))),
    3: Tariff("Вторая ценовая категория, три зоны", (("half_peak", 1098), ("night", 705), ("peak", 1842))),
}
"""By the number of registers of the account's first meter; another meter's registers may have no price by it."""

OFFICES = (
    ("Центральный офис", "проспект Примерный, дом 1", "", {"mon-fri": "08:00-18:00"}),
    ("Офис в Вымыслово", "Вымыслово, дом 5", "Вымысловский", {"mon-fri": "09:00-17:00"}),
)

HOW_TO_PAY = {
    CustomerKind.PERSON: "Оплатить можно в личном кабинете на нашем сайте, в приложении любого банка по номеру "
    "лицевого счёта, на почте и в наших офисах. Через сайт и приложение банка комиссии нет.",
    CustomerKind.COMPANY: "Оплатить можно по счёту, который мы высылаем до десятого числа каждого месяца, "
    "переводом с расчётного счёта. В назначении платежа укажите номер договора.",
}


def tariff(company: bool, registers: int) -> Tariff:
    return (FIRM_TARIFFS if company else TARIFFS)[registers]


def phones(number: int, random: Random) -> tuple[str, ...]:
    """The telephones of sample account `number`: the well-known have one; of the others some have none, some two."""
    count = 1 if number < 10 else random.choices((0, 1, 2), (2, 6, 2))[0]
    own = [f"+7999100{number + 1000 * index:04d}" for index in range(count)]
    return tuple(sorted([*own, SHARED_PHONE] if number in SHARED_BY else own))


def supply(first: Account, now: datetime, zone: tzinfo) -> SupplyRows:
    """Everything of it as of `now`; `first` is the account 1000000001."""
    house, _, _ = first.address.partition(", квартира")
    today = now.astimezone(zone).date()
    works = "Ремонт сетей."
    outages = [
        *_weekly(first.district, house, today, 1, (10, 14), "Замена счётчиков и вводного кабеля.", zone),
        *_weekly("", "посёлок Вымыслово", today, 5, (9, 12), works, zone),
    ]
    return SupplyRows(outages, OFFICES, HOW_TO_PAY, _requests(first.number, now))


def _weekly(
    district: str, address: str, today: date, weekday: int, hours: tuple[int, int], text: str, zone: tzinfo
) -> list[tuple[str, str, datetime, datetime, str]]:
    first = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)  # never today: it may be over
    days = (first + timedelta(weeks=week) for week in range(WEEKS))
    start, end = (time(hour, tzinfo=zone) for hour in hours)
    return [(district, address, datetime.combine(day, start), datetime.combine(day, end), text) for day in days]


def _requests(account: str, now: datetime) -> list[ServiceRequest]:
    work, done = RequestStatus.IN_PROGRESS, RequestStatus.DONE
    due = now.date() + timedelta(days=5)
    return [
        ServiceRequest(account, "Поверка счётчика", work, now - timedelta(days=3), "101", "", due),
        ServiceRequest(
            account, "Перерасчёт", done, now - timedelta(days=20), "102", "Перерасчёт сделан, он в квитанции."
        ),
    ]
