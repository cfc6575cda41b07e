"""What the commands `requests` and `news` show and do, on a real database and folder."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rich.console import Console
from rich.table import Table

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.pin import hashed, verifier
from ivr.config import Centre
from ivr.contact_report import add_news, counted, listed, news, remove_news
from ivr.domain.call import CallId, Contact, Result
from ivr.domain.errors import ConfigurationError


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    centre = Centre(home=tmp_path)
    (tmp_path / "var").mkdir()
    upgrade(centre.database_url)
    return centre


def shown(table: Table) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(table)
    text = console.file
    assert isinstance(text, StringIO)
    return text.getvalue()


async def test_contacts_are_listed_and_counted(centre: Centre) -> None:
    now = datetime.now(UTC)
    row = Contact(CallId("c"), 1, "+79990000001", "1", "balance", now, now, ended_at=now, result=Result.DONE)
    database = Database(centre.database_url, 10.0)
    await SqlCallLog(database).write([row])
    await database.close()
    assert "balance" in shown(await listed(centre, number="1"))
    assert "balance" not in shown(await listed(centre, number="2"))
    assert "done" in shown(await counted(centre))


def tone(path: Path, loud: float = 0.3) -> Path:
    soundfile.write(path, loud * np.sin(np.arange(16000) / 5), 8000, format="WAV")
    return path


async def test_a_file_becomes_a_piece_of_news_until_it_is_removed(centre: Centre, tmp_path: Path) -> None:
    file = tone(tmp_path / "new.WAV")
    number = await add_news(centre, file, date(2026, 1, 1), date(2999, 1, 1), "Своё")
    assert "Своё" in shown(await news(centre)) and "news-" in shown(await news(centre))
    kept = list((tmp_path / "var/announcements").glob("news-*.wav"))
    assert [path.read_bytes() for path in kept] == [file.read_bytes()]
    assert await remove_news(centre, number)
    assert not await remove_news(centre, number)
    assert "Своё" not in shown(await news(centre))


async def test_what_is_no_sound_is_refused(centre: Centre, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no sound file"):
        await add_news(centre, tmp_path / "news.doc", date(2026, 1, 1), None)
    broken = tmp_path / "news.wav"
    broken.write_bytes(b"x")
    with pytest.raises(ConfigurationError, match="cannot decode it"):
        await add_news(centre, broken, date(2026, 1, 1), None)
    with pytest.raises(ConfigurationError, match="nothing is to be heard"):
        await add_news(centre, tone(broken, loud=0.0), date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [(date(2999, 1, 2), date(2999, 1, 1), "before the first"), (date(2026, 1, 1), date(2026, 1, 2), "is over")],
)
async def test_news_that_nobody_would_hear_are_refused(
    centre: Centre, tmp_path: Path, first: date, last: date, why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why):
        await add_news(centre, tone(tmp_path / "news.wav"), first, last)


async def test_a_pin_is_known_by_its_hash_alone() -> None:
    verify = verifier(hashed("482913"))
    assert verify is not None
    assert await verify("482913") and not await verify("482914")
    assert verifier("") is None


def test_what_is_no_hash_is_told_before_anybody_calls() -> None:
    with pytest.raises(ConfigurationError, match="IVR_NEWS_PIN_HASH: no argon2 hash"):
        verifier("nonsense")


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "пин123", "111111", "123456", "987654"])
def test_a_poor_pin_is_refused(pin: str) -> None:
    with pytest.raises(ConfigurationError):
        hashed(pin)
