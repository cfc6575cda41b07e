"""A caller on a real Asterisk: keys over AMI find their call, sounds play, a hang-up ends the dialogue."""

import asyncio
from pathlib import Path

import pytest

from ivr.adapters.asterisk.agi_server import AgiServer
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.callers import Callers, calls_alive
from ivr.adapters.files import quiet
from ivr.dialogue.model import Choice, Digits, Gather, Match, Phrase
from ivr.domain.errors import CallerHungUp, PhoneFailed
from ivr.service.ports import Phone

from .conftest import SECRET, RealAsterisk

LONG = Phrase("десять секунд тишины", "10")


class Voice:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def sound(self, phrase: Phrase) -> Path:
        return self._folder / f"{phrase.name}.wav"

    async def seconds(self, phrase: Phrase) -> float:
        return 10.0


async def test_a_dialogue_with_a_real_caller(asterisk: RealAsterisk) -> None:
    sounds = asterisk.folder / "sounds"
    quiet.make(sounds)
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    link = AmiLink(
        "127.0.0.1",
        asterisk.ami_port,
        "engine",
        SECRET,
        action_timeout_s=5,
        reconnect_first_s=0.05,
        reconnect_cap_s=0.3,
    )

    async def press(keys: str) -> None:
        (caller,) = [
            str(channel.get("Channel"))
            for channel in await link.action_list("CoreShowChannels")
            if str(channel.get("Channel")).endswith(";1")
        ]
        for key in keys:
            await link.action("PlayDTMF", {"Channel": caller, "Digit": key, "Receive": "true"})

    async def dialogue(phone: Phone) -> None:
        listening = asyncio.create_task(phone.gather(Gather((LONG,), Choice(frozenset("5")), 30)))
        await asyncio.sleep(0)
        await press("5")
        assert await listening == Match("5")
        await press("12")  # between two commands: AGI alone would lose them
        assert await phone.gather(Gather((LONG,), Digits(2, 2), 30, 30)) == Match("12")
        with pytest.raises(PhoneFailed, match=r"no-such-sound\.wav"):
            await phone.say((Phrase("нет такого", "no-such-sound"),), interruptible=True)
        assert phone.caller == "79990000001"
        assert phone.call_id in await calls_alive(link)
        await link.action("Hangup", {"Channel": "/^Local/caller@test-.*;1$/", "Cause": "16"})
        await phone.say((LONG,), interruptible=True)

    async def handle(phone: Phone) -> None:
        try:
            await dialogue(phone)
            ended.set_result(None)
        except BaseException as error:
            ended.set_exception(error)
            raise

    callers = Callers(link, Voice(sounds), sounds, {"inbound": handle})
    server = AgiServer(
        "127.0.0.1", asterisk.agi_port, callers.serve, max_calls=1, header_timeout_s=5, command_timeout_s=5
    )
    await server.start()
    running = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(60):
            while not link.connected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            call = {"Channel": "Local/caller@test", "Context": "test", "Exten": "agi", "Priority": "1"}
            await link.action("Originate", {**call, "CallerID": "<79990000001>", "Async": "true"})
            with pytest.raises(CallerHungUp):
                await ended
            while server.calls:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.wait({running})
        await server.stop(0)
