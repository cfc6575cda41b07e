"""The sample supplier: invented subscribers for the demo, the tests and a first look. Nobody here exists.

Deterministic: the same day gives the same subscribers, and a new month moves their history on. Well-known
accounts have fixed numbers, and the proof of account 100000000N is NNNN:

    1000000001  one register, nothing owed          1000000005  a company
    1000000002  three registers                     1000000006  a dial of five just below its top
    1000000003  owes 4,321.09 roubles               1000000007  a new meter with no reading yet
    1000000004  has overpaid 1,000 roubles

Their telephones, tariffs, outages and requests are in sample_supply.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import cos, pi
from random import Random

from ivr.adapters.db.engine import Database
from ivr.adapters.db.seed import seed
from ivr.adapters.files.sample_supply import phones, supply, tariff
from ivr.domain.customer import Account, Balance, CustomerKind, Meter, Reading, Register

ONE_REGISTER = "1000000001"
THREE_REGISTERS = "1000000002"
DEBTOR = "1000000003"
OVERPAYER = "1000000004"
COMPANY = "1000000005"
NEAR_ROLLOVER = "1000000006"
NO_HISTORY = "1000000007"

SUBSCRIBERS = 248
MONTHS = 13
SEED = "ivr sample 1"

TARIFFS: dict[int, tuple[tuple[str, float], ...]] = {
    1: (("single", 1.0),),
    2: (("day", 0.7), ("night", 0.3)),
    3: (("peak", 0.35), ("half_peak", 0.4), ("night", 0.25)),
}
"""Tariffs of a meter with so many registers, and their share of the consumption."""

WOMEN = ("Образцова Вымышлена", "Примерова Условна", "Тестова Придумана", "Небылицына Проба", "Макетова Вымышлена")
MEN = ("Образцов Вымысел", "Примеров Эскиз", "Тестов Замысел", "Небылицын Образец", "Макетов Черновик")
MOTHERS_SIDE = ("Тестовна", "Примеровна", "Образцовна", "Вымысловна")
FATHERS_SIDE = ("Тестович", "Примерович", "Образцович", "Вымыслович")
FIRMS = ("пекарня", "лесопилка", "мастерская", "теплица", "типография", "прачечная")
STREETS = (
    "улица Вымышленная",
    "улица Несуществующая",
    "проспект Примерный",
    "переулок Придуманный",
    "бульвар Образцовый",
)
TOWNS = ("Примерск", "посёлок Вымыслово", "деревня Небылицы")
DISTRICTS = ("Примерский", "Вымысловский", "Небылицкий")

NEWS = (
    (9, "Это новость для примера. Показания счётчиков можно передать по этому телефону круглосуточно, без оператора."),
    (2, "Это новость для примера. В субботу в посёлке Вымыслово с девяти до двенадцати часов ремонтируют сети."),
)
"""Days since each piece of news came out, and its text."""


async def load_sample(database: Database, now: datetime, zone: tzinfo) -> int:
    """Put the sample into a database without accounts; gives the number of subscribers, 0 when there are some."""
    news = [(text, now - timedelta(days=days)) for days, text in NEWS]
    people = subscribers(now.astimezone(zone).date(), zone)
    return await seed(database, people, news, zone, supply(people[0], now, zone))


def subscribers(today: date, zone: tzinfo) -> list[Account]:
    """The sample's accounts as of `today`, the well-known ones first."""
    plans = [*_WELL_KNOWN, *(_invent(number) for number in range(len(_WELL_KNOWN) + 1, SUBSCRIBERS + 1))]
    counter = _Counter(today, zone)
    return [_account(number, plan, counter) for number, plan in enumerate(plans, start=1)]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a subscriber is to be. `month_kwh`: usual consumption; `rollover`: its dials stand just below the top."""

    company: bool = False
    registers: tuple[int, ...] = (1,)  # of each of his meters
    month_kwh: int = 240
    digits: int = 6
    debt_kopecks: int = 0
    history: bool = True
    rollover: bool = False


_WELL_KNOWN = (
    _Plan(),
    _Plan(registers=(3,), month_kwh=390),
    _Plan(debt_kopecks=432109),
    _Plan(registers=(2,), debt_kopecks=-100000),
    _Plan(company=True, registers=(3,), month_kwh=9000, debt_kopecks=1250000),
    _Plan(digits=5, rollover=True),
    _Plan(history=False),
)


class _Counter:
    """Numbers meters and registers, and knows the day."""

    def __init__(self, today: date, zone: tzinfo) -> None:
        self.today = today
        self.zone = zone
        self.meter = 0
        self.register = 0


def _invent(number: int) -> _Plan:
    random = _random("plan", number)
    company = random.random() < 0.1
    owes = random.random()
    debt = random.randint(10_00, 25_000_00) if owes < 0.25 else -random.randint(1_00, 3_000_00) if owes < 0.4 else 0
    return _Plan(
        company=company,
        registers=random.choices([(1,), (2,), (3,), (1, 1), (2, 1)], [55, 25, 12, 5, 3])[0],
        month_kwh=random.randint(2000, 20000) if company else random.choice([0, 60, 120, 180, 240, 300, 450]),
        digits=6 if company else random.choice([5, 6]),
        debt_kopecks=debt * 10 if company else debt,
        history=random.random() >= 0.06,
        rollover=random.random() < 0.04,
    )


def _account(number: int, plan: _Plan, counter: _Counter) -> Account:
    random = _random("account", number)
    street = f"{random.choice(STREETS)}, дом {random.randint(1, 60)}"
    return Account(
        number=f"1{number:09d}",
        contract=f"00-{number:04d}-{str(number) * 4 if number < 10 else _secret(number, random)}",
        customer=_firm(number, random) if plan.company else _person(random),
        kind=CustomerKind.COMPANY if plan.company else CustomerKind.PERSON,
        address=f"{random.choice(TOWNS)}, {street}" + ("" if plan.company else f", квартира {random.randint(1, 99)}"),
        district=random.choice(DISTRICTS),
        meters=tuple(_meter(count, plan, counter, random) for count in plan.registers),
        balance=_balance(plan, counter.today, random),
        phones=phones(number, _random("phones", number)),
        tariff=tariff(plan.company, plan.registers[0]),
    )


def _secret(number: int, random: Random) -> int:
    """Four digits that the account's number does not tell: else the contract would prove nothing."""
    while str(digits := random.randint(1000, 9999)) in f"1{number:09d}":
        pass
    return digits


def _person(random: Random) -> str:
    given, side = random.choice([(WOMEN, MOTHERS_SIDE), (MEN, FATHERS_SIDE)])
    return f"{random.choice(given)} {random.choice(side)}"


def _firm(number: int, random: Random) -> str:
    return f"ООО «Вымышленная {random.choice(FIRMS)} № {number}»"


def _balance(plan: _Plan, today: date, random: Random) -> Balance:
    if not plan.history:
        return Balance(plan.debt_kopecks, today)
    paid_on = today - timedelta(days=random.randint(3, 25) + (60 if plan.debt_kopecks > 0 else 0))
    return Balance(plan.debt_kopecks, today, random.randint(3_00, 30_00) * 100, paid_on)


def _meter(count: int, plan: _Plan, counter: _Counter, random: Random) -> Meter:
    counter.meter += 1
    registers = []
    for name, share in TARIFFS[count]:
        counter.register += 1
        history = _history(plan, share / len(plan.registers), counter, random) if plan.history else ()
        registers.append(Register(counter.register, name, plan.digits, tuple(history)))
    due = counter.today + timedelta(days=random.randint(-200, 5000))
    return Meter(counter.meter, f"ПР-{counter.meter:08d}", tuple(registers), due)


def _history(plan: _Plan, share: float, counter: _Counter, random: Random) -> Sequence[Reading]:
    """Monthly readings up to last month, more in winter than in summer."""
    days = [_month_before(counter.today, months, random.randint(18, 25)) for months in range(MONTHS, 0, -1)]
    used = [0]
    for day in days[1:]:
        season = 1 + 0.25 * cos(2 * pi * (day.month - 1) / 12)
        used.append(round(plan.month_kwh * share * season * random.uniform(0.9, 1.1)))
    top = 10**plan.digits
    start = top - 1 - random.randint(10, 60) - sum(used) if plan.rollover else random.randint(0, top // 2)
    readings = []
    value = start
    for day, kwh in zip(days, used, strict=True):
        value += kwh
        taken_at = datetime.combine(day, time(random.randint(9, 19), random.randint(0, 59)), counter.zone)
        readings.append(Reading(value % top, taken_at.astimezone(UTC), "import"))
    return readings


def _month_before(today: date, months: int, day: int) -> date:
    index = today.year * 12 + today.month - 1 - months
    return date(index // 12, index % 12 + 1, day)


def _random(purpose: str, number: int) -> Random:
    """Chance of its own for each subscriber, so that a change to one leaves the others as they were."""
    return Random(f"{SEED}/{purpose}/{number}")
