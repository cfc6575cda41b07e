"""Words that an engine says wrong, respelt for it. A table for each engine, read from pronunciation.yaml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ivr.domain.errors import ConfigurationError

ENGINES = ("espeak", "rhvoice")


_WORD = re.compile(r"[^\W_]+")

_ENTRY = re.compile(_WORD.pattern + r"\*?")


class Pronunciation:
    """Respells words whatever their case.

    An entry that ends in `*` respells the beginning of a word; a respelling that ends in `_` joins the next word.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = {word.lower(): respelt for word, respelt in words.items()}

    def apply(self, text: str) -> str:
        return _WORD.sub(lambda match: self._respelt(match[0]), text).replace("_ ", "")

    def _respelt(self, word: str) -> str:
        low = word.lower()
        if low in self._words:
            return self._words[low]
        for end in range(len(low), 0, -1):  # the longest beginning wins
            if (start := f"{low[:end]}*") in self._words:
                return self._words[start] + low[end:]
        return word


def load(path: Path | None, engine: str) -> Pronunciation:
    """The table of `engine`; empty without a file. Raises ConfigurationError with every mistake."""
    if path is None or not path.exists():
        return Pronunciation({})
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise ConfigurationError([f"{path}: not YAML: {error}"]) from error
    if not isinstance(raw, dict):
        raise ConfigurationError([f"{path}: must map engines ({', '.join(ENGINES)}) to words"])
    mistakes = [f"{path}: {key}: no such engine; {', '.join(ENGINES)}" for key in raw if key not in ENGINES]
    for name, words in raw.items():
        if not isinstance(words or {}, dict):
            mistakes.append(f"{path}: {name}: must map words to their respelling")
            continue
        mistakes += [
            f"{path}: {name}: {word}: must be one word (a * may end it) and its respelling"
            for word, respelt in (words or {}).items()
            if not (isinstance(word, str) and isinstance(respelt, str) and _ENTRY.fullmatch(word) and respelt.strip())
        ]
    if mistakes:
        raise ConfigurationError(mistakes)
    return Pronunciation(raw.get(engine) or {})
