"""The private Asterisk boots from our templates, answers, and stops."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.adapters.asterisk.conf import AsteriskValues, Line, render
from ivr.adapters.asterisk.layout import SOCKET_LIMIT, Installation, Layout, private_copy
from ivr.adapters.asterisk.process import AsteriskProcess
from ivr.domain.errors import ConfigurationError, LinkDown

REPOSITORY = Path(__file__).parents[3]
TEMPLATES = REPOSITORY / "dialplans" / "asterisk"
DIALPLAN = {"agi_host": "127.0.0.1", "agi_port": 1, "fallback_timeout_s": 60}


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def values(tmp_path: Path) -> AsteriskValues:
    layout = Layout(private_copy(REPOSITORY / "var" / "asterisk"), tmp_path / "state")
    music = tmp_path / "music"
    music.mkdir()
    (music / "quiet.sln").write_bytes(bytes(16000))
    return AsteriskValues(
        layout=layout,
        node="centre",
        sip_host="127.0.0.1",
        sip_port=free_port(socket.SOCK_DGRAM),
        rtp_first=23000,
        rtp_last=23099,
        ami_port=free_port(socket.SOCK_STREAM),
        ami_secret="s" * 24,
        music=music,
        event_filters=("eventfilter(action(include),name(Hangup)) = ",),
        operators=(Line("101", "a" * 20), Line("102", "b" * 20)),
        values={**DIALPLAN, **{name: tmp_path for name in ("recordings_dir", "journal_dir", "sounds_dir")}},
    )


@pytest.fixture
async def asterisk(values: AsteriskValues) -> AsyncIterator[AsteriskProcess]:
    render(TEMPLATES, values.layout.conf, values)
    process = AsteriskProcess(values.layout)
    await process.start()
    yield process
    await process.kill()


async def test_it_boots_without_a_complaint(asterisk: AsteriskProcess, values: AsteriskValues) -> None:
    version = await asterisk.version()
    assert f" {version[0]}.{version[1]}" in await asterisk.cli("core show settings")
    complaints = [
        line
        for path in (asterisk.console, values.layout.log / "messages.log")
        for line in path.read_text().splitlines()
        if "ERROR" in line or "WARNING" in line
    ]
    assert complaints == []


async def test_every_module_runs(asterisk: AsteriskProcess) -> None:
    wanted = [
        line.split()[-1]
        for line in (TEMPLATES / "modules.conf.j2").read_text().splitlines()
        if line.startswith("load = ")
    ]
    shown = {line.split()[0]: line for line in (await asterisk.cli("module show")).splitlines() if ".so" in line}
    assert [name for name in wanted if " Running " not in shown.get(name, "")] == []


async def test_operators_are_endpoints_and_members(asterisk: AsteriskProcess) -> None:
    endpoints = await asterisk.cli("pjsip show endpoints")
    assert "carrier/carrier" in endpoints and "InAuth:  101/101" in endpoints
    queue = await asterisk.cli("queue show fallback")
    assert "PJSIP/101" in queue and "PJSIP/102" in queue
    assert "quiet" in await asterisk.cli("moh show files")


def sockets_of(pid: int) -> set[tuple[str, str]]:
    """Every (table, local address in /proc's own form) that the process listens or receives on."""
    links = [entry.readlink().name for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()]
    inodes = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    found = set()
    for table, state in (("tcp", "0A"), ("udp", "07"), ("tcp6", "0A"), ("udp6", "07")):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            columns = row.split()
            if columns[9] in inodes and columns[3] == state:
                found.add((table, columns[1]))
    return found


async def test_it_listens_on_loopback_only(asterisk: AsteriskProcess, values: AsteriskValues) -> None:
    assert asterisk.pid is not None
    loopback = "0100007F"
    expected = {("tcp", f"{loopback}:{values.ami_port:04X}"), ("udp", f"{loopback}:{values.sip_port:04X}")}
    found = sockets_of(asterisk.pid)
    assert expected <= found
    # Two more are PJSIP's own resolver, which asks DNS from a random port over either IP version.
    assert {table for table, _ in found - expected} <= {"udp", "udp6"}
    assert len(found - expected) <= 2


async def test_it_stops_and_leaves_nothing(asterisk: AsteriskProcess) -> None:
    assert asterisk.pid is not None
    await asterisk.stop(grace_s=5)
    assert asterisk.pid is None
    assert await asterisk.wait() == 0
    with pytest.raises(LinkDown):
        await asterisk.cli("core show version")
    await asterisk.stop()


async def test_it_starts_again_after_a_kill(asterisk: AsteriskProcess) -> None:
    await asterisk.kill()
    assert await asterisk.wait() == -9
    await asterisk.start()
    assert "101" in await asterisk.cli("queue show fallback")


async def test_a_deep_folder_is_no_obstacle(values: AsteriskValues, tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["deep" * 10] * 3)
    layout = replace(values.layout, state=deep)
    assert len(str(deep / "run/asterisk.ctl")) > SOCKET_LIMIT
    render(TEMPLATES, layout.conf, replace(values, layout=layout))
    process = AsteriskProcess(layout)
    await process.start()
    try:
        assert "fallback" in await process.cli("queue show")
    finally:
        await process.stop()


async def test_a_failed_start_tells_its_last_words(values: AsteriskValues) -> None:
    render(TEMPLATES, values.layout.conf, values)
    (values.layout.conf / "modules.conf").write_text("[modules]\nautoload = no\nrequire = no_such_module.so\n")
    process = AsteriskProcess(values.layout)
    with pytest.raises(ConfigurationError, match=r"ended with code .*(?s:.*)no_such_module"):
        await process.start()
    assert process.pid is None


async def test_a_start_has_a_deadline(values: AsteriskValues) -> None:
    render(TEMPLATES, values.layout.conf, values)
    process = AsteriskProcess(values.layout, boot_timeout_s=0.01)
    with pytest.raises(ConfigurationError, match="has not booted"):
        await process.start()
    assert process.pid is None


@pytest.fixture
def old_asterisk(tmp_path: Path) -> Iterator[Installation]:
    binary = tmp_path / "asterisk"
    binary.write_text("#!/bin/sh\necho Asterisk 20.6.0\n")
    binary.chmod(0o755)
    yield Installation((str(binary),), tmp_path, tmp_path)


async def test_an_old_asterisk_is_refused_by_what_it_lacks(old_asterisk: Installation, tmp_path: Path) -> None:
    process = AsteriskProcess(Layout(old_asterisk, tmp_path / "state"))
    with pytest.raises(ConfigurationError, match=r"is 20\.6 and lacks .*line 22"):
        await process.start()


async def test_what_is_no_asterisk_is_refused(tmp_path: Path) -> None:
    for command, complaint in (("/bin/true", "is no Asterisk"), ("/no/such/file", "cannot be run")):
        process = AsteriskProcess(Layout(Installation((command,), tmp_path, tmp_path), tmp_path))
        with pytest.raises(ConfigurationError, match=complaint):
            await process.version()


async def test_waiting_for_what_never_started(tmp_path: Path) -> None:
    process = AsteriskProcess(Layout(Installation(("true",), tmp_path, tmp_path), tmp_path))
    with pytest.raises(LinkDown):
        async with asyncio.timeout(5):
            await process.wait()
    await process.kill()
