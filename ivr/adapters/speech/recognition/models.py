"""Speech models on the disk: where they lie, of which kind they are, whether they load."""

import asyncio
import os
import re
import sys
from asyncio import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from textwrap import shorten

from ivr.domain.errors import ConfigurationError

CHECK_S = 180.0
"""Deadline of loading a model for a trial: the large ones take most of a minute."""
LONGEST_REASON = 160
"""Characters of what a library says of a broken model."""
_MEGABYTE = 1_000_000
_TAG = re.compile(r"^\w+ \(\w*:[^)]*\)(:\S+\))? ?")
"""What vosk writes before its words: WARNING (VoskAPI:Recognizer():recognizer.cc:59)."""


class Kind(StrEnum):
    GRAMMAR = "grammar"
    OPEN = "open"
    ONNX = "onnx"
    UNKNOWN = "unknown"


GOOD_FOR = {
    Kind.GRAMMAR: "numbers, yes/no, menus: any words of its graph, chosen per question",
    Kind.OPEN: "open speech: topics in the caller's own words; its words cannot be chosen per question",
    Kind.ONNX: "open speech through sherpa-onnx (T-one for the telephone); its words cannot be chosen per question",
    Kind.UNKNOWN: "nothing: this is no model that vosk or sherpa-onnx loads",
}


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A folder with a model. `compiled`: made for this centre by `ivr speech compile`."""

    folder: Path
    kind: Kind
    compiled: bool

    @property
    def megabytes(self) -> float:
        """Of all its files; of a compiled one its acoustics are linked folders."""
        walked = os.walk(self.folder, followlinks=True)
        return sum(Path(place, name).stat().st_size for place, _, names in walked for name in names) / _MEGABYTE


def kind_of(folder: Path) -> Kind:
    """By vosk's own layouts: acoustics in am/final.mdl (or final.mdl), and a graph that takes a grammar at run time
    (HCLr.fst with Gr.fst) or one made for good (HCLG.fst); by sherpa-onnx's: tokens.txt beside *.onnx."""
    if (folder / "tokens.txt").is_file() and any(folder.glob("*.onnx")):
        return Kind.ONNX
    graph = folder / "graph" if (folder / "graph").is_dir() else folder
    if not ((folder / "am/final.mdl").is_file() or (folder / "final.mdl").is_file()):
        return Kind.UNKNOWN
    if (graph / "HCLr.fst").is_file():
        return Kind.GRAMMAR
    return Kind.OPEN if (graph / "HCLG.fst").is_file() else Kind.UNKNOWN


def words(folder: Path) -> frozenset[str]:
    """The words of a graph that takes a grammar. Raises ConfigurationError."""
    table = folder / "graph/words.txt"
    try:
        return frozenset(line.split()[0] for line in table.read_text(encoding="utf-8").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{table}: cannot be read: {error}"]) from error


def found(compiled: Path, *places: Path) -> list[SpeechModel]:
    """Every model by name; of two places with one name the earlier. A compiled copy comes before what it was made of,
    which stands in for it when it is broken."""
    came = {folder.name: folder for place in reversed(places) for folder in _folders(place)}
    made = [SpeechModel(folder, kind_of(folder), True) for folder in _folders(compiled)]
    there = [*made, *(SpeechModel(folder, kind_of(folder), False) for folder in came.values())]
    return sorted(there, key=lambda model: (model.folder.name, not model.compiled))


def _folders(place: Path) -> list[Path]:
    if not place.is_dir():
        return []
    return [folder for folder in place.iterdir() if folder.is_dir() and not folder.name.startswith(".")]


def preferred(models: Sequence[SpeechModel], name: str) -> list[SpeechModel]:
    """The model of this name, then the others that may stand in for it, the largest first. Raises ConfigurationError
    when there is none of the name, or none at all."""
    sizes: dict[str, float] = {}
    for model in models:
        sizes[model.folder.name] = max(model.megabytes, sizes.get(model.folder.name, 0.0))
    usable = sorted(
        (model for model in models if model.kind is not Kind.UNKNOWN),
        key=lambda model: -sizes[model.folder.name],  # as found within a name: the compiled copy first
    )
    named = [model for model in models if model.folder.name == name]
    if not usable or (name and not named):
        there = ", ".join(sizes) or "none"
        raise ConfigurationError([f"no speech model {name or 'at all'}; there are: {there}"])
    return named + [model for model in usable if model.folder.name != name]


def _complete(folder: Path) -> None:
    if kind_of(folder) is not Kind.UNKNOWN:
        return
    what = "the folder is not there"
    if folder.is_dir():
        acoustics = (folder / "am/final.mdl").is_file() or (folder / "final.mdl").is_file()
        what = f"the folder lacks {'its graph (graph/HCLr.fst)' if acoustics else 'its acoustics (am/final.mdl)'}"
    raise ConfigurationError([f"{folder}: no speech model: {what}"])


async def checked(folder: Path) -> None:
    """Load the model in a process of its own and let it hear a silence: a damaged one may take its process down with it
    (vosk 0.3.45 without its graph, sherpa-onnx without its metadata). Raises ConfigurationError naming the folder and
    what is wrong."""
    _complete(folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ivr.adapters.speech.recognition.trial", str(folder)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(CHECK_S):
            _, words = await process.communicate()
    except TimeoutError:
        raise ConfigurationError([f"{folder}: the model has not loaded in {CHECK_S:g} s"]) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        told = [_TAG.sub("", line).strip() for line in words.decode(errors="replace").splitlines() if line.strip()]
        how = f"code {process.returncode}" if process.returncode > 0 else f"signal {-process.returncode}"
        why = shorten(told[-1], LONGEST_REASON, placeholder=" …") if told else "no reason told"
        raise ConfigurationError([f"{folder}: the model does not load ({how}); copy it anew, or take it away: {why}"])
