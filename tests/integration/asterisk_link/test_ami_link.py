"""AmiLink against a peer that counts every action and can be told to keep silent, lie or die."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.adapters.asterisk.ami_events import DtmfEnd, Event, FullyBooted, OriginateResponse
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.domain.errors import LinkDown, PhoneFailed, StoreUnavailable

Fields = dict[str, str]
Answer = Callable[[Fields], str]

BOOTED = "Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n"


def success(fields: Fields, text: str = "ok") -> str:
    return f"Response: Success\r\nActionID: {fields['ActionID']}\r\nMessage: {text}\r\n\r\n"


class RecordedAsterisk:
    """Answers AMI actions from a table and records every one of them. An action not in the table gets no answer."""

    def __init__(self) -> None:
        self.actions: list[Fields] = []
        self.logins = 0
        self.banner = "Asterisk Call Manager/11.0.0\r\n"
        self.answers: dict[str, Answer] = {"Login": lambda fields: success(fields) + BOOTED, "Ping": success}
        self.writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await until(lambda: not self.writers)

    def hang_up(self) -> None:
        for writer in self.writers:
            writer.transport.abort()

    def say(self, text: str) -> None:
        for writer in self.writers:
            writer.write(text.encode())

    def count(self, name: str) -> int:
        return Counter(action["Action"] for action in self.actions)[name]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        writer.write(self.banner.encode())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                block = (await reader.readuntil(b"\r\n\r\n")).decode()
                fields = dict(line.split(": ", 1) for line in block.splitlines() if line)
                self.actions.append(fields)
                if answer := self.answers.get(fields["Action"]):
                    writer.write(answer(fields).encode())
        self.writers.discard(writer)
        writer.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.fixture
async def peer() -> AsyncIterator[RecordedAsterisk]:
    recorded = RecordedAsterisk()
    await recorded.start()
    yield recorded
    await recorded.stop()


def link_to(peer: RecordedAsterisk, **options: Any) -> AmiLink:
    defaults: dict[str, Any] = {"action_timeout_s": 5.0, "reconnect_first_s": 0.02, "reconnect_cap_s": 0.1}
    return AmiLink("127.0.0.1", peer.port, "engine", "secret-secret-secret", **(defaults | options))


@asynccontextmanager
async def running(link: AmiLink) -> AsyncIterator[AmiLink]:
    task = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert not link.connected


@asynccontextmanager
async def connected(peer: RecordedAsterisk, **options: Any) -> AsyncIterator[AmiLink]:
    async with running(link_to(peer, **options)) as link:
        await until(lambda: link.connected)
        yield link


async def test_one_action_and_its_answer(peer: RecordedAsterisk) -> None:
    peer.answers["Setvar"] = lambda fields: success(fields, f"set {fields['Value']}")
    async with connected(peer) as link:
        answer = await link.action("Setvar", {"Variable": "A", "Value": "Ёж"})
    assert answer.get("Message") == "set Ёж"
    assert peer.actions[0]["Username"] == "engine"
    assert [action["Action"] for action in peer.actions] == ["Login", "Setvar"]


async def test_a_list_gives_its_items(peer: RecordedAsterisk) -> None:
    def queue_status(fields: Fields) -> str:
        own = f"ActionID: {fields['ActionID']}\r\n"
        return (
            f"Response: Success\r\n{own}EventList: start\r\nMessage: Queue status will follow\r\n\r\n"
            f"Event: QueueMember\r\n{own}Name: Анна\r\n\r\n"
            "Event: DTMFEnd\r\nDigit: 5\r\n\r\n"
            f"Event: QueueMember\r\n{own}Name: Борис\r\n\r\n"
            f"Event: QueueStatusComplete\r\n{own}EventList: Complete\r\nListItems: 2\r\n\r\n"
        )

    events: list[Event] = []
    peer.answers["QueueStatus"] = queue_status
    peer.answers["Ping"] = success
    async with connected(peer) as link:
        link.on_event(events.append)
        items = await link.action_list("QueueStatus")
        assert await link.action_list("Ping") == []
    assert [item.get("Name") for item in items] == ["Анна", "Борис"]
    assert events == [DtmfEnd("", "", "5", received=False)]


async def test_a_refused_action_is_an_error(peer: RecordedAsterisk) -> None:
    peer.answers["Redirect"] = lambda fields: (
        f"Response: Error\r\nActionID: {fields['ActionID']}\r\nMessage: Channel does not exist\r\n\r\n"
    )
    async with connected(peer) as link:
        with pytest.raises(PhoneFailed, match="Redirect: Channel does not exist"):
            await link.action("Redirect", {"Channel": "x"})
        with pytest.raises(PhoneFailed, match="Redirect: Channel does not exist"):
            await link.action_list("Redirect", {"Channel": "x"})


async def test_the_outcome_of_an_originate_comes_as_an_event(peer: RecordedAsterisk) -> None:
    def originate(fields: Fields) -> str:
        outcome = (
            f"Event: OriginateResponse\r\nActionID: {fields['ActionID']}\r\nResponse: Failure\r\nReason: 3\r\n\r\n"
        )
        return success(fields, "Originate successfully queued") + outcome

    events: list[Event] = []
    peer.answers["Originate"] = originate
    async with connected(peer) as link:
        link.on_event(events.append)
        answer = await link.action("Originate", {"Channel": "PJSIP/101", "Async": "true"})
        await until(lambda: bool(events))
    assert answer.get("Message") == "Originate successfully queued"
    assert events == [OriginateResponse(answer.action_id, "", "", answered=False, reason=3)]


async def test_an_unanswered_action_meets_its_deadline_and_the_link_lives(peer: RecordedAsterisk) -> None:
    peer.answers["Status"] = success
    async with connected(peer, action_timeout_s=0.05) as link:
        with pytest.raises(LinkDown, match=r"Originate: no answer in 0\.05 s"):
            await link.action("Originate", {"Channel": "PJSIP/101"})
        assert (await link.action("Status")).response == "Success"
    assert peer.count("Originate") == 1
    assert peer.count("Login") == 1


async def test_nothing_is_sent_again_after_a_reconnect(peer: RecordedAsterisk) -> None:
    connects: list[int] = []

    async def reconcile() -> None:
        connects.append(peer.count("Login"))

    link = link_to(peer)
    link.on_connected(reconcile)
    async with running(link):
        for round_ in range(1, 4):
            await until(lambda: len(connects) == round_ and link.connected)  # noqa: B023
            unanswered = [asyncio.create_task(link.action("Originate", {"Channel": f"PJSIP/{n}"})) for n in range(5)]
            await until(lambda: peer.count("Originate") == 5 * round_)  # noqa: B023
            peer.hang_up()
            for error in await asyncio.gather(*unanswered, return_exceptions=True):
                assert isinstance(error, LinkDown)
        await until(lambda: len(connects) == 4)
        # The answer to a Ping proves that everything sent before it has been counted.
        await link.action("Ping")
    assert connects == [1, 2, 3, 4]
    assert peer.count("Originate") == 15


async def test_actions_fail_at_once_while_the_link_is_down(peer: RecordedAsterisk) -> None:
    link = link_to(peer)
    for call in (link.action("Status"), link.action_list("Status")):
        with pytest.raises(LinkDown, match="Status: the AMI link is down"):
            await call


async def test_one_line_down_and_one_line_up(peer: RecordedAsterisk) -> None:
    with capture_logs() as logs:
        async with connected(peer) as link:
            await peer.stop()
            await until(lambda: not link.connected)
            await asyncio.sleep(0.3)  # several attempts to reconnect
            await peer.start()
            await until(lambda: link.connected)
    assert [entry["event"] for entry in logs] == ["ami_up", "ami_down", "ami_up"]
    assert "cannot connect" not in logs[1]["reason"]


async def test_a_refused_login_is_named_once_and_cured_without_a_restart(peer: RecordedAsterisk) -> None:
    accept = peer.answers["Login"]
    peer.answers["Login"] = lambda fields: (
        f"Response: Error\r\nActionID: {fields['ActionID']}\r\nMessage: Authentication failed\r\n\r\n"
    )
    with capture_logs() as logs:
        async with running(link_to(peer)) as link:
            await until(lambda: peer.count("Login") >= 3)
            assert not link.connected
            peer.answers["Login"] = accept
            await until(lambda: link.connected)
    assert [entry["event"] for entry in logs] == ["ami_down", "ami_up"]
    assert "refused the login of AMI user 'engine': Login: Authentication failed" in logs[0]["reason"]
    assert "secret-secret" not in str(logs)


async def test_a_half_dead_peer_is_noticed(peer: RecordedAsterisk) -> None:
    with capture_logs() as logs:
        async with connected(peer, keepalive_s=0.02, action_timeout_s=0.1) as link:
            await until(lambda: peer.count("Ping") >= 3)
            assert peer.count("Login") == 1
            del peer.answers["Ping"]
            await until(lambda: not link.connected)
            peer.answers["Ping"] = success
            await until(lambda: link.connected)
    assert logs[1]["reason"] == "Ping: no answer in 0.1 s"


async def test_a_peer_that_is_shutting_down_still_lives(peer: RecordedAsterisk) -> None:
    peer.answers["Ping"] = lambda fields: (
        f"Response: Error\r\nActionID: {fields['ActionID']}\r\nMessage: Asterisk is shutting down\r\n\r\n"
    )
    async with connected(peer, keepalive_s=0.01):
        await until(lambda: peer.count("Ping") >= 3)
    assert peer.count("Login") == 1


@pytest.mark.parametrize(
    ("banner", "login", "reason"),
    [
        ("220 smtp\r\n", success, "this is not Asterisk's AMI: its banner is missing"),
        ("Asterisk Call Manager/11.0.0\r\n", success, "no FullyBooted from"),
        ("Asterisk Call Manager/11.0.0\r\n", lambda fields: "", "Login: no answer in 0.05 s"),
        ("Asterisk Call Manager/11.0.0\r\n", lambda f: success(f) + "x" * 1_100_000, "longer than 1048576 bytes"),
    ],
)
async def test_a_peer_of_no_use(peer: RecordedAsterisk, banner: str, login: Answer, reason: str) -> None:
    peer.banner, peer.answers["Login"] = banner, login
    with capture_logs() as logs:
        async with running(link_to(peer, action_timeout_s=0.05, boot_timeout_s=0.5)) as link:
            await until(lambda: bool(logs))
            assert not link.connected
    assert reason in logs[0]["reason"]


async def test_a_slow_boot_is_waited_for(peer: RecordedAsterisk) -> None:
    peer.answers["Login"] = success
    events: list[Event] = []
    link = link_to(peer)
    link.on_event(events.append)
    async with running(link):
        await until(lambda: peer.count("Login") == 1)
        assert not link.connected
        peer.say(BOOTED)
        await until(lambda: link.connected)
    assert events == [FullyBooted()]


async def test_an_event_callback_that_fails_stops_nothing(peer: RecordedAsterisk) -> None:
    events: list[Event] = []

    def broken(event: Event) -> None:
        raise ZeroDivisionError

    async with connected(peer, filters=("DTMFEnd",)) as link:
        link.on_event(broken)
        link.on_event(events.append)
        with capture_logs() as logs:
            peer.say("Event: Hangup\r\nChannel: x\r\n\r\nEvent: VarSet\r\n\r\nEvent: DTMFEnd\r\nDigit: 1\r\n\r\n")
            await until(lambda: bool(events))
    assert [(entry["event"], entry["name"]) for entry in logs] == [("ami_event_callback_failed", "DTMFEnd")]
    assert events == [DtmfEnd("", "", "1", received=False)]


async def test_a_reconciliation_that_fails_is_begun_anew(peer: RecordedAsterisk) -> None:
    attempts: list[str] = []

    async def reconcile() -> None:
        attempts.append((await link.action("Ping")).response)
        if len(attempts) < 3:
            raise StoreUnavailable("the database is locked")

    link = link_to(peer)
    link.on_connected(reconcile)
    async with running(link):
        await until(lambda: len(attempts) == 3 and link.connected)
        await link.action("Ping")
    assert attempts == ["Success"] * 3
    assert peer.count("Login") == 3


async def test_a_reconciliation_is_cancelled_with_its_connection(peer: RecordedAsterisk) -> None:
    begun: list[str] = []
    ended: list[str] = []

    async def reconcile() -> None:
        begun.append("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    link = link_to(peer)
    link.on_connected(reconcile)
    async with running(link):
        await until(lambda: len(begun) == 1)
        peer.hang_up()
        await until(lambda: len(begun) == 2)
        assert ended == ["cancelled"]
    assert ended == ["cancelled"] * 2


async def test_a_mistake_in_a_reconciliation_ends_the_link_loudly(peer: RecordedAsterisk) -> None:
    async def reconcile() -> None:
        raise ZeroDivisionError

    link = link_to(peer)
    link.on_connected(reconcile)
    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(10):
            await link.run()
    assert not link.connected


async def test_values_that_may_not_be_sent_are_not_sent(peer: RecordedAsterisk) -> None:
    async with connected(peer) as link:
        with pytest.raises(ValueError, match="CR, LF or NUL"):
            await link.action("Setvar", {"Value": "1\r\nAction: Originate"})
        await link.action("Ping")
    assert [action["Action"] for action in peer.actions] == ["Login", "Ping"]
