"""The words that callers of this centre may say: those that every centre hears, its flow's, its places and people."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.db.spoken import spoken_texts
from ivr.adapters.speech.vosk_compile import listed, words_of
from ivr.config import Centre
from ivr.dialogue.derive import MAX_FILES
from ivr.dialogue.understanding import grammar
from ivr.domain.errors import ConfigurationError
from ivr.hearing import SHIPPED
from ivr.places import Places

PATIENCE_S = 60.0
EVERYWHERE = Path("asr_models/words.txt")


async def words_in_use(centre: Centre, more: Sequence[Path] = ()) -> list[str]:
    """`more` are lists of words, one a line. Raises ConfigurationError, StoreUnavailable."""
    own = centre.path(EVERYWHERE)
    everywhere = own if own.is_file() else SHIPPED / EVERYWHERE.name
    words = [word for path in (everywhere, *more) for word in listed(path)]
    for flow in _flows(Places.of(centre).flow):
        words += words_of(_texts(flow))
    words += grammar.vocabulary()
    await asyncio.to_thread(upgrade, centre.database_url)
    database = Database(centre.database_url, PATIENCE_S)
    try:
        words += words_of(await spoken_texts(database))
    finally:
        await database.close()
    return list(dict.fromkeys(words))


def _flows(path: Path) -> Iterator[Any]:
    """The flow's file and those it inherits from."""
    for _ in range(MAX_FILES):
        yield (flow := _flow(path))
        above = flow.get("extends") if isinstance(flow, dict) else None
        if not isinstance(above, str):
            return
        path = path.parent / above


def _flow(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError([f"{path}: cannot be read: {error}"]) from error


def _texts(value: Any) -> Iterator[str]:
    """Every text of the flow, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
