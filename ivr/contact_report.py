"""`ivr requests`, `ivr audit`, `ivr news`: what contacts left, who looked at what, and recorded news as files."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.table import Table

from ivr.adapters.db.announcements import SqlAnnouncements
from ivr.adapters.db.contacts import SqlContacts
from ivr.adapters.files.announcements import AnnouncementFolder
from ivr.config import Centre
from ivr.domain.errors import ConfigurationError
from ivr.places import Places
from ivr.records import records
from ivr.service.announcements import Announcement


async def listed(centre: Centre, number: str = "", topic: str = "", days: int = 30, limit: int = 100) -> Table:
    """The newest matters of calls: of an account's or a caller's number, of a topic. Raises StoreUnavailable."""
    zone, since = ZoneInfo(centre.timezone), datetime.now(UTC) - timedelta(days=days)
    async with records(centre) as database:
        found = await SqlContacts(database).find(number=number, topic=topic, since=since, limit=limit)
    table = Table("began", "from", "account", "topic", "result", "detail", "seconds")
    for row in found:
        lasted = f"{(row.ended_at - row.began_at).total_seconds():.0f}" if row.ended_at else ""
        began = f"{row.began_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        table.add_row(began, row.caller, row.account, row.topic, row.result.value, row.detail, lasted)
    return table


async def counted(centre: Centre, days: int = 30) -> Table:
    """How many matters of each topic came out how, in the last `days`. Raises StoreUnavailable."""
    async with records(centre) as database:
        counts = await SqlContacts(database).report(datetime.now(UTC) - timedelta(days=days))
    table = Table("topic", "result", "count")
    for (topic, result), count in sorted(counts.items()):
        table.add_row(topic, result.value, str(count))
    return table


async def audited(centre: Centre, number: str = "", days: int = 30, limit: int = 100) -> Table:
    """The newest looks at personal data and tries to prove an account: all, or of one account. Raises
    StoreUnavailable."""
    zone, since = ZoneInfo(centre.timezone), datetime.now(UTC) - timedelta(days=days)
    async with records(centre) as database:
        found = await SqlContacts(database).looks(subject=number, since=since, limit=limit)
    table = Table()
    for name in ("at", "who", "did", "about", "result", "call"):
        table.add_column(name, overflow="fold")  # a name that is cut short names nothing
    for row in found:
        at = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        table.add_row(at, row.actor, row.action, row.subject, row.result, row.call_id)
    return table


async def add_news(centre: Centre, file: Path, first: date, last: date | None, title: str = "") -> int:
    """Publish a sound file as a piece of news from `first` to `last` (None: until it is removed); gives its number.

    `title` is said should the file be gone. Raises ConfigurationError, OSError, StoreUnavailable."""
    zone = ZoneInfo(centre.timezone)
    if last is not None and last < first:
        raise ConfigurationError([f"the last day, {last}, is before the first, {first}; correct one of them"])
    if last is not None and last < datetime.now(zone).date():
        raise ConfigurationError([f"the last day, {last}, is over; nobody would hear it"])
    places = Places.of(centre)
    places.make()
    sound = AnnouncementFolder(places.announcements).take_in(file)
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
    async with records(centre) as database:
        return await SqlAnnouncements(database).publish(
            Announcement(sound, datetime.now(UTC), begins, ends, title, "file")
        )


async def remove_news(centre: Centre, number: int) -> bool:
    """Take a piece of recorded news back; False when there is none of this number. Raises StoreUnavailable."""
    async with records(centre) as database:
        return await SqlAnnouncements(database).withdraw(number)


async def news(centre: Centre) -> Table:
    """Recorded news that are or will be in force. Raises StoreUnavailable."""
    zone = ZoneInfo(centre.timezone)
    async with records(centre) as database:
        standing = await SqlAnnouncements(database).standing(datetime.now(UTC))
    table = Table("number", "from", "until", "author", "title", "file")
    for item in standing:
        until = f"{item.valid_until.astimezone(zone) - timedelta(minutes=1):%Y-%m-%d %H:%M}" if item.valid_until else ""
        begins = f"{item.valid_from.astimezone(zone):%Y-%m-%d %H:%M}"
        table.add_row(str(item.id), begins, until, item.author, item.title, item.sound)
    return table
