"""The longest words that a supplier's lists bring into a call: the standard's seconds are held with them too."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from ivr.adapters.db.engine import Database
from ivr.adapters.db.supply import SqlSupply
from ivr.adapters.speech.voice import SystemVoice
from ivr.config import Centre
from ivr.dialogue.model import Fact
from ivr.dialogue.wording import timetable
from ivr.domain.customer import CustomerKind
from ivr.domain.errors import ConfigurationError, StoreUnavailable
from ivr.live_flow import flow_file

PATIENCE_S = 5.0


async def too_long(centre: Centre, voice: SystemVoice) -> list[str]:
    """Where words of the lists last longer than the standard allows: shorten them there, or the flow's words around
    them. Nothing while there is no database."""
    if not _there(centre.database_url):
        return []
    database = Database(centre.database_url, PATIENCE_S)
    try:
        facts = await _longest(SqlSupply(database))
    except StoreUnavailable:
        return []
    finally:
        await database.close()
    try:
        await flow_file(centre, voice, facts=facts).load()
    except ConfigurationError as error:
        return [f"with the longest words of `ivr supply`: {mistake}" for mistake in error.mistakes]
    return []


def _there(url: str) -> bool:
    """Looking must not make a database."""
    place = make_url(url)
    return place.get_backend_name() != "sqlite" or Path(place.database or "").is_file()


async def _longest(supply: SqlSupply) -> Mapping[str, Fact]:
    offices = [(each.name, each.address, timetable(each.week)) for each in await supply.all_offices()]
    facts: dict[str, Fact] = {}
    if offices:
        longest = max(offices, key=lambda told: len("".join(told)))
        facts |= zip(("office_name", "office_address", "office_hours"), longest, strict=True)
    if advice := max([await supply.how_to_pay(kind) for kind in CustomerKind], key=len):
        facts["pay_how"] = advice
    outages = await supply.all_outages(datetime.now(UTC))
    if why := max((each.text.rstrip(". ") for each in outages), key=len, default=""):
        facts["outage_why"] = why
    return facts
