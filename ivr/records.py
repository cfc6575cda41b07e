"""The centre's database, as commands read it: opened for one piece of work, told in words where it is not there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from ivr.adapters.db.engine import Database
from ivr.config import Centre
from ivr.domain.errors import ConfigurationError

PATIENCE_S = 60.0


@asynccontextmanager
async def records(centre: Centre) -> AsyncIterator[Database]:
    """Closed on the way out. Raises ConfigurationError when no centre has ever made it."""
    _must_be_there(centre)
    database = Database(centre.database_url, PATIENCE_S)
    try:
        yield database
    finally:
        await database.close()


def _must_be_there(centre: Centre) -> None:
    place = make_url(centre.database_url)
    if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
        raise ConfigurationError([f"there is no database yet: {place.database}; start the centre, which makes it"])
