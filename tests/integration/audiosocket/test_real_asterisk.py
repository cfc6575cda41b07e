"""A question answered in words on a call of a real Asterisk: who speaks when is read from the call's recording."""

import asyncio
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import numpy as np

from ivr.adapters.asterisk.agi_server import AgiConnection, AgiServer
from ivr.adapters.asterisk.ami_events import DtmfEnd, Event
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.audiosocket_server import AudioSocketServer
from ivr.adapters.asterisk.phone import AsteriskPhone
from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.adapters.asterisk.tones import ToneFeed
from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.dialogue.model import Match, NoInput, NoMatch, Spoken
from ivr.domain.errors import CallerHungUp
from tests.integration.asterisk_link.conftest import SECRET, RealAsterisk, asterisk
from tests.integration.recognition.conftest import MODEL, quiet, recorded

from .test_phone import Voice, question

__all__ = ["asterisk"]

Answer = Match | NoMatch | NoInput
RATE = 8000
LOUD = 1000


def say(real: RealAsterisk, sound: bytes) -> None:
    """What the caller says one second after he is answered."""
    with wave.open(str(real.folder / "words.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(sound)


def spans(recording: Path) -> tuple[list[float], list[float]]:
    """Seconds at which caller and prompt are loud, by halves of a frame."""
    both = np.frombuffer(recording.read_bytes(), "<i2").reshape(-1, 2).astype(float)
    steps = both[: len(both) // 80 * 80].reshape(-1, 80, 2)
    loud = np.abs(steps).max(axis=1) > LOUD
    return [at * 0.01 for at in np.flatnonzero(loud[:, 0])], [at * 0.01 for at in np.flatnonzero(loud[:, 1])]


@asynccontextmanager
async def linked(real: RealAsterisk) -> AsyncIterator[AmiLink]:
    link = AmiLink(
        "127.0.0.1", real.ami_port, "engine", SECRET, action_timeout_s=5, reconnect_first_s=0.05, reconnect_cap_s=0.3
    )
    running = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(30):
            while not link.connected:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        yield link
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def asked(
    real: RealAsterisk, dialogue: Callable[[AsteriskPhone], Awaitable[Answer]], keys: str = ""
) -> tuple[Answer, Path]:
    """One call: what the dialogue gives, and the recording, both sides interleaved."""
    recording = real.folder / "call.raw"
    done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    recogniser = await VoskRecogniser.load(MODEL)
    lines = AudioSocketServer("127.0.0.1", 0)
    await lines.start()
    tones = ToneFeed()

    def event(event: Event) -> None:
        if isinstance(event, DtmfEnd) and event.received and event.channel.startswith("Local/speaker"):
            tones.from_ami(event.digit)

    async def handler(agi: AgiConnection) -> None:
        await agi.command("ANSWER")
        await agi.execute("MixMonitor", str(recording), "D")
        turns = SpeechTurns(lines, recogniser)
        phone = AsteriskPhone(agi, Voice(real.folder), tones, real.folder, lambda: link.connected, speech=turns)
        try:
            done.set_result(await dialogue(phone))
        except CallerHungUp as error:
            done.set_exception(error)
        await agi.execute("StopMixMonitor")

    server = AgiServer("127.0.0.1", real.agi_port, handler, max_calls=1, header_timeout_s=5, command_timeout_s=5)
    await server.start()
    try:
        async with linked(real) as link, asyncio.timeout(60):
            link.on_event(event)
            await link.action(
                "Originate",
                {
                    "Channel": "Local/speaker@test/n",
                    "Context": "test",
                    "Exten": "agi",
                    "Priority": "1",
                    "Async": "true",
                    "Variable": [f"__KEYS={keys}"],
                },
            )
            return await done, recording
    finally:
        await server.stop(5)
        await lines.stop()
        await recogniser.close()


async def test_words_said_into_the_prompt_stop_it_and_answer(asterisk: RealAsterisk) -> None:
    say(asterisk, recorded("digits/6") + recorded("digits/7") + quiet(3.0))
    answer, recording = await asked(asterisk, lambda phone: phone.gather(question()))
    assert isinstance(answer, Spoken) and answer.cut
    assert [word.text for word in answer.hypotheses[0].words] == ["шесть", "семь"]
    caller, prompt = spans(recording)
    assert caller and prompt
    print(f"barge-in on the wire: the prompt stopped {prompt[-1] - caller[0]:.2f} s after the caller's first sound")
    assert prompt[-1] < caller[0] + 2.0, "the prompt, six seconds long, was not stopped"


async def test_keys_pressed_into_the_prompt_answer(asterisk: RealAsterisk) -> None:
    say(asterisk, quiet(0.2))
    answer, _ = await asked(asterisk, lambda phone: phone.gather(question()), keys="42")
    assert answer == Match("42")


async def test_after_a_question_the_leg_is_back_at_its_commands(asterisk: RealAsterisk) -> None:
    say(asterisk, quiet(0.1))

    async def twice(phone: AsteriskPhone) -> Answer:
        assert await phone.gather(question(prompt="short")) == NoInput()
        await phone.say(question(prompt="other").prompt, interruptible=False)
        return await phone.gather(question(prompt="short"))

    answer, _ = await asked(asterisk, twice)
    assert answer == NoInput()
