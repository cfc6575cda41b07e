"""The link and the FastAGI server against a real Asterisk."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.adapters.asterisk.agi_server import AgiConnection, AgiServer
from ivr.adapters.asterisk.ami_events import DtmfEnd, Event, FullyBooted, Hangup, OriginateResponse
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.domain.errors import CallerHungUp, LinkDown, PhoneFailed

from .conftest import SECRET, RealAsterisk


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def link_to(asterisk: RealAsterisk, port: int | None = None, **options: Any) -> AmiLink:
    times: dict[str, Any] = {"action_timeout_s": 5.0, "reconnect_first_s": 0.05, "reconnect_cap_s": 0.3}
    return AmiLink("127.0.0.1", port or asterisk.ami_port, "engine", SECRET, **(times | options))


@asynccontextmanager
async def running(link: AmiLink) -> AsyncIterator[AmiLink]:
    task = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def connected(asterisk: RealAsterisk) -> AsyncIterator[AmiLink]:
    async with running(link_to(asterisk)) as link:
        await until(lambda: link.connected)
        yield link


class CountingProxy:
    """Stands between link and Asterisk and keeps every byte that goes to Asterisk."""

    def __init__(self, asterisk: RealAsterisk) -> None:
        self.sent = bytearray()
        self.port = 0
        self._asterisk = asterisk
        self._pairs: set[asyncio.StreamWriter] = set()
        self.deaf = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["CountingProxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._pairs:
                writer.transport.abort()
            await until(lambda: not self._pairs)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._pairs.add(writer)
        with suppress(ConnectionError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._asterisk.ami_port)
            await asyncio.wait(
                [
                    asyncio.create_task(self._pump(reader, far_writer, self.sent)),
                    asyncio.create_task(self._pump(far_reader, writer, None)),
                ],
            )
            far_writer.close()
        writer.close()
        self._pairs.discard(writer)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, kept: bytearray | None) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                if kept is not None:
                    kept += data
                if kept is None or not self.deaf:
                    target.write(data)
        target.close()


async def test_login_an_action_a_list_and_a_refusal(asterisk: RealAsterisk) -> None:
    events: list[Event] = []
    link = link_to(asterisk)
    link.on_event(events.append)
    async with running(link):
        await until(lambda: link.connected)
        assert (await link.action("Ping")).get("Ping") == "Pong"
        assert "Asterisk 22" in (await link.action("Command", {"Command": "core show version"})).get("Output")
        await link.action("Setvar", {"Variable": "ИМЯ", "Value": 'Ёж "колючий" \\ ⚡'})
        assert (await link.action("Getvar", {"Variable": "ИМЯ"})).get("Value") == 'Ёж "колючий" \\ ⚡'
        assert await link.action_list("CoreShowChannels") == []
        names = {item.get("Event") for item in await link.action_list("ShowDialPlan", {"Context": "test"})}
        with pytest.raises(PhoneFailed, match="Redirect: Channel does not exist"):
            await link.action("Redirect", {"Channel": "no", "Context": "test", "Exten": "caller", "Priority": "1"})
    assert names == {"ListDialplan"}
    assert events == [FullyBooted()]


async def test_a_wrong_secret_is_named(asterisk: RealAsterisk) -> None:
    async with connected(asterisk):
        pass  # Asterisk is up
    link = AmiLink(
        "127.0.0.1", asterisk.ami_port, "engine", "wrong", action_timeout_s=5, reconnect_first_s=9, reconnect_cap_s=9
    )
    with capture_logs() as logs:
        async with running(link):
            await until(lambda: bool(logs))
    assert "refused the login of AMI user 'engine': Login: Authentication failed" in logs[0]["reason"]


async def test_a_call_gives_typed_events_in_order_and_no_others(asterisk: RealAsterisk) -> None:
    events: list[Event] = []
    async with connected(asterisk) as link:
        link.on_event(events.append)
        answer = await link.action(
            "Originate",
            {
                "Channel": "Local/keys@test",
                "Context": "test",
                "Exten": "caller",
                "Priority": "1",
                "Async": "true",
                "Variable": ["ATTEMPT=7", "ИМЯ=Ёж"],
            },
        )
        await until(lambda: [e.digit for e in events if isinstance(e, DtmfEnd) and e.received] == ["4", "2"])
        channels = await link.action_list("CoreShowChannels")
        variables = [
            (await link.action("Getvar", {"Channel": item.get("Channel"), "Variable": "ИМЯ"})).get("Value")
            for item in channels
        ]
        for channel in channels:
            with suppress(PhoneFailed):  # one half of a Local channel takes the other with it
                await link.action("Hangup", {"Channel": channel.get("Channel"), "Cause": "16"})
        await until(lambda: len({e.uniqueid for e in events if isinstance(e, Hangup)}) == 2)
    outcome = [e for e in events if isinstance(e, OriginateResponse)]
    assert [(e.action_id, e.answered, e.reason) for e in outcome] == [(answer.action_id, True, 4)]
    assert variables == ["Ёж", "Ёж"]  # both halves of the Local channel


async def test_killed_and_restarted_it_reconciles_once_and_sends_nothing_again(asterisk: RealAsterisk) -> None:
    connects: list[int] = []
    async with CountingProxy(asterisk).listening() as proxy:
        link = link_to(asterisk, proxy.port, keepalive_s=60.0)

        async def reconcile() -> None:
            connects.append(len(await link.action_list("CoreShowChannels")))

        link.on_connected(reconcile)
        with capture_logs() as logs:
            async with running(link):
                await until(lambda: len(connects) == 1)
                proxy.deaf = True  # so that the action is surely unanswered when Asterisk dies
                lost = asyncio.create_task(
                    link.action("Originate", {"Channel": "Local/caller@test", "Application": "Echo", "Async": "true"})
                )
                await until(lambda: b"Originate" in proxy.sent)
                await asterisk.kill()
                with pytest.raises(LinkDown):
                    await lost
                proxy.deaf = False
                await asterisk.start()
                await until(lambda: len(connects) == 2)
                assert (await link.action("Ping")).get("Ping") == "Pong"
    assert connects == [0, 0]
    assert proxy.sent.count(b"Action: Originate") == 1
    words = [entry["event"] for entry in logs]
    assert words[words.index("ami_up") :] == ["ami_up", "ami_down", "ami_up"]


async def test_a_frozen_asterisk_is_noticed_and_found_again(asterisk: RealAsterisk) -> None:
    async with CountingProxy(asterisk).listening() as proxy:
        link = link_to(asterisk, proxy.port, keepalive_s=0.05, action_timeout_s=2.0)
        async with running(link):
            await until(lambda: link.connected)
            proxy.deaf = True
            with pytest.raises(LinkDown):
                await link.action("Status")
            await until(lambda: not link.connected)
            proxy.deaf = False
            await until(lambda: link.connected)


@asynccontextmanager
async def a_call(asterisk: RealAsterisk, script: Callable[[AgiConnection], Awaitable[Any]]) -> AsyncIterator[Any]:
    """A real call whose dialogue is `script`. Gives the link and a future of what the script gave or raised."""
    ended: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def handler(connection: AgiConnection) -> None:
        try:
            ended.set_result(await script(connection))
        except BaseException as error:
            ended.set_result(error)
            raise

    server = AgiServer("127.0.0.1", asterisk.agi_port, handler, max_calls=10, header_timeout_s=5, command_timeout_s=5)
    await server.start()
    try:
        async with connected(asterisk) as link:
            await link.action(
                "Originate",
                {
                    "Channel": "Local/caller@test",
                    "Context": "test",
                    "Exten": "agi",
                    "Priority": "1",
                    "CallerID": "Ёж <79990000001>",
                    "Async": "true",
                },
            )
            async with asyncio.timeout(30):
                yield link, ended
    finally:
        await server.stop(0)


async def test_a_dialogue_with_a_real_channel(asterisk: RealAsterisk) -> None:
    sound = asterisk.folder / "quiet"
    sound.with_suffix(".sln").write_bytes(bytes(1600))

    async def script(connection: AgiConnection) -> None:
        environment = connection.environment
        assert environment["agi_network_script"] == "inbound"
        assert environment["agi_arg_1"] == "первый"
        assert environment["agi_callerid"] == "79990000001"
        assert environment["agi_calleridname"] == "Ёж"
        for value in ('"', "\\", 'Ёж \\"колючий\\" (да)', "a  b\tc", "", ") endpos=5", "-1"):
            await connection.set_variable("VALUE", value)
            assert await connection.get_variable("VALUE") == value
        assert await connection.get_variable("CHANNEL(state)") == "Up"
        assert await connection.get_variable("NO_SUCH") is None
        with pytest.raises(PhoneFailed, match="STREAM FILE: result -1 on a living channel"):
            await connection.command("STREAM", "FILE", "no-such-file", "")
        with pytest.raises(PhoneFailed, match="NONSENSE: 510"):
            await connection.command("NONSENSE")
        with pytest.raises(PhoneFailed, match="STREAM FILE: 520 wrong usage"):
            await connection.command("STREAM", "FILE")
        with pytest.raises(PhoneFailed, match="no such application"):
            await connection.execute("NoSuchApplication")
        assert (await connection.command("STREAM", "FILE", str(sound), "", timeout_s=math.inf)).endpos == 800
        assert (await connection.execute("Verbose", "1", "a & b")).result == 0
        assert (await connection.command("WAIT", "FOR", "DIGIT", "10")).result == 0

    async with a_call(asterisk, script) as (_, ended):
        assert await ended is None


@pytest.mark.parametrize("busy", [True, False])
async def test_a_real_hang_up(asterisk: RealAsterisk, busy: bool) -> None:
    ready = asyncio.Event()

    async def script(connection: AgiConnection) -> None:
        ready.set()
        if busy:
            await connection.execute("Wait", "60", timeout_s=math.inf)
        else:
            await connection.wait_hung_up()
            await connection.command("NOOP")

    async with a_call(asterisk, script) as (link, ended):
        await ready.wait()
        for channel in await link.action_list("CoreShowChannels"):
            with suppress(PhoneFailed):
                await link.action("Hangup", {"Channel": channel.get("Channel")})
        assert isinstance(await ended, CallerHungUp)


async def test_a_crash_of_the_dialogue_sends_the_call_on_in_the_dialplan(asterisk: RealAsterisk) -> None:
    async def script(connection: AgiConnection) -> None:
        raise ZeroDivisionError

    async with a_call(asterisk, script) as (link, ended):
        assert isinstance(await ended, ZeroDivisionError)
        applications: list[str] = []
        while "Wait" not in applications:
            channels = await link.action_list("CoreShowChannels")
            applications = [item.get("Application") for item in channels if item.get("Exten") == "agi"]
