"""The flow in its file: loaded, held to the standard on its real sounds, watched for edits while the centre runs."""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from ivr.adapters.speech import SystemVoice
from ivr.dialogue import limits
from ivr.dialogue.flow import Flow
from ivr.dialogue.loader import load
from ivr.dialogue.model import Fact
from ivr.dialogue.standards_file import load_standards
from ivr.dialogue.week import parse_week
from ivr.domain.errors import ConfigurationError, PhoneFailed
from ivr.domain.hours import Week
from ivr.domain.standards import Standard

log = structlog.get_logger()


def read_standard(path: Path, name: str) -> Standard:
    """The standard in force. Raises ConfigurationError."""
    standards = load_standards(_text(path), str(path))
    if name not in standards:
        raise ConfigurationError([f"{path}: no standard '{name}'; there are: {', '.join(standards)}"])
    return standards[name]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: cannot be read: {error}"]) from error


def _flow_text(path: Path) -> str:
    """As `_text`; a standard without a flow is told which have one."""
    if not path.exists():
        there = sorted(other.parent.name for other in path.parent.parent.glob("*/main.yaml"))
        raise ConfigurationError(
            [f"{path}: cannot be read: no such flow; standards that have one here: {', '.join(there) or 'none'}"]
        )
    return _text(path)


def _keep(text: str, path: Path) -> None:
    """Replace the copy at once. A full disk costs the copy, not the flow."""
    part = path.with_suffix(".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        log.warning("flow_not_kept", reason=str(error))


class FlowFile:
    """`facts` stand for a caller's when the texts are measured; `hours` (queue → days → spans) go before the flow's.

    Loaded first, then watched: what is edited between the two is seen. `kept` holds a copy of the last good flow.
    """

    def __init__(
        self,
        path: Path,
        standard: Standard,
        voice: SystemVoice,
        facts: Mapping[str, Fact],
        hours: Mapping[str, Mapping[str, str]] | None = None,
        kept: Path | None = None,
    ) -> None:
        self._path = path
        self._standard = standard
        self._voice = voice
        self._facts = facts
        self._hours = hours or {}
        self._kept = kept
        self._seen = (0, 0)

    async def load(self, progress: Callable[[int, int], None] | None = None) -> Flow:
        """Read, check and render. Raises ConfigurationError with every mistake found."""
        self._seen = self._stamp()  # before reading: an edit made meanwhile is another one
        text = _flow_text(self._path)
        flow = await self._checked(text, self._path, progress)
        if self._kept is not None:
            _keep(text, self._kept)
        return flow

    async def load_or_kept(self, progress: Callable[[int, int], None] | None = None) -> Flow:
        """As `load`; where the file is wrong, the last good flow: an engine that comes back at night must take calls,
        whatever was being edited. Raises ConfigurationError when there is none."""
        try:
            return await self.load(progress)
        except ConfigurationError as error:
            if self._kept is None or not self._kept.exists():
                raise
            for mistake in error.mistakes:
                log.error("flow_refused", mistake=mistake, instead=str(self._kept))
            return await self._checked(_text(self._kept), self._kept, progress)

    async def _checked(self, text: str, path: Path, progress: Callable[[int, int], None] | None) -> Flow:
        flow = self._with_hours(load(text, str(path)))
        words = limits.phrases(flow, self._facts)
        try:
            await self._voice.prerender(words, progress)
            lengths = {phrase: await self._voice.seconds(phrase) for phrase in words}
        except PhoneFailed as error:
            raise ConfigurationError([f"{path}: {error}"]) from error
        if mistakes := limits.check(flow, self._standard, lengths.__getitem__, self._facts):
            raise ConfigurationError(mistakes)
        return flow

    def _with_hours(self, flow: Flow) -> Flow:
        own: dict[str, Week] = {}
        mistakes = []
        for queue, written in self._hours.items():
            if queue not in flow.queues:
                mistakes.append(f"hours.{queue}: the flow has no such queue; it has: {', '.join(flow.queues)}")
            try:
                own[queue] = parse_week(written)
            except ValueError as error:
                mistakes.append(f"hours.{queue}: {error}")
        if mistakes:
            raise ConfigurationError(mistakes)
        return dataclasses.replace(flow, queues={**flow.queues, **own})

    async def watch(self, publish: Callable[[Flow], None], every_s: float = 1.0) -> None:
        """Publish each new version of the file, until cancelled. A wrong one is refused: the old one stays in force."""
        while True:
            await asyncio.sleep(every_s)
            if self._stamp() == self._seen:
                continue
            try:
                publish(await self.load())
            except ConfigurationError as error:
                for mistake in error.mistakes:
                    log.error("flow_refused", mistake=mistake)
            except Exception as error:
                # The one guard of a periodic job: no edit may take the engine and its callers along.
                log.error("flow_refused", mistake=f"{self._path}: {type(error).__name__}", exc_info=error)

    def _stamp(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except OSError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_size)
