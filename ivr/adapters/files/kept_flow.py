"""A copy of the last good flow, with all the files it is made of: what an engine starts on while the flow is broken."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import structlog

log = structlog.get_logger()

TOP = "kept-from"
"""In the copy's folder: the folder that the copied paths are relative to."""


def keep(files: Sequence[Path], folder: Path) -> None:
    """Replace the copy by these files. A full disk costs the copy, not the flow."""
    files = [file.absolute() for file in files]
    top = Path(os.path.commonpath([file.parent for file in files]))
    new = folder.with_suffix(".new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        for file in files:
            target = new / file.relative_to(top)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        (new / TOP).write_text(str(top), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    except OSError as error:
        log.warning("flow_not_kept", reason=str(error))


def kept(file: Path, folder: Path) -> Path | None:
    """The copy of `file`; None when there is none."""
    try:
        top = (folder / TOP).read_text(encoding="utf-8")
        copy = folder / file.absolute().relative_to(top)
    except (OSError, ValueError):
        return None
    return copy if copy.exists() else None


def original(copy: Path, folder: Path) -> Path:
    """The file that `copy` was made of. Raises OSError when the copy is gone."""
    return Path((folder / TOP).read_text(encoding="utf-8")) / copy.relative_to(folder)
