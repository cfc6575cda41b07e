"""Makes our own acoustic model ready for the words of one centre: its sounds as they ship, its graph made anew.

The shipped folder is never written to: what is compiled lies in a folder of the centre's, with the acoustics linked.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.adapters.speech import vosk_graph
from ivr.adapters.speech.letter_to_sound import STRESS
from ivr.adapters.speech.lexicon import said
from ivr.domain.errors import ConfigurationError

_WORD = re.compile(rf"[а-яё{STRESS}]+")
_SLOT = re.compile(r"\{[^}]*\}")
ACOUSTICS = ("am", "conf")
_COSTS = "costs.json"
_NEEDED = (_COSTS, "am/final.mdl", "conf/model.conf", "conf/fbank.conf")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A folder that vosk loads. `silent` are words that nobody can say, left out."""

    folder: Path
    words: int
    silent: tuple[str, ...]


def words_of(texts: Iterable[str]) -> list[str]:
    """Every Russian word of the texts once, in lower case, in order; slots like {name} are no words."""
    found: dict[str, None] = {}
    for text in texts:
        found |= dict.fromkeys(_WORD.findall(_SLOT.sub(" ", text.lower())))
    return list(found)


def listed(path: Path) -> list[str]:
    """The words of a list, one a line, those too that nobody can say; what follows # is left out. Raises
    ConfigurationError."""
    try:
        told = path.read_bytes()
        lines = told.decode("utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error}"]) from error
    except UnicodeDecodeError as error:
        line = told[: error.start].count(b"\n") + 1
        raise ConfigurationError([f"{path}, line {line}: is not UTF-8; save the list as UTF-8"]) from error
    words = [word for line in lines for word in line.partition("#")[0].split()]
    return list(dict.fromkeys(known for word in words for known in words_of([word]) or [word]))


def pronounced(words: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """How the words are said. One whose stress somebody has written down counts so, though it comes without it too."""
    told = sorted(said(words).items(), key=lambda entry: STRESS in entry[0])
    return {word.replace(STRESS, ""): ways for word, ways in told}


def compiled(model: Path, folder: Path, words: Iterable[str]) -> Compiled:
    """Writes `folder` from the acoustics of `model`, which it replaces whole: calls on the old one are not disturbed.

    Raises ConfigurationError when `model` is no model of ours, or espeak-ng is missing.
    """
    _must_be_ours(model)
    costs = _costs(model)
    wanted = list(dict.fromkeys(words))
    pronunciations = pronounced(wanted)
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for part in ACOUSTICS:
        (beside / part).symlink_to(os.path.relpath(model / part, folder.parent / folder.name))
    vosk_graph.write(beside / "graph", pronunciations, costs)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
    silent = tuple(word for word in wanted if word.replace(STRESS, "") not in pronunciations)
    return Compiled(folder, len(pronunciations), silent)


def _must_be_ours(model: Path) -> None:
    if lacking := [name for name in _NEEDED if not (model / name).is_file()]:
        why = f"the folder lacks {', '.join(lacking)}" if model.is_dir() else "there is no such folder"
        raise ConfigurationError([f"{model}: no model of ours: {why}"])


def _costs(model: Path) -> vosk_graph.Costs:
    told = model / _COSTS
    try:
        return vosk_graph.Costs(**json.loads(told.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError([f"{told}: cannot be read: {error}"]) from error
