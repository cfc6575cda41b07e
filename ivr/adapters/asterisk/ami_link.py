"""The control link to Asterisk: it holds one AMI connection, comes back when it is lost, and never sends twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import structlog

from ivr.adapters.asterisk.ami_connection import AmiAction, AmiConnection
from ivr.adapters.asterisk.ami_events import WANTED_EVENTS, Event, parse
from ivr.domain.errors import IvrError, LinkDown, PhoneFailed
from ivr.protocols.ami import Fields, Message

log = structlog.get_logger()


class _LoginRefused(LinkDown):
    """Asterisk is there, and does not let us in: a mistake of configuration."""


class AmiLink:
    """AMI with deadlines, typed events and one reconciliation after each (re)connect.

    Times are in seconds. action_timeout_s bounds each step: connect, login, one action. `filters` names the events
    wanted from this link; manager.conf keeps the others in Asterisk (ami_events.filter_lines), here they are dropped.
    keepalive_s is the pause between Pings, which find a peer that died without closing; boot_timeout_s how long a
    starting Asterisk may take to load its modules.
    """

    def __init__(
        self,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        action_timeout_s: float,
        reconnect_first_s: float,
        reconnect_cap_s: float,
        filters: Sequence[str] = WANTED_EVENTS,
        keepalive_s: float = 10.0,
        boot_timeout_s: float = 60.0,
    ) -> None:
        self._host, self._port = host, port
        self._username, self._secret = username, secret
        self._action_timeout_s = action_timeout_s
        self._reconnect_first_s, self._reconnect_cap_s = reconnect_first_s, reconnect_cap_s
        self._keepalive_s, self._boot_timeout_s = keepalive_s, boot_timeout_s
        self._wanted = frozenset(filters)
        self._connection: AmiConnection | None = None
        self._event_callbacks: list[Callable[[Event], None]] = []
        self._connected_callbacks: list[Callable[[], Awaitable[None]]] = []
        self._logged: set[type[IvrError]] = set()

    @property
    def connected(self) -> bool:
        """Logged in to a fully booted Asterisk; reconciliation may still be under way."""
        return self._connection is not None

    def on_event(self, callback: Callable[[Event], None]) -> None:
        """Call back with every wanted event, in order. An error of the callback is logged; the link goes on."""
        self._event_callbacks.append(callback)

    def on_connected(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Await the callback once after each (re)connect, to read Asterisk's state back; actions work in it.

        It is cancelled when the connection is lost meanwhile. When it raises an IvrError the connection is given up
        and made anew; any other error ends `run`.
        """
        self._connected_callbacks.append(callback)

    async def action(self, name: str, fields: Fields | None = None) -> Message:
        """The response to one action. Raises PhoneFailed when Asterisk refuses it.

        Raises LinkDown when the link is down, is lost meanwhile or the deadline passes: then nobody knows whether
        Asterisk did it, and it is not sent again. Raises ValueError for values that may not be sent.
        """
        return (await self._exchange(self._living(name), name, fields or {}, as_list=False))[0]

    async def action_list(self, name: str, fields: Fields | None = None) -> list[Message]:
        """The items of an action that answers with a list. Raises as `action` does."""
        return (await self._exchange(self._living(name), name, fields or {}, as_list=True))[1:-1]

    async def run(self) -> None:
        """Hold the link until cancelled."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            began = loop.time()
            try:
                await self._hold_one_connection()
            except IvrError as error:
                self._log_down(error)
            # A connection that lived proves Asterisk well; one that is lost at once does not.
            failures = 0 if loop.time() - began > self._reconnect_cap_s else failures + 1
            longest = min(self._reconnect_cap_s, self._reconnect_first_s * 2 ** min(max(failures - 1, 0), 30))
            await asyncio.sleep(random.uniform(0, longest))  # full jitter

    async def _hold_one_connection(self) -> None:
        """From connect to loss. Always raises: an IvrError with the reason, or CancelledError."""
        connection = AmiConnection(self._host, self._port, self._take_event)
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._open(connection)
            self._connection = connection
            self._log_up(connection)
            tasks.append(asyncio.create_task(self._keepalive(connection), name="ami-keepalive"))
            tasks.append(reconcile_task := asyncio.create_task(self._reconcile(), name="ami-reconcile"))
            lost = connection.protocol.lost
            await asyncio.wait({reconcile_task, lost}, return_when=asyncio.FIRST_COMPLETED)
            if reconcile_task.done():
                await reconcile_task
            raise LinkDown(await lost)
        finally:
            self._connection = None
            connection.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _open(self, connection: AmiConnection) -> None:
        """Connect, log in, wait until Asterisk is fully booted."""
        place = f"{self._host}:{self._port}"
        try:
            async with asyncio.timeout(self._action_timeout_s):
                await connection.connect()
        except (OSError, TimeoutError) as error:
            raise LinkDown(f"cannot connect to {place}: {error or 'no answer'}") from error
        try:
            credentials = {"Username": self._username, "Secret": self._secret, "Events": "on"}
            await self._exchange(connection, "Login", credentials, as_list=False)
        except PhoneFailed as error:
            raise _LoginRefused(f"{place} refused the login of AMI user {self._username!r}: {error}") from error
        lost = connection.protocol.lost
        await asyncio.wait({connection.booted, lost}, timeout=self._boot_timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if lost.done():
            raise LinkDown(lost.result())
        if not connection.booted.done():
            raise LinkDown(
                f"no FullyBooted from {place}: the AMI user needs read = system, or Asterisk hangs in its start"
            )

    def _living(self, name: str) -> AmiConnection:
        if self._connection is None:
            raise LinkDown(f"{name}: the AMI link is down")
        return self._connection

    async def _exchange(self, connection: AmiConnection, name: str, fields: Fields, *, as_list: bool) -> list[Message]:
        action = AmiAction(name, fields)
        try:
            async with asyncio.timeout(self._action_timeout_s):
                answer = await connection.send_action(action, as_list=as_list)
        except TimeoutError:
            raise LinkDown(f"{name}: no answer in {self._action_timeout_s:g} s") from None
        finally:
            connection.protocol.forget(action)
        messages: list[Message] = answer if isinstance(answer, list) else [answer]
        if messages[0].response == "Error":
            raise PhoneFailed(f"{name}: {messages[0].get('Message', 'refused')}")
        return messages

    async def _keepalive(self, connection: AmiConnection) -> None:
        while True:
            await asyncio.sleep(self._keepalive_s)
            try:
                await self._exchange(connection, "Ping", {}, as_list=False)
            except LinkDown as error:
                connection.protocol.drop(str(error))
                return
            except PhoneFailed:
                continue  # it answered: "Asterisk is shutting down"

    async def _reconcile(self) -> None:
        for callback in self._connected_callbacks:
            await callback()

    def _take_event(self, message: Message) -> None:
        if message.event not in self._wanted or (event := parse(message)) is None:
            return
        for callback in self._event_callbacks:
            try:
                callback(event)
            except Exception:
                log.exception("ami_event_callback_failed", name=message.event)

    def _log_up(self, connection: AmiConnection) -> None:
        self._logged.clear()
        log.info("ami_up", host=self._host, port=self._port, version=connection.protocol.decoder.banner)

    def _log_down(self, error: IvrError) -> None:
        # One outage, one line, however many attempts fail; a refused login is worth a line of its own.
        kind = _LoginRefused if isinstance(error, _LoginRefused) else IvrError
        if kind not in self._logged:
            self._logged |= {kind, IvrError}
            log.error("ami_down", host=self._host, port=self._port, reason=str(error))
