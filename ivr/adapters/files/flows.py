"""The flow in its files: loaded, held to the standard on its real sounds, watched for edits while the centre runs."""

import asyncio
import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from ivr.adapters.files.holidays import read_calendar
from ivr.adapters.files.kept_flow import keep, kept, original
from ivr.adapters.speech import SystemVoice
from ivr.dialogue import limits
from ivr.dialogue.flow import Flow
from ivr.dialogue.loader import load
from ivr.dialogue.model import Fact
from ivr.dialogue.source import nearest
from ivr.dialogue.standards_file import load_standards
from ivr.dialogue.week import parse_week
from ivr.dialogue.wording import timetable
from ivr.domain.errors import ConfigurationError, PhoneFailed
from ivr.domain.hours import Calendar
from ivr.domain.standards import Standard

log = structlog.get_logger()

Stamp = tuple[int, int]
"""When a file was written (ns), and its size."""


def read_standards(path: Path) -> Mapping[str, Standard]:
    """Every standard by its name. Raises ConfigurationError."""
    return load_standards(_text(path), str(path))


def read_standard(path: Path, name: str) -> Standard:
    """The standard in force. Raises ConfigurationError."""
    standards = read_standards(path)
    if name not in standards:
        raise ConfigurationError([f"{path}: no standard '{name}'; there are: {', '.join(standards)}"])
    return standards[name]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: cannot be read: {error}"]) from error


def read_flow(path: Path) -> Flow:
    """The flow of a file and of those it inherits from. Raises ConfigurationError."""
    return load(_text(path), str(path), _read)


def _read(file: str, named: str) -> tuple[str, str]:
    """The file that `file` extends, named from its folder."""
    path = Path(os.path.normpath(Path(file).parent / named))
    return path.read_text(encoding="utf-8"), str(path)


class FlowFile:
    """`facts` stand for a caller's when the texts are measured. What config.yaml adds to the flow:

    hours:    operators' hours by queue (queue → days → spans), instead of the flow's own.
    lines:    lines of their own: number → the name of one of the flow's `lines`.
    holidays: the file of dates that differ; None: every date is like its weekday.

    Loaded first, then watched: what is edited between the two is seen. `kept` is the folder of a copy of the last good
    flow and its dates.
    """

    def __init__(
        self,
        path: Path,
        standard: Standard,
        voice: SystemVoice,
        facts: Mapping[str, Fact],
        hours: Mapping[str, Mapping[str, str]] | None = None,
        lines: Mapping[str, str] | None = None,
        holidays: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        kept: Path | None = None,
    ) -> None:
        self._path = path
        self._standard = standard
        self._voice = voice
        self._facts = facts
        self._hours = hours or {}
        self._lines = lines or {}
        self._holidays = holidays
        self._clock = clock
        self._kept = kept
        self._files: tuple[Path, ...] = (path,)
        self._seen: dict[Path, Stamp] = {}

    async def load(self, progress: Callable[[int, int], None] | None = None) -> Flow:
        """Read, check and render. Raises ConfigurationError with every mistake found."""
        before = self._seen = self._stamps()  # before reading: an edit made meanwhile is another one
        flow = read_flow(self._path)
        self._made_of(map(Path, flow.files), before)
        flow = await self._checked(flow, self._holidays, progress)
        if self._kept is not None:
            keep([file for file in self._watched() if file.exists()], self._kept)
        return flow

    async def load_or_kept(self, progress: Callable[[int, int], None] | None = None) -> Flow:
        """As `load`; where a file is wrong, the last good flow: an engine that comes back at night must take calls,
        whatever was being edited. Raises ConfigurationError when there is none."""
        try:
            return await self.load(progress)
        except ConfigurationError as error:
            folder = self._kept
            if folder is None or (main := kept(self._path, folder)) is None:
                raise
            for mistake in error.mistakes:
                log.error("flow_refused", mistake=mistake, instead=str(main))
            flow = read_flow(main)
            self._made_of([original(Path(file), folder) for file in flow.files], self._seen)
            return await self._checked(flow, self._holidays and kept(self._holidays, folder), progress)

    def _made_of(self, files: Iterable[Path], before: Mapping[Path, Stamp]) -> None:
        """From now on these files are watched; what was seen of them `before` holds."""
        self._files = tuple(files)
        self._seen = {file: before.get(file, stamp) for file, stamp in self._stamps().items()}

    async def _checked(self, flow: Flow, holidays: Path | None, progress: Callable[[int, int], None] | None) -> Flow:
        flow = self._with_hours(flow, holidays)
        facts = {"timetable": max(map(timetable, flow.queues.values()), key=len, default=""), **self._facts}
        words = limits.phrases(flow, facts)
        try:
            await self._voice.prerender(words, progress)
            lengths = {phrase: await self._voice.seconds(phrase) for phrase in words}
        except PhoneFailed as error:
            raise ConfigurationError([f"{self._path}: {error}"]) from error
        if mistakes := limits.check(flow, self._standard, lengths.__getitem__, facts):
            raise ConfigurationError(mistakes)
        return flow

    def _with_hours(self, flow: Flow, holidays: Path | None) -> Flow:
        """The flow with its queues' dates and config.yaml's hours; its lines must be those that numbers lead to."""
        mistakes = []
        for number, line in self._lines.items():
            if line not in flow.entries:
                remedy = nearest(line, flow.entries) or "; name one under its 'lines'"
                mistakes.append(f"lines.{number}: the flow has no line '{line}'{remedy}")
        queues = dict(flow.queues)
        for queue, written in self._hours.items():
            if queue not in flow.queues:
                mistakes.append(f"hours.{queue}: the flow has no such queue; it has: {', '.join(flow.queues)}")
            try:
                queues[queue] = parse_week(written)
            except ValueError as error:
                mistakes.append(f"hours.{queue}: {error}")
        calendar = Calendar()
        if holidays is not None:
            try:
                calendar = read_calendar(holidays, self._clock().year)
            except ConfigurationError as error:
                mistakes += error.mistakes
            mistakes += [
                f"{holidays}: the flow has no queue '{queue}'" + nearest(queue, flow.queues)
                for queue in calendar.own
                if queue not in flow.queues
            ]
        if mistakes:
            raise ConfigurationError(mistakes)
        return dataclasses.replace(flow, queues={name: calendar.of(name, week) for name, week in queues.items()})

    async def watch(self, publish: Callable[[Flow], None], every_s: float = 1.0) -> None:
        """Publish each new version of it, until cancelled. A wrong one is refused: the old one stays in force."""
        while True:
            await asyncio.sleep(every_s)
            if self._stamps() == self._seen:
                continue
            try:
                publish(await self.load())
            except ConfigurationError as error:
                for mistake in error.mistakes:
                    log.error("flow_refused", mistake=mistake)
            except Exception as error:
                # The one guard of a periodic job: no edit may take the engine and its callers along.
                log.error("flow_refused", mistake=f"{self._path}: {type(error).__name__}", exc_info=error)

    def _watched(self) -> list[Path]:
        return [file for file in (*self._files, self._holidays) if file is not None]

    def _stamps(self) -> dict[Path, Stamp]:
        return {file: _stamp(file) for file in self._watched()}


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)
