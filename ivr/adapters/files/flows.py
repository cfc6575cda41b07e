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


class FlowFile:
    """`facts` stand for a caller's when the texts are measured; `hours` (queue → days → spans) go before the flow's.

    Loaded first, then watched: what is edited between the two is seen.
    """

    def __init__(
        self,
        path: Path,
        standard: Standard,
        voice: SystemVoice,
        facts: Mapping[str, Fact],
        hours: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._path = path
        self._standard = standard
        self._voice = voice
        self._facts = facts
        self._hours = hours or {}
        self._seen = (0, 0)

    async def load(self, progress: Callable[[int, int], None] | None = None) -> Flow:
        """Read, check and render. Raises ConfigurationError with every mistake found."""
        self._seen = self._stamp()  # before reading: an edit made meanwhile is another one
        flow = self._with_hours(load(_text(self._path), str(self._path)))
        words = limits.phrases(flow, self._facts)
        try:
            await self._voice.prerender(words, progress)
            lengths = {phrase: await self._voice.seconds(phrase) for phrase in words}
        except PhoneFailed as error:
            raise ConfigurationError([f"{self._path}: {error}"]) from error
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
