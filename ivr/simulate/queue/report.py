"""A simulated day as words, a table of half hours (CSV) and a picture (PNG)."""

import csv
import os
from dataclasses import asdict, fields
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ivr.domain.errors import ConfigurationError
from ivr.simulate.queue.figures import Day, Figures, HalfHour

LOST_MUCH = 0.15
"""From here on an average wait says little: those who could not wait are not in it (Gazprom's standard allows 15 %)."""


def show(day: Day, console: Console) -> None:
    total = day.total
    table = Table("what", "value", "limit", "clause", "kept")
    for verdict in day.verdicts:
        table.add_row(verdict.what, _number(verdict.value), _number(verdict.limit), verdict.clause, _kept(verdict.kept))
    table.add_row("all together", "", "", "", _kept(day.kept), style="bold", end_section=True)
    for what, value in (
        ("calls", total.calls),
        ("answered", total.answered),
        ("lost", total.lost),
        ("average wait of the answered, s", total.wait_s),
        ("longest wait, s", total.wait_max_s),
        ("average wait of all, s", total.wait_all_s),
        ("operators at work on average", total.operators),
        ("occupancy", total.occupancy),
        ("offers nobody picked up", day.missed_offers),
    ):
        table.add_row(what, _number(value), "", "", "")
    console.print(table)
    if day.queues:
        queues = Table("queue", "calls", "answered", "lost share", "average wait, s", "95 of 100 within, s")
        for each in day.queues:
            its = each.figures
            numbers = (its.calls, its.answered, its.lost_share, its.wait_s, its.wait_p95_s)
            queues.add_row(each.queue or "(unnamed)", *map(_number, numbers))
        console.print(queues)
    if (total.lost_share or 0) > LOST_MUCH:
        console.print("So many hang up that an average wait says little: they are not in it.", style="yellow")


def _kept(kept: bool | None) -> str:
    return "–" if kept is None else "yes" if kept else "NO"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}" if abs(value) < 1 else f"{value:.1f}"


def check(option: str, path: Path | None) -> None:
    """Before a day is simulated for it. Raises ConfigurationError when the file cannot be written there."""
    if path is None:
        return
    if not path.parent.is_dir():
        raise ConfigurationError([f"{option} {path}: there is no folder {path.parent}; make it first"])
    if path.is_dir():
        raise ConfigurationError([f"{option} {path}: this is a folder; name a file in it"])
    if option == "--plot" and path.suffix != ".png":
        raise ConfigurationError([f"{option} {path}: pictures are PNG; name a file that ends in .png"])
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ConfigurationError([f"{option} {path}: it may not be written; choose another place"])


def write_csv(day: Day, path: Path) -> None:
    """One row for each half hour. Raises OSError."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["begins", *(field.name for field in fields(Figures))])
        for half_hour in day.half_hours:
            values = asdict(half_hour.figures).values()
            rows.writerow([half_hour.begins, *("" if each is None else round(each, 4) for each in values)])


def write_plot(day: Day, path: Path, title: str) -> None:
    """Calls and losses, waits against their limit, and the staff, by half hour. Raises OSError."""
    # Loaded here: it takes half a second, and only a picture needs it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    hours = [number / 2 for number in range(len(day.half_hours))]
    figure = Figure(figsize=(11, 9), layout="constrained")
    FigureCanvasAgg(figure)
    calls, waits, staff = figure.subplots(3, 1, sharex=True)
    figure.suptitle(title)

    calls.bar(hours, _values(day.half_hours, "answered"), 0.45, align="edge", label="answered")
    lost = _values(day.half_hours, "lost")
    calls.bar(hours, lost, 0.45, _values(day.half_hours, "answered"), align="edge", label="lost", color="tab:red")
    calls.set_ylabel("calls")
    waits.step(hours, _values(day.half_hours, "wait_s"), where="post", label="average wait of the answered")
    waits.step(hours, _values(day.half_hours, "wait_p95_s"), where="post", label="95 of 100 answered within")
    for verdict in day.verdicts:
        if verdict.what != "lost share":
            waits.axhline(verdict.limit, color="tab:red", linestyle="--", label=f"limit: {verdict.what}")
    waits.set_ylabel("seconds")
    operators, occupancy = _values(day.half_hours, "operators"), _values(day.half_hours, "occupancy")
    staff.step(hours, operators, where="post", label="operators at work")
    busy = [number * share for number, share in zip(operators, occupancy, strict=True)]
    staff.fill_between(hours, busy, step="post", alpha=0.4, label="busy")
    staff.set_ylabel("operators")
    staff.set_xlabel("hour of the day")
    staff.set_xticks(range(0, 25, 2))
    for axes in (calls, waits, staff):
        axes.grid(alpha=0.3)
        axes.legend(loc="upper left", fontsize="small")
    figure.savefig(path, format="png")


def _values(half_hours: tuple[HalfHour, ...], name: str) -> list[float]:
    return [getattr(each.figures, name) or 0.0 for each in half_hours]
