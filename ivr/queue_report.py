"""`ivr queue`: who waited how long and why, what was promised and what came true, who is to be rung back."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Column, Table

from ivr import queue_rules
from ivr.adapters.db.callbacks import SqlCallbacks
from ivr.adapters.db.districts import SqlDistricts
from ivr.adapters.db.engine import Database
from ivr.adapters.db.queue import SqlQueue
from ivr.adapters.db.storms import SqlStorms
from ivr.adapters.files import roster
from ivr.adapters.files.flows import read_flow, read_standard
from ivr.config import Centre, Queue
from ivr.dialogue.source import nearest
from ivr.domain.acd import Rules
from ivr.domain.acd.history import LogRow, Story, Told, promises, stories
from ivr.domain.errors import ConfigurationError
from ivr.domain.standards import Targets
from ivr.domain.storm import EVERYWHERE, Storm, where
from ivr.domain.wait.report import Errors
from ivr.places import Places
from ivr.queue_mistakes import queues_of
from ivr.records import records
from ivr.simulate.queue import replay
from ivr.simulate.queue.day import Caller
from ivr.simulate.queue.figures import Figures
from ivr.simulate.queue.figures import day as figures_of
from ivr.simulate.queue.shifts import Crew, Names
from ivr.simulate.queue.world import World


async def day(centre: Centre, on: date) -> tuple[list[LogRow], float]:
    """The log of a local day, and of the hours after it until its callers were served; and the Unix time of its
    midnight. Raises StoreUnavailable."""
    midnight = datetime.combine(on, clock(), ZoneInfo(centre.timezone))
    async with records(centre) as database:
        rows = await SqlQueue(database).between(
            midnight.astimezone(UTC), (midnight + timedelta(hours=30)).astimezone(UTC)
        )
    return rows, midnight.timestamp()


async def _rows(centre: Centre, on: date | None, days: int) -> list[LogRow]:
    if on is not None:
        rows, midnight = await day(centre, on)
        began = {story.entry for story in stories(rows) if story.began < midnight + timedelta(days=1).total_seconds()}
        return [row for row in rows if row.entry in began]
    now = datetime.now(UTC)
    async with records(centre) as database:
        return await SqlQueue(database).between(now - timedelta(days=days), now + timedelta(days=1))


async def log(centre: Centre, on: date | None, days: int, entry: str, limit: int) -> Table:
    """Who waited, the newest last; or every row of one entry. Raises StoreUnavailable, and ConfigurationError
    when there is no such entry."""
    rows, zone = await _rows(centre, on, days), ZoneInfo(centre.timezone)
    if entry:
        table = Table("at", "what", "operator", "detail")
        for row in rows:
            if row.entry == entry:
                table.add_row(_at(row.at, zone), row.what, row.operator, _words(row.detail))
        if not table.rows:
            raise ConfigurationError([f"nothing of {entry} is in the log of that time; --days N looks further back"])
        return table
    table = Table("came", Column("entry", no_wrap=True, overflow="fold"))
    for heading in ("waited, s", "talked, s", "outcome", "talked with", "misses", "why he waited"):
        table.add_column(heading)
    found = stories(rows)
    table.caption = None if found else "nobody waited in that time; --days N looks further back"
    for story in found[-limit:]:
        waited = "" if story.waited_s is None else f"{story.waited_s:.0f}"
        outcome = f"{story.outcome or 'open'}{' (rung back)' if story.callback else ''}"
        why = f"{story.why}: {_words(story.staff)}" if story.why else "offered at once"
        misses = str(story.misses or "")
        talked = f"{story.talk_s:.0f}"
        table.add_row(_at(story.began, zone), story.entry, waited, talked, outcome, " ".join(story.people), misses, why)
    return table


async def told(centre: Centre, on: date | None, days: int) -> dict[str, Any]:
    """How good the promises were. Seconds; None: there were none to judge. Raises StoreUnavailable."""
    found = promises(await _rows(centre, on, days))
    judged = [promise for promise in found if promise.answered]
    errors = Errors.of(promise.waited_s - promise.predicted_s for promise in judged)
    return {
        "promises": len(found),
        "judged": errors.number,
        "gave_up": len(found) - len(judged),
        "kept_share": _share(judged),
        "rmse_s": errors.rmse_s,
        "bias_s": errors.bias_s,
        "too_little_share": errors.too_little_share,
        "wait_s": fmean(promise.waited_s for promise in judged) if judged else None,
    }


def _share(judged: Sequence[Told]) -> float | None:
    return fmean(promise.held for promise in judged) if judged else None


async def callbacks(centre: Centre, days: int, *, open_only: bool = False) -> Table:
    """Callbacks with their numbers. Shows personal data. Raises StoreUnavailable."""
    zone = ZoneInfo(centre.timezone)
    async with records(centre) as database:
        rows = SqlCallbacks(database)
        found = await (rows.open() if open_only else rows.since(datetime.now(UTC) - timedelta(days=days)))
    table = Table("ordered", "number", "queue", "topic", "stage", "tries", "result", "operator", "next or ended")
    for one in found:
        moment = one.due if one.ended is None else one.ended
        late = " late" if one.ended is None and time.time() - one.due > centre.queue.callbacks.gap_minutes * 60 else ""
        told_by = (one.stage.value + late, str(one.tries), one.result, one.operator)
        table.add_row(_at(one.asked, zone), one.number, one.queue, one.topic, *told_by, _at(moment, zone))
    return table


async def withdraw(centre: Centre, number_or_id: str) -> bool:
    """Take a callback back; False: none of this number waits. Raises StoreUnavailable."""
    async with records(centre) as database:
        return await SqlCallbacks(database).withdraw(number_or_id, time.time())


LONGEST_TEXT = 300
"""Letters of a storm's words: some twenty seconds."""
MOST_SHOWN = 30
"""Names of districts."""


async def begin_storm(centre: Centre, text: str, hours: float, districts: Sequence[str]) -> None:
    """Of each of the districts; of none: everywhere. Raises StoreUnavailable, ConfigurationError."""
    words = " ".join(text.split())
    if not 0 < len(words) <= LONGEST_TEXT or not words.isprintable():
        raise ConfigurationError([f"text: write 1 to {LONGEST_TEXT} letters; callers wait while it is said"])
    now = time.time()
    async with records(centre) as database:
        for district in await _known(database, districts) or [EVERYWHERE]:
            await SqlStorms(database).begin(Storm(words, now + hours * 3600, district), "by hand", now)


async def _known(database: Database, districts: Sequence[str]) -> list[str]:
    """The districts as the accounts write them. Raises ConfigurationError for one that no account is of."""
    known = {where(district): district for district in await SqlDistricts(database).all()} if districts else {}
    if wrong := [district for district in districts if where(district) not in known]:
        there = ", ".join(list(known.values())[:MOST_SHOWN]) or "none at all"
        raise ConfigurationError([f"--district: no account is of {district}; there are: {there}" for district in wrong])
    return [known[where(district)] for district in districts]


async def end_storm(centre: Centre, districts: Sequence[str]) -> list[str]:
    """Of each of the districts; of none: all of them. Gives where there was none to end, and what rages elsewhere.
    Raises StoreUnavailable, and ConfigurationError for a district that no account is of."""
    async with records(centre) as database:
        rows, now = SqlStorms(database), time.time()
        raging = [each.district for each in await rows.storms(now)]
        calm = [district for district in districts if where(district) not in map(where, raging)]
        await _known(database, calm)
        for district in districts:
            await rows.end(now, district)
        if not districts:
            return [] if await rows.end(now) else ["there is no storm"]
    others = ", ".join(district or "everywhere" for district in raging)
    return [f"there is no storm of {each}" + (f"; storms rage: {others}" if others else "") for each in calm]


async def storm(centre: Centre) -> str:
    """A line each. Raises StoreUnavailable."""
    async with records(centre) as database:
        raging = await SqlStorms(database).storms(time.time())
    zone = ZoneInfo(centre.timezone)
    lines = [f"{each.district or 'everywhere'}, until {_at(each.until, zone)}: {each.text}" for each in raging]
    return "\n".join(lines) or "no storm"


def summary(found: Sequence[Story]) -> dict[str, Any]:
    """A day in figures. Seconds; None where there was nothing."""
    answered = [story.waited_s for story in found if story.outcome == "answered" and story.waited_s is not None]
    lost = sum(story.outcome in ("left", "nobody_came") for story in found)
    return {
        "entries": len(found),
        "answered": len(answered),
        "lost": lost,
        "lost_share": lost / len(found) if found else None,
        "wait_s": fmean(answered) if answered else None,
        "longest_s": max(answered, default=None),
    }


async def figures(centre: Centre, on: date | None, days: int) -> dict[str, Any]:
    """Raises StoreUnavailable."""
    return summary(stories(await _rows(centre, on, days)))


def _at(moment: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%Y-%m-%d %H:%M:%S}"


def _words(detail: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in detail.items())


@dataclass(frozen=True)
class Recorded:
    """A recorded day for the simulator, under the queue rules of a configuration."""

    people: list[Caller]
    named: Names
    rules: Rules
    rows: list[LogRow]
    midnight: float


def recorded(centre: Centre, on: date, peak: int | None, seed: int, ruled: Centre, targets: Targets) -> Recorded:
    """Its operators are of the centre's roster; `ruled` sets the rules. Raises StoreUnavailable, ConfigurationError."""
    rows, midnight = asyncio.run(day(centre, on))
    every = frozenset(story.queue for story in stories(rows)) | queues_of(read_flow(Places.of(centre).flow))
    staff = queue_rules.operators(roster.load(Places.of(centre).roster), every)
    _must_know(ruled.queue, every)
    people, named = replay.day(rows, midnight, peak, seed, staff, queue_rules.demands(ruled.queue).priority)
    return Recorded(people, named, queue_rules.rules(ruled.queue, targets), rows, midnight)


def _must_know(queue: Queue, known: frozenset[str]) -> None:
    """Raises ConfigurationError for a queue of the rules that neither the day nor the flow has."""
    to = [each.to for each in queue.overflow.values()]
    named = {"overflow": [*queue.overflow, *to], "priority": queue.priority, "storm.protect": queue.storm.protect}
    there = sorted(known - {""})
    if wrong := [
        f"queue.{key}: neither that day nor the flow has a queue {name}{nearest(name, there)}"
        for key, names in named.items()
        for name in names
        if name not in known
    ]:
        raise ConfigurationError(wrong)


def replayed(centre: Centre, on: datetime, peak: int | None, seed: int, rules: Centre | None = None) -> dict[str, Any]:
    """The recorded day's figures, and those of its replay under the queue rules of `rules`, else of the centre itself.
    Raises StoreUnavailable, ConfigurationError."""
    targets = read_standard(Places.of(centre).standards, centre.standard).targets
    found = recorded(centre, on.date(), peak, seed, rules or centre, targets)
    end = found.midnight + timedelta(days=1).total_seconds()
    mine = [story for story in stories(found.rows) if story.began < end]
    log = World(found.people, Crew.of(found.named), found.rules, seed).run(lambda *_: None)
    again = figures_of(found.people, log, targets)
    told = summary(mine) | {f"replayed_{name}": value for name, value in _figures(again.total).items()}
    for each in again.queues:
        stood = [story for story in mine if story.queue == each.queue]
        told |= {f"{each.queue}_{name}": value for name, value in summary(stood).items()}
        told |= {f"{each.queue}_replayed_{name}": value for name, value in _figures(each.figures).items()}
    return told


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "answered": figures.answered,
        "lost_share": figures.lost_share,
        "wait_s": figures.wait_s,
        "longest_s": figures.wait_max_s,
    }
