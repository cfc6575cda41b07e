"""Logs: one structured line per fact. The call's trace id rides in a context variable. No personal data, ever."""

import contextlib
import logging
import re
import sys
import traceback
from types import TracebackType
from typing import TextIO, cast

import structlog

Raised = tuple[type[BaseException], BaseException, TracebackType | None]

_VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
"""What an error's own words may quote: a key, a row, a number that was dialled."""


def where(exc_info: Raised) -> str:
    """The traceback, where every error's words have their values taken out: those may be a caller's."""
    lines = []
    for line in traceback.TracebackException(*exc_info).format():
        told = not line.startswith("  ") and not line.startswith(("Traceback", "\n"))
        lines.append(_VALUES.sub("…", line) if told else line)
    return "".join(lines).rstrip()


class _Formatter(logging.Formatter):
    """For what libraries log."""

    def formatException(self, ei: object) -> str:
        return where(ei)  # type: ignore[arg-type]  # logging's own type allows for no error at all


class _Steady:
    """Standard error that never fails: a full disk under the log must not end a call."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return sys.stderr.write(text)
        return 0

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()


def configure(*, debug: bool = False) -> None:
    """JSON lines on standard error; readable ones when it is a terminal."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.ExceptionRenderer(where),
            structlog.dev.ConsoleRenderer()
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Steady())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(cast(TextIO, _Steady()))
    handler.setFormatter(_Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
