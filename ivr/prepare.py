"""What must be there before the first call: folders, the database with its sample, every sound that can be made."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.files import quiet
from ivr.adapters.files.sample import load_sample
from ivr.adapters.speech import SystemVoice, render_fixed
from ivr.config import Centre
from ivr.live_flow import flow_file
from ivr.places import Places, voice_settings
from ivr.service.calls import APOLOGY

Progress = Callable[[str, int, int], None]
"""What is being made, how much of it is done, of how much."""

SAMPLE_TIMEOUT_S = 30.0

FIXED = {
    "notice": "Здравствуйте! Все разговоры записываются.",
    "lost": APOLOGY.text,
    "hold": "Оставайтесь, пожалуйста, на линии.",
    "away": "Соединяю вас со специалистом, оставайтесь, пожалуйста, на линии.",
    "warning": "Пожалуйста, говорите вежливо. Иначе разговор будет завершён.",
    "abuse": "Разговор завершён из-за недопустимых выражений. До свидания.",
    "nobody": "К сожалению, сейчас никто из операторов не может ответить. Перезвоните, пожалуйста, позже. До свидания!",
}
"""Said by the dialplan itself when the engine is not there (dialplans/asterisk/extensions.conf.j2)."""


async def prepare(centre: Centre, progress: Progress) -> None:
    """Make what is missing; a second time takes moments. Raises ConfigurationError, PhoneFailed, OSError."""
    places = Places.of(centre)
    places.make()
    progress("database", 0, 1)
    await asyncio.to_thread(upgrade, centre.database_url)
    if centre.sample:
        database = Database(centre.database_url, SAMPLE_TIMEOUT_S)
        try:
            await load_sample(database, datetime.now(UTC), ZoneInfo(centre.timezone))
        finally:
            await database.close()
    progress("database", 1, 1)
    if not (music := places.music / "waiting.wav").exists():
        from ivr.adapters.speech.music import write_music

        progress("music", 0, 1)
        await asyncio.to_thread(write_music, music)
        progress("music", 1, 1)
    quiet.make(places.quiet)
    voice = SystemVoice(voice_settings(centre))
    try:
        await render_fixed(voice, FIXED, places.fixed, lambda done, of: progress("sounds", done, of))
        await flow_file(centre, voice, places.kept_flow).load_or_kept(lambda done, of: progress("sounds", done, of))
    finally:
        await voice.close()
