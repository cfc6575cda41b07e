"""One call's FastAGI connection: commands out, replies in, hang-up as control flow."""

import asyncio
import math
import re
from collections import deque
from collections.abc import Callable, Mapping

from ivr.domain.errors import CallerHungUp, LineLost, PhoneFailed
from ivr.protocols.agi import AgiDecoder, AgiEvent, AgiReply, Environment, HungUp, command
from ivr.protocols.errors import ProtocolError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\([A-Za-z0-9_.,:/ -]*\))?")
_APPLICATION = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TRYING, _DONE, _DEAD, _USAGE = 100, 200, 511, 520
_TWO_WORDS = frozenset({"EXEC", "GET", "SET", "STREAM", "CONTROL", "SAY", "WAIT", "RECORD", "CHANNEL", "DATABASE"})
_MOST_UNREAD = 8  # events; Asterisk sends one reply a command


class AgiConnection(asyncio.Protocol):
    """What a handler gets. Made by AgiServer.

    command:     one at a time; a second one while the first runs is a mistake of ours (RuntimeError), because
                 Asterisk would break off the first without a reply. For the same reason a command that is
                 cancelled closes the connection: nobody could tell whose reply comes next.
    hung_up:     the channel is gone, or the connection is: every command raises CallerHungUp from now on.
    environment: the header block, complete before the handler starts. Personal data: never log it.
    """

    def __init__(self, opened: Callable[["AgiConnection"], None], command_timeout_s: float) -> None:
        self.environment: Mapping[str, str] = {}
        self._opened = opened
        self._command_timeout_s = command_timeout_s
        self._decoder = AgiDecoder()
        self._transport: asyncio.Transport | None = None
        self._unread: deque[AgiEvent] = deque()
        self._waiter: asyncio.Future[AgiEvent] | None = None
        self._busy = False
        self._trouble = ""
        self._lost = False
        self._hung_up = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def hung_up(self) -> bool:
        return self._hung_up.is_set()

    async def wait_hung_up(self) -> None:
        """Return when the caller is gone, also while no command runs."""
        await self._hung_up.wait()

    async def command(self, *words: str, timeout_s: float | None = None) -> AgiReply:
        """Send one command and give its reply (code 200). `timeout_s` None: the server's; math.inf: no deadline.

        Raises CallerHungUp when the caller is gone. Raises PhoneFailed when Asterisk refuses the command (510, 520),
        fails it on a living channel (result -1), or meets the deadline; after a deadline the connection is closed,
        since a late reply would answer the next command. Raises ValueError for words that may not be sent.
        """
        if self._busy:
            raise RuntimeError("an AGI command is still running")
        self._busy = True
        try:
            reply = await self._ask(words, timeout_s)
            if reply.result == 1 and words[0].upper() == "EXEC":
                # res_agi.c takes an application's 1 for "show usage": a 520 follows its reply.
                await self._reply(words, timeout_s, _USAGE)
            if reply.result == -1:
                # Hung up, or a file that is not there? Asterisk looks for a hang-up before it reads the next command
                # and says HANGUP before it answers that.
                await self._ask(("NOOP",), None)
                raise PhoneFailed(f"{_name(words)}: result -1 on a living channel")
            return reply
        finally:
            self._busy = False

    async def get_variable(self, name: str) -> str | None:
        """The channel's variable or dialplan function; None when it is not set."""
        reply = await self.command("GET", "VARIABLE", _checked(_VARIABLE, name))
        return reply.data if reply.result == 1 else None

    async def set_variable(self, name: str, value: str) -> None:
        """Raises ValueError when `value` holds `${` or `$[`, which a later dialplan line might evaluate."""
        await self.command("SET", "VARIABLE", _checked(_VARIABLE, name), _inert(value))

    async def execute(self, application: str, *arguments: str, timeout_s: float | None = None) -> AgiReply:
        """Run a dialplan application. Raises PhoneFailed when Asterisk has no such application.

        Raises ValueError when an argument holds a comma, `${` or `$[`.
        """
        if any("," in argument for argument in arguments):
            raise ValueError(f"an argument of {application} has a comma")
        line = ",".join(_inert(argument) for argument in arguments)
        words = ("EXEC", _checked(_APPLICATION, application), *([line] if arguments else []))
        reply = await self.command(*words, timeout_s=timeout_s)
        if reply.result == -2:
            raise PhoneFailed(f"EXEC {application}: Asterisk has no such application")
        return reply

    async def read_environment(self) -> None:
        """Wait for the header block. Raises CallerHungUp at an early end, PhoneFailed for what is no header."""
        event = await self._next()
        assert isinstance(event, Environment)
        self.environment = event.values

    async def close(self, grace_s: float = 1.0) -> None:
        """Close, giving what is written `grace_s` seconds to leave."""
        assert self._transport is not None
        self._transport.close()
        try:
            async with asyncio.timeout(grace_s):
                await self._closed.wait()
        except TimeoutError:
            pass
        finally:
            self._transport.abort()

    def refuse(self) -> None:
        """Close at once; the server does, when it has enough calls."""
        assert self._transport is not None
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        try:
            events = self._decoder.receive_data(data)
        except ProtocolError as error:
            self._break(str(error))
            return
        for event in events:
            if isinstance(event, HungUp):
                self._end()
            elif self._waiter is not None and not self._waiter.done():
                self._waiter.set_result(event)
            elif not self.hung_up:  # replies of a dead channel interest nobody
                self._unread.append(event)
        if len(self._unread) > _MOST_UNREAD:
            self._break("replies to no command")

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = not self.hung_up  # Asterisk says HANGUP before it closes
        self._end()
        self._closed.set()

    def _end(self) -> None:
        self._hung_up.set()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(self._reason())

    def _break(self, trouble: str) -> None:
        """Give the connection up: Asterisk goes on in the dialplan."""
        self._trouble = self._trouble or trouble
        self._end()
        assert self._transport is not None
        self._transport.abort()

    def _reason(self) -> Exception:
        if self._trouble:
            return PhoneFailed(self._trouble)
        return LineLost() if self._lost else CallerHungUp()

    async def _next(self) -> AgiEvent:
        if self._unread:
            return self._unread.popleft()
        if self.hung_up:
            raise self._reason()
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            return await self._waiter
        finally:
            self._waiter = None

    async def _ask(self, words: tuple[str, ...], timeout_s: float | None) -> AgiReply:
        line = command(*words)
        if self._unread and not self.hung_up:
            self._break("a reply to no command")
        if self.hung_up:
            raise self._reason()
        assert self._transport is not None
        self._transport.write(line)
        return await self._reply(words, timeout_s, _DONE)

    async def _reply(self, words: tuple[str, ...], timeout_s: float | None, expected: int) -> AgiReply:
        seconds = self._command_timeout_s if timeout_s is None else timeout_s
        try:
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                while isinstance(reply := await self._next(), AgiReply) and reply.code == _TRYING:
                    pass
        except TimeoutError:
            self._break(f"{_name(words)}: no reply in {seconds:g} s")
            raise self._reason() from None
        except asyncio.CancelledError:
            self._break(f"{_name(words)}: given up")
            raise
        assert isinstance(reply, AgiReply)
        if reply.code == _DEAD:
            self._end()
            raise CallerHungUp
        if reply.code != expected:
            raise PhoneFailed(f"{_name(words)}: {reply.code} {'wrong usage' if reply.code == _USAGE else reply.data}")
        return reply


def _name(words: tuple[str, ...]) -> str:
    """The command without its values, which may be personal."""
    return " ".join(words[:2]) if words[0].upper() in _TWO_WORDS else words[0]


def _checked(pattern: re.Pattern[str], name: str) -> str:
    if not pattern.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a variable or an application")
    return name


def _inert(value: str) -> str:
    if "${" in value or "$[" in value:
        raise ValueError("a value holds ${ or $[, which Asterisk's dialplan might evaluate")
    return value
