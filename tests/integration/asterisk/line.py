"""A line that speaks Asterisk's side of FastAGI, byte for byte, as a test scripts it: sounds last no time at all."""

import asyncio
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ivr.adapters.asterisk.agi_server import AgiConnection, AgiServer
from ivr.adapters.asterisk.phone import AsteriskPhone
from ivr.adapters.asterisk.tones import ToneFeed
from ivr.dialogue.model import Phrase
from ivr.domain.errors import PhoneFailed

HEADER = "agi_uniqueid: centre-1.1\nagi_callerid: {caller}\nagi_extension: 88005550100\nagi_arg_1: {dialled}\n\n"
ENDPOS = 4000


class Voice:
    """Every phrase has a sound of its name; one without a name has none."""

    async def sound(self, phrase: Phrase) -> Path:
        if not phrase.name:
            raise PhoneFailed("no sound for it")
        return Path(f"/sounds/{phrase.name}.wav")

    async def seconds(self, phrase: Phrase) -> float:
        return 1.0


class Line:
    """`keys` maps a sound to the keys pressed in it: each stops it once, if the command lets it. `missing` cannot be
    played; at `hang_up` the caller goes. `ami` tells the keys over AMI too. `did` is what was played and set."""

    def __init__(self, tones: ToneFeed) -> None:
        self.tones = tones
        self.keys: dict[str, str] = {}
        self.missing = ""
        self.hang_up = ""
        self.ami = True
        self.did: list[str] = []
        self.variables: dict[str, str] = {}

    def _reply(self, words: list[str]) -> str:
        match words:
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
                return "200 result=1"
            case ["STREAM", "FILE", sound, digits, *rest]:
                return self._play(sound.rpartition("/")[2], digits, "".join(f"@{offset}" for offset in rest))
            case ["WAIT", "FOR", "DIGIT", _]:
                return self._play("wait", "any", "")
            case ["NOOP"]:
                return "200 result=0"
        raise AssertionError(words)

    def _play(self, sound: str, digits: str, offset: str) -> str:
        self.did.append(sound + offset)
        if sound == self.hang_up:
            return "HANGUP"
        if sound == self.missing:
            return "200 result=-1 endpos=0"
        keys = self.keys.get(sound, "")
        pressed, self.keys[sound] = (keys[:1], keys[1:]) if digits else (keys, "")
        for key in pressed if self.ami else "":
            self.tones.from_ami(key)
        return f"200 result={ord(pressed) if pressed and digits else 0} endpos={ENDPOS}"

    async def speak(self, port: int, caller: str, dialled: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEADER.format(caller=caller, dialled=dialled).encode())
        while line := await reader.readline():
            writer.write((self._reply(shlex.split(line.decode())) + "\n").encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def a_phone(
    *, link_up: bool = True, caller: str = "+79990000001", dialled: str = "88005550100"
) -> AsyncIterator[tuple[AsteriskPhone, Line]]:
    """The phone of one call over a real FastAGI server, and the line at its other end."""
    made: asyncio.Future[AsteriskPhone] = asyncio.get_running_loop().create_future()
    over, tones = asyncio.Event(), ToneFeed()

    async def handler(agi: AgiConnection) -> None:
        made.set_result(AsteriskPhone(agi, Voice(), tones, Path("/quiet"), lambda: link_up))
        await over.wait()

    server = AgiServer("127.0.0.1", 0, handler, max_calls=1, header_timeout_s=5, command_timeout_s=5)
    await server.start()
    line = Line(tones)
    speaking = asyncio.create_task(line.speak(server.port, caller, dialled))
    try:
        async with asyncio.timeout(20):
            yield await made, line
    finally:
        over.set()
        await server.stop(5)
        await speaking
