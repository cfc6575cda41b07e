"""Who is let in over SIP: the carrier by its address, an operator by his secret, nobody else."""

import asyncio
import hashlib
import re
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.adapters.asterisk.conf import AsteriskValues, Line, render
from ivr.adapters.asterisk.layout import Layout, private_copy
from ivr.adapters.asterisk.process import AsteriskProcess

REPOSITORY = Path(__file__).parents[3]
pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = "88005550100"
SECRET = "a" * 24
CARRIER, OPERATORS, STRANGER = "127.0.0.1", "127.0.0.2", "127.0.0.3"


class Telephone:
    """Sends one SIP request from `address` and gives the final answer."""

    def __init__(self, address: str, port: int) -> None:
        self._port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.setblocking(False)
        self._own = f"{address}:{self._socket.getsockname()[1]}"
        self._call = uuid.uuid4().hex
        self._sequence = 0

    def close(self) -> None:
        self._socket.close()

    async def ask(self, method: str, name: str, to: str, *headers: str) -> str:
        self._sequence += 1
        lines = [
            f"{method} sip:{to}@127.0.0.1:{self._port} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._own};rport;branch=z9hG4bK{uuid.uuid4().hex}",
            f"From: <sip:{name}@127.0.0.1>;tag={self._call}",
            f"To: <sip:{to}@127.0.0.1>",
            f"Call-ID: {self._call}",
            f"CSeq: {self._sequence} {method}",
            "Max-Forwards: 70",
            f"Contact: <sip:{name}@{self._own}>",
            *headers,
            "Content-Length: 0",
        ]
        loop = asyncio.get_running_loop()
        await loop.sock_sendto(self._socket, ("\r\n".join(lines) + "\r\n\r\n").encode(), ("127.0.0.1", self._port))
        async with asyncio.timeout(5):
            while True:
                answer = (await loop.sock_recv(self._socket, 65535)).decode()
                if not answer.startswith("SIP/2.0 1") and f"CSeq: {self._sequence} {method}" in answer:
                    return answer

    async def register(self, extension: str, secret: str) -> str:
        """Register with the digest of RFC 2617; the second answer."""
        challenge = await self.ask("REGISTER", extension, extension, "Expires: 60")
        realm, nonce = (re.findall(rf'{key}="([^"]*)"', challenge)[0] for key in ("realm", "nonce"))
        uri = f"sip:{extension}@127.0.0.1:{self._port}"
        words = (f"{extension}:{realm}:{secret}", f"REGISTER:{uri}")
        one, two = (hashlib.md5(word.encode()).hexdigest() for word in words)
        response = hashlib.md5(f"{one}:{nonce}:00000001:c:auth:{two}".encode()).hexdigest()
        proof = f'Authorization: Digest username="{extension}",realm="{realm}",nonce="{nonce}",uri="{uri}",'
        proof += f'response="{response}",algorithm=MD5,qop=auth,nc=00000001,cnonce="c"'
        return await self.ask("REGISTER", extension, extension, "Expires: 60", proof)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[AsteriskProcess, int]]:
    folder = tmp_path_factory.mktemp("sip")
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        ami_port, sip_port = tcp.getsockname()[1], udp.getsockname()[1]
    layout = Layout(private_copy(REPOSITORY / "var" / "asterisk"), folder / "state")
    values = AsteriskValues(
        layout,
        node="centre",
        sip_host="127.0.0.1",
        sip_port=sip_port,
        rtp_first=25000,
        rtp_last=25099,
        ami_port=ami_port,
        ami_secret="s" * 24,
        music=folder,
        carrier=(f"{CARRIER}/32",),
        operator_networks=(f"{OPERATORS}/32",),
        operators=(Line("101", SECRET), Line("102", "b" * 24)),
    )
    folders = {name: folder for name in ("recordings_dir", "journal_dir", "sounds_dir")}
    dialplan = {"agi_host": "127.0.0.1", "agi_port": 1, "fallback_timeout_s": 60}
    values = replace(values, values={**dialplan, **folders})
    render(REPOSITORY / "dialplans" / "asterisk", layout.conf, values)
    process = AsteriskProcess(layout)
    await process.start()
    yield process, sip_port
    await process.stop()


async def status(port: int, address: str, method: str, name: str) -> str:
    telephone = Telephone(address, port)
    try:
        return (await telephone.ask(method, name, NUMBER)).split()[1]
    finally:
        telephone.close()


async def test_the_carrier_is_known_by_its_address(asterisk: tuple[AsteriskProcess, int]) -> None:
    assert await status(asterisk[1], CARRIER, "OPTIONS", "79000000000") == "200"


@pytest.mark.parametrize("address", [CARRIER, OPERATORS])
async def test_an_operators_name_asks_for_his_secret(asterisk: tuple[AsteriskProcess, int], address: str) -> None:
    assert await status(asterisk[1], address, "INVITE", "101") == "401"


async def test_a_stranger_is_refused(asterisk: tuple[AsteriskProcess, int]) -> None:
    for name in ("101", "79000000000", "anonymous"):
        assert await status(asterisk[1], STRANGER, "INVITE", name) == "403"


async def test_an_unknown_name_from_the_operators_network_gets_no_further(
    asterisk: tuple[AsteriskProcess, int],
) -> None:
    assert await status(asterisk[1], OPERATORS, "INVITE", "79000000000") == "401"


async def test_registration_takes_the_right_secret_only(asterisk: tuple[AsteriskProcess, int]) -> None:
    process, port = asterisk
    telephone = Telephone(OPERATORS, port)
    try:
        assert (await telephone.register("101", "b" * 24)).split()[1] == "401"
        assert "101" not in await process.cli("pjsip show contacts")
        assert (await telephone.register("101", SECRET)).split()[1] == "200"
        assert "101/sip:101@" in await process.cli("pjsip show contacts")
    finally:
        telephone.close()
