"""The FastAGI server: Asterisk brings each call's dialogue here over one connection of its own.

It knows nothing of the centre: `handler` is the dialogue, of a caller in the centre or of a simulated one in the city.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from ivr.adapters.asterisk.agi_connection import AgiConnection
from ivr.domain.errors import CallerHungUp, PhoneFailed

__all__ = ["AgiConnection", "AgiServer", "Handler"]

log = structlog.get_logger()

Handler = Callable[[AgiConnection], Awaitable[None]]


class AgiServer:
    """Serves up to `max_calls` connections, each in a guarded task of its own; more are closed at once.

    A connection that is closed before its time sends Asterisk on in the dialplan, to the fallback. So does an error of
    the handler: it is logged once. header_timeout_s bounds the whole header block; command_timeout_s is the deadline
    of a command that names no other. Seconds.
    """

    def __init__(
        self,
        host: str,
        port: int,
        handler: Handler,
        *,
        max_calls: int,
        header_timeout_s: float,
        command_timeout_s: float,
    ) -> None:
        self._host = host
        self.port = port  # when 0 was asked for, start() puts the real one here
        self._handler = handler
        self._max_calls = max_calls
        self._header_timeout_s, self._command_timeout_s = header_timeout_s, command_timeout_s
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._count = 0
        self._accepting = False

    @property
    def calls(self) -> int:
        """Connections now open, refused ones not counted."""
        return len(self._calls)

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._accepting = True
        self._server = await asyncio.get_running_loop().create_server(
            lambda: AgiConnection(self._admit, self._command_timeout_s), self._host, self.port, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self, grace_s: float) -> None:
        """Listen no more; let the calls end by themselves for `grace_s` seconds, then close them."""
        self._accepting = False
        if self._server is not None:
            self._server.close()  # its wait_closed() differs from one Python to the next: the tasks below are ours
        if self._calls and grace_s > 0:
            log.info("agi_draining", calls=len(self._calls), grace_s=grace_s)
            await asyncio.wait(set(self._calls), timeout=grace_s)
        if left := set(self._calls):
            log.warning("agi_calls_cut", calls=len(left))
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    def _admit(self, connection: AgiConnection) -> None:
        if not self._accepting or len(self._calls) >= self._max_calls:
            connection.refuse()
            log.warning("agi_call_refused", calls=len(self._calls))
            return
        self._count += 1
        task = asyncio.get_running_loop().create_task(self._serve(connection), name=f"agi-{self._count}")
        self._calls.add(task)  # before it first runs: a stop sees every call
        task.add_done_callback(self._calls.discard)

    async def _serve(self, connection: AgiConnection) -> None:
        try:
            if await self._begin(connection):
                await self._handler(connection)
        except CallerHungUp:
            pass  # how calls end
        except Exception:
            uniqueid = connection.environment.get("agi_uniqueid", "")
            log.exception("agi_handler_failed", uniqueid=uniqueid)
        finally:
            await connection.close()

    async def _begin(self, connection: AgiConnection) -> bool:
        """Read the header. False: there was none to our liking, and the reason is logged."""
        try:
            async with asyncio.timeout(self._header_timeout_s):
                await connection.read_environment()
            return True
        except CallerHungUp:
            reason = "closed before its end"
        except TimeoutError:
            reason = f"not complete in {self._header_timeout_s:g} s"
        except PhoneFailed as error:
            reason = str(error)
        log.warning("agi_header_refused", reason=reason)
        return False
