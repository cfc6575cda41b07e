"""`ivr staffing`: operators needed each half hour, and what callers would then meet."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TextIO

from rich.table import Table

from ivr.adapters.files.demand_file import HalfHour
from ivr.domain.erlang import Line, Traffic
from ivr.domain.errors import ConfigurationError
from ivr.domain.staffing import LOST_SHARE, MEAN_WAIT_S, ServiceTarget, on_the_roster, operators_needed
from ivr.domain.standards import Measure, Standard

HALF_HOURS = 2  # an hour
SOON_S = 20
"""The service level's time, by the trade's custom (80/20)."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What calls are like. handling_s: talk, hold and wrap-up, where the file does not say; patience_s: mean time until
    a caller gives up; shrinkage: the share of paid time that is not at the telephone."""

    handling_s: float
    patience_s: float
    shrinkage: float
    target: ServiceTarget


@dataclass(frozen=True, slots=True)
class Need:
    """One half hour. `begins` is empty for calls that have no hour of their own. Shares 0..1, waits in seconds.

    operators: at their telephones; rostered: to be planned for that. answered_soon_share: within 20 s.
    """

    date: str
    begins: str
    calls: float
    handling_s: float
    load_erlangs: float
    operators: int
    rostered: int
    mean_wait_s: float
    p95_wait_s: float
    lost_share: float
    answered_soon_share: float
    occupancy: float


def target(standard: Standard, wait_s: float | None, lost_share: float | None, p95_s: float | None) -> ServiceTarget:
    """What is aimed at: as given, else as the standard says, else 100 s and one in twenty lost. Where the standard sets
    a longest wait, 95 % of the callers wait at most so long. Raises ConfigurationError."""
    said, lost = standard.targets.wait, standard.targets.lost_share
    if p95_s is None and wait_s is None and said and said.measure is Measure.MAXIMUM:
        p95_s = said.seconds
    mean = wait_s if wait_s is not None else said.seconds if said else MEAN_WAIT_S
    share = lost_share if lost_share is not None else lost.value if lost else LOST_SHARE
    try:
        return ServiceTarget(mean, share, p95_s)
    except ValueError as error:
        raise ConfigurationError([f"staffing: {error}; see --wait, --lost and --p95"]) from error


def needs(half_hours: Iterable[HalfHour], given: Assumptions) -> list[Need]:
    """What each half hour needs. Raises ConfigurationError when a target is out of reach."""
    return [_need(half_hour, given) for half_hour in half_hours]


def flat(calls_per_hour: float) -> list[HalfHour]:
    """A half hour of an even stream of calls."""
    return [HalfHour(None, None, calls_per_hour / HALF_HOURS)]


def _need(half_hour: HalfHour, given: Assumptions) -> Need:
    handling_s = half_hour.handling_s or given.handling_s
    when = half_hour.begins.strftime("%H:%M") if half_hour.begins else ""
    try:
        traffic = Traffic(half_hour.calls * HALF_HOURS, handling_s, given.patience_s)
        operators = operators_needed(traffic, given.target)
        rostered = on_the_roster(operators, given.shrinkage)
    except ValueError as error:
        raise ConfigurationError([f"staffing: {when or 'calls'}: {error}"]) from error
    line = Line(traffic, max(1, operators))
    return Need(
        date=half_hour.day.isoformat() if half_hour.day else "",
        begins=when,
        calls=half_hour.calls,
        handling_s=handling_s,
        load_erlangs=round(traffic.load, 2),
        operators=operators,
        rostered=rostered,
        mean_wait_s=round(line.mean_wait_s, 1),
        p95_wait_s=round(line.percentile_s(0.95), 1),
        lost_share=round(line.lost_share, 4),
        answered_soon_share=round(line.answered_within(SOON_S), 4),
        occupancy=round(line.occupancy if operators else 0.0, 4),
    )


Beside = Sequence[Mapping[str, float | None]]
"""Columns of the simulation, a row of each need; empty: it was not asked for."""


def rows(found: Sequence[Need], beside: Beside) -> list[dict[str, object]]:
    return [asdict(need) | dict(more) for need, more in zip(found, beside or [{}] * len(found), strict=True)]


def document(found: Sequence[Need], given: Assumptions, beside: Beside = ()) -> dict[str, object]:
    """For --json."""
    aimed = {name: value for name, value in asdict(given).items() if name != "target"}
    return {
        "target": asdict(given.target),
        "assumed": aimed,
        "operator_hours": sum(need.operators for need in found) / HALF_HOURS,
        "half_hours": rows(found, beside),
    }


def write_csv(found: Sequence[Need], file: TextIO, beside: Beside = ()) -> None:
    names = [*Need.__slots__, *(beside[0] if beside else ())]
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(found, beside))


SIMULATED = {
    "mean_wait_s": ("sim mean", "{:g}"),
    "p95_wait_s": ("sim p95", "{:g}"),
    "lost_share": ("sim lost", "{:.1%}"),
}
"""What the table shows of the simulation: headings and forms."""


def table(found: Sequence[Need], given: Assumptions, beside: Beside = ()) -> Table:
    """A line a half hour. Columns that would be empty are left out."""
    aimed = given.target
    p95 = f", 95 % within {aimed.p95_s:g} s" if aimed.p95_s else ""
    hours = sum(need.operators for need in found) / HALF_HOURS
    timed = any(need.begins for need in found)
    columns: Mapping[str, Callable[[Need], str]] = {
        **({"date": lambda need: need.date} if any(need.date for need in found) else {}),
        **({"from": lambda need: need.begins} if timed else {}),
        "calls": lambda need: f"{need.calls:g}",
        "erlangs": lambda need: f"{need.load_erlangs:g}",
        "operators": lambda need: str(need.operators),
        **({"rostered": lambda need: str(need.rostered)} if given.shrinkage else {}),
        "mean s": lambda need: f"{need.mean_wait_s:g}",
        "p95 s": lambda need: f"{need.p95_wait_s:g}",
        "lost": lambda need: f"{need.lost_share:.1%}",
        f"≤ {SOON_S} s": lambda need: f"{need.answered_soon_share:.0%}",
        "busy": lambda need: f"{need.occupancy:.0%}",
    }
    shown = Table(
        title=f"Mean wait ≤ {aimed.mean_wait_s:g} s, lost ≤ {aimed.lost_share:.0%}{p95}; "
        f"patience {given.patience_s:g} s, shrinkage {given.shrinkage:.0%}",
        caption="Waits of all callers, by Erlang A: traffic steady within a half hour."
        + (f" {hours:g} operator hours at the telephone." if timed else "")
        + (" sim: the engine's own queue with these operators, day by day." if beside else ""),
    )
    headings = [heading for heading, _ in SIMULATED.values()] if beside else []
    for heading in (*columns, *headings):
        shown.add_column(heading, justify="right", no_wrap=True)
    for need, more in zip(found, beside or [{}] * len(found), strict=True):
        shown.add_row(*(say(need) for say in columns.values()), *_simulated(more))
    return shown


def _simulated(more: Mapping[str, float | None]) -> list[str]:
    if not more:
        return []
    values = {name: (more[f"simulated_{name}"], form) for name, (_, form) in SIMULATED.items()}
    return ["–" if value is None else form.format(value) for value, form in values.values()]
