"""The FastAGI server on real sockets; the test plays Asterisk, byte by byte as res_agi.c writes."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.adapters.asterisk.agi_server import AgiConnection, AgiServer
from ivr.domain.errors import CallerHungUp, PhoneFailed

HEADER = b"agi_network: yes\nagi_network_script: inbound\nagi_uniqueid: 1.1\nagi_callerid: 79990000001\n\n"


@asynccontextmanager
async def serving(
    handler: Callable[[AgiConnection], Awaitable[None]],
    *,
    max_calls: int = 1000,
    header_timeout_s: float = 5.0,
    command_timeout_s: float = 5.0,
) -> AsyncIterator[AgiServer]:
    server = AgiServer(
        "127.0.0.1",
        0,
        handler,
        max_calls=max_calls,
        header_timeout_s=header_timeout_s,
        command_timeout_s=command_timeout_s,
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop(0)


class Peer:
    """Asterisk's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def line(self) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.readline()

    async def closed(self) -> None:
        """Return when the server has closed the connection, by FIN or RST."""
        async with asyncio.timeout(10):
            with suppress(ConnectionError):
                while await self.reader.read(4096):
                    pass


@asynccontextmanager
async def calling(server: AgiServer, header: bytes = HEADER) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(header)
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class Dialogue:
    """Runs one script as the handler and keeps what it gave or raised."""

    def __init__(self, script: Callable[[AgiConnection], Awaitable[Any]]) -> None:
        self.script = script
        self.ended: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def __call__(self, connection: AgiConnection) -> None:
        try:
            self.ended.set_result(await self.script(connection))
        except BaseException as error:
            self.ended.set_result(error)
            raise

    async def result(self) -> Any:
        async with asyncio.timeout(10):
            return await self.ended


async def converse(
    script: Callable[[AgiConnection], Awaitable[Any]], exchange: list[tuple[bytes, bytes]], **limits: float
) -> Any:
    """Run `script` against a peer that expects each line and answers it. Gives what the script gave or raised."""
    dialogue = Dialogue(script)
    async with serving(dialogue, **limits) as server, calling(server) as peer:  # type: ignore[arg-type]
        for line, reply in exchange:
            assert await peer.line() == line
            peer.send(reply)
        await peer.closed()
        await until(lambda: server.calls == 0)
        return await dialogue.result()


async def test_a_dialogue_from_header_to_close() -> None:
    async def script(connection: AgiConnection) -> object:
        return (
            connection.environment["agi_network_script"],
            await connection.command("ANSWER"),
            await connection.get_variable("CALL"),
            await connection.get_variable("CHANNEL(language)"),
            await connection.set_variable("NAME", 'Ёж "колючий"'),
            (await connection.execute("MixMonitor", "a.wav", "r(b.wav)")).result,
            (await connection.execute("Ringing", timeout_s=math.inf)).result,
        )

    script_name, answer, *rest = await converse(
        script,
        [
            (b"ANSWER\n", b"100 result=0 Trying...\n200 result=0\n"),
            (b"GET VARIABLE CALL\n", b"200 result=0\n"),
            (b'GET VARIABLE "CHANNEL(language)"\n', b"200 result=1 (ru)\n"),
            ('SET VARIABLE NAME "Ёж \\"колючий\\""\n'.encode(), b"200 result=1\n"),
            (b'EXEC MixMonitor "a.wav,r(b.wav)"\n', b"200 result=0\n"),
            (b"EXEC Ringing\n", b"200 result=0\n"),
        ],
    )
    assert script_name == "inbound"
    assert (answer.code, answer.result) == (200, 0)
    assert rest == [None, "ru", None, 0, 0]


async def test_a_command_waits_for_its_whole_reply() -> None:
    async def script(connection: AgiConnection) -> object:
        return (await connection.command("GET", "DATA", "menu")).result

    dialogue = Dialogue(script)
    async with serving(dialogue) as server, calling(server) as peer:
        await peer.line()
        for byte in b"200 result=0123 (timeout)\n":
            peer.send(bytes([byte]))
            await asyncio.sleep(0)
        assert await dialogue.result() == "0123"


@pytest.mark.parametrize(
    "exchange",
    [
        [(b"ANSWER\n", b"HANGUP\n")],
        [(b"ANSWER\n", b"200 result=-1\nHANGUP\n")],
        [(b"ANSWER\n", b"200 result=-1\n"), (b"NOOP\n", b"HANGUP\n200 result=0\n")],
        [(b"ANSWER\n", b"511 Command Not Permitted on a dead channel or intercept routine\n")],
    ],
)
async def test_a_hang_up_ends_the_command(exchange: list[tuple[bytes, bytes]]) -> None:
    async def script(connection: AgiConnection) -> None:
        try:
            await connection.command("ANSWER")
        finally:
            assert connection.hung_up
            with pytest.raises(CallerHungUp):
                await connection.command("NOOP")

    with capture_logs() as logs:
        assert isinstance(await converse(script, exchange), CallerHungUp)
    assert logs == []


@pytest.mark.parametrize(
    ("exchange", "message"),
    [
        (
            [(b"ANSWER\n", b"510 Invalid or unknown command\n")],
            "ANSWER: 510 Invalid or unknown command",
        ),
        (
            [(b"ANSWER\n", b"520-Invalid command syntax.\n Usage: ANSWER\n\n520 End of proper usage.\n")],
            "ANSWER: 520 wrong usage",
        ),
        (
            [(b"ANSWER\n", b"200 result=-1 endpos=0\n"), (b"NOOP\n", b"200 result=0\n")],
            "ANSWER: result -1 on a living channel",
        ),
    ],
)
async def test_a_refused_command_leaves_the_connection_usable(
    exchange: list[tuple[bytes, bytes]], message: str
) -> None:
    async def script(connection: AgiConnection) -> object:
        with pytest.raises(PhoneFailed) as caught:
            await connection.command("ANSWER")
        return str(caught.value), (await connection.command("NOOP", "still here")).result

    exchange = [*exchange, (b'NOOP "still here"\n', b"200 result=0\n")]
    assert await converse(script, exchange) == (message, 0)


async def test_an_application_that_gives_1_is_followed_by_a_usage_reply() -> None:
    async def script(connection: AgiConnection) -> object:
        return (await connection.execute("Odd")).result, (await connection.command("NOOP")).result

    usage = b"520-Invalid command syntax.  Proper usage follows:\n Usage: EXEC\n520 End of proper usage.\n"
    exchange = [(b"EXEC Odd\n", b"200 result=1\n" + usage), (b"NOOP\n", b"200 result=0\n")]
    assert await converse(script, exchange) == (1, 0)


async def test_an_unknown_application_is_an_error() -> None:
    async def script(connection: AgiConnection) -> None:
        await connection.execute("NoSuch")

    error = await converse(script, [(b"EXEC NoSuch\n", b"200 result=-2\n")])
    assert isinstance(error, PhoneFailed)
    assert "no such application" in str(error)


async def test_after_a_missed_deadline_the_connection_is_given_up() -> None:
    async def script(connection: AgiConnection) -> object:
        with pytest.raises(PhoneFailed, match=r"GET VARIABLE: no reply in 0\.02 s"):
            await connection.get_variable("ACCOUNT")
        with pytest.raises(PhoneFailed, match="no reply"):
            await connection.command("NOOP")
        return "given up"

    dialogue = Dialogue(script)
    async with serving(dialogue, command_timeout_s=0.02) as server, calling(server) as peer:
        assert await peer.line() == b"GET VARIABLE ACCOUNT\n"
        await peer.closed()
        assert await dialogue.result() == "given up"


async def test_a_cancelled_command_closes_the_connection() -> None:
    async def script(connection: AgiConnection) -> object:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await connection.command("STREAM", "FILE", "menu", "")
        with pytest.raises(PhoneFailed, match="STREAM FILE: given up"):
            await connection.command("NOOP")
        return "given up"

    dialogue = Dialogue(script)
    async with serving(dialogue) as server, calling(server) as peer:
        await peer.closed()
        assert await dialogue.result() == "given up"


async def test_one_command_at_a_time() -> None:
    async def script(connection: AgiConnection) -> object:
        first = asyncio.create_task(connection.command("ANSWER"))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="still running"):
            await connection.command("NOOP")
        return (await first).result

    assert await converse(script, [(b"ANSWER\n", b"200 result=0\n")]) == 0


async def test_values_that_may_not_be_sent() -> None:
    async def script(connection: AgiConnection) -> object:
        for attempt in (
            connection.set_variable("A=B", "x"),
            connection.set_variable("A", "${SHELL(reboot)}"),
            connection.set_variable("A", "$[1]"),
            connection.set_variable("A", "x\nEXEC System"),
            connection.get_variable("SHELL(a;b)"),
            connection.execute("System reboot"),
            connection.execute("Dial", "PJSIP/1,30"),
            connection.execute("Dial", "${X}"),
        ):
            with pytest.raises(ValueError):
                await attempt
        return (await connection.command("NOOP")).result

    assert await converse(script, [(b"NOOP\n", b"200 result=0\n")]) == 0


async def test_a_hang_up_is_noticed_while_no_command_runs() -> None:
    async def script(connection: AgiConnection) -> object:
        await connection.command("NOOP")
        await connection.wait_hung_up()
        return connection.hung_up

    assert await converse(script, [(b"NOOP\n", b"200 result=0\nHANGUP\n")]) is True


@pytest.mark.parametrize("noise", [b"200 result=0\n", b"200 result=0\n" * 100, b"nonsense\n", b"x" * 70_000])
async def test_what_answers_no_command_closes_the_connection(noise: bytes) -> None:
    async def script(connection: AgiConnection) -> None:
        await connection.command("ANSWER")
        await asyncio.wait([asyncio.ensure_future(connection.wait_hung_up())], timeout=0.2)
        await connection.command("NOOP")

    assert isinstance(await converse(script, [(b"ANSWER\n", b"200 result=0\n" + noise)]), PhoneFailed)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "this is not an AGI header"),
        (b"agi_callerid: " + b"9" * 5000, "an AGI line is longer than 4096 bytes"),
        (b"agi_arg_1: x\n" * 201, "the AGI header is too long"),
        (b"agi_network: yes\n", "not complete in 0.05 s"),
        (b"", "not complete in 0.05 s"),
    ],
)
async def test_a_bad_header_is_refused(header: bytes, reason: str) -> None:
    async def script(connection: AgiConnection) -> None:
        raise AssertionError("the handler must not start")

    dialogue = Dialogue(script)
    with capture_logs() as logs:
        async with serving(dialogue, header_timeout_s=0.05) as server, calling(server, header) as peer:
            await peer.closed()
            await until(lambda: server.calls == 0)
    assert [(entry["event"], entry["reason"]) for entry in logs] == [("agi_header_refused", reason)]
    assert not dialogue.ended.done()


@pytest.mark.parametrize("header", [b"", b"agi_network: yes\nagi_net"])
async def test_an_early_end_is_refused_at_once(header: bytes) -> None:
    async def handler(connection: AgiConnection) -> None:
        raise AssertionError("the handler must not start")

    with capture_logs() as logs:
        async with serving(handler, header_timeout_s=60) as server:
            async with calling(server, header) as peer:
                peer.writer.write_eof()
                await peer.closed()
            await until(lambda: server.calls == 0)
    assert [(entry["event"], entry["reason"]) for entry in logs] == [("agi_header_refused", "closed before its end")]


async def test_an_end_in_the_middle_of_a_command_is_a_hang_up() -> None:
    async def script(connection: AgiConnection) -> None:
        await connection.command("ANSWER")

    dialogue = Dialogue(script)
    async with serving(dialogue) as server, calling(server) as peer:
        await peer.line()
        peer.writer.write_eof()
        assert isinstance(await dialogue.result(), CallerHungUp)


async def test_a_crash_of_the_handler_is_logged_once_and_closes() -> None:
    async def handler(connection: AgiConnection) -> None:
        raise ZeroDivisionError

    with capture_logs() as logs:
        async with serving(handler) as server, calling(server) as peer:
            await peer.closed()
            await until(lambda: server.calls == 0)
            async with calling(server) as again:
                await again.closed()
            await until(lambda: server.calls == 0)
    assert [(entry["event"], entry["uniqueid"]) for entry in logs] == [("agi_handler_failed", "1.1")] * 2


async def test_300_dialogues_at_once() -> None:
    everybody = asyncio.Barrier(300)

    async def handler(connection: AgiConnection) -> None:
        number = await connection.get_variable("NUMBER")
        await everybody.wait()
        await connection.set_variable("ECHO", number or "")

    async def call(server: AgiServer, number: int) -> bytes:
        async with calling(server) as peer:
            assert await peer.line() == b"GET VARIABLE NUMBER\n"
            peer.send(b"200 result=1 (%d)\n" % number)
            line = await peer.line()
            peer.send(b"200 result=1\n")
            await peer.closed()
            return line

    async with serving(handler, command_timeout_s=30) as server:
        lines = await asyncio.gather(*(call(server, number) for number in range(300)))
        await until(lambda: server.calls == 0)
    assert lines == [b"SET VARIABLE ECHO %d\n" % number for number in range(300)]


async def test_a_call_too_many_is_closed_at_once_and_others_go_on() -> None:
    async def handler(connection: AgiConnection) -> None:
        await connection.command("NOOP", "begin")
        await connection.command("NOOP", "end")

    async with serving(handler, max_calls=2) as server, calling(server) as one, calling(server) as two:
        for peer in (one, two):
            assert await peer.line() == b"NOOP begin\n"
        with capture_logs() as logs:
            async with calling(server) as third:
                await third.closed()
        assert [entry["event"] for entry in logs] == ["agi_call_refused"]
        one.send(b"200 result=0\n")
        assert await one.line() == b"NOOP end\n"
        one.send(b"200 result=0\n")
        await one.closed()
        await until(lambda: server.calls == 1)
        async with calling(server) as fourth:
            assert await fourth.line() == b"NOOP begin\n"


async def test_a_stop_drains_and_then_cuts() -> None:
    ended: list[str] = []

    async def handler(connection: AgiConnection) -> None:
        try:
            await connection.command("NOOP")
            ended.append("by itself")
        except asyncio.CancelledError:
            ended.append("cut")
            raise

    async with serving(handler) as server, calling(server) as patient, calling(server) as quick:
        assert await quick.line() == await patient.line() == b"NOOP\n"
        stop = asyncio.create_task(server.stop(0.3))
        await asyncio.sleep(0)  # let it begin
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", server.port)
        quick.send(b"200 result=0\n")
        await stop
        assert ended == ["by itself", "cut"]
        assert server.calls == 0
        await patient.closed()


async def test_a_port_in_use_is_an_error_of_start() -> None:
    async def handler(connection: AgiConnection) -> None: ...

    async with serving(handler) as server:
        second = AgiServer("127.0.0.1", server.port, handler, max_calls=1, header_timeout_s=1, command_timeout_s=1)
        with pytest.raises(OSError):
            await second.start()
