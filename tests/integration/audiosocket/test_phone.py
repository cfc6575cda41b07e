"""A question answered in words, on one leg: real FastAGI and AudioSocket connections, real recognition, real time."""

import asyncio
import shlex
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
import pytest_asyncio
import structlog
from structlog.testing import capture_logs

from ivr.adapters.asterisk.agi_server import AgiConnection, AgiServer
from ivr.adapters.asterisk.audiosocket_server import AudioSocketServer
from ivr.adapters.asterisk.phone import NOTICE, AsteriskPhone
from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.adapters.asterisk.tones import ToneFeed
from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.dialogue.listening.heard import Hypothesis
from ivr.dialogue.listening.profile import NUMBER, YES_NO
from ivr.dialogue.model import Choice, Digits, Gather, Listen, Match, NoInput, Phrase, Spoken, Unheard
from ivr.domain.errors import CallerHungUp, PhoneFailed, RecognitionFailed
from ivr.protocols.audiosocket import AudioSocketEvent, Tone
from ivr.service.hearing import OnFailure, OnPartial, Recogniser
from tests.integration.recognition.conftest import MODEL, NUMBERS, recorded

from .peer import Peer

Script = Sequence[tuple[float, bytes | AudioSocketEvent]]
SIX_SEVEN = recorded("digits/6") + recorded("digits/7")
PROMPT_S = 6.0


def words_of(answer: object) -> str:
    assert isinstance(answer, Spoken), answer
    return " ".join(answer.hypotheses[0].known) if answer.hypotheses else ""


def question(*, complete: int = 99, interruptible: bool = True, timeout_s: float = 1.0, prompt: str = "long") -> Gather:
    listen = Listen(NUMBER, NUMBERS, lambda words: len(words) == complete)
    phrases = (Phrase(prompt, prompt),)
    return Gather(phrases, Digits(1, 2), timeout_s, 1.0, interruptible=interruptible, listen=listen)


class Voice:
    """`long` lasts six seconds, everything else half a second. `late` is made when somebody allows it; `never` cannot
    be. asked: what was wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.asked: list[str] = []
        self.late = asyncio.Event()

    async def sound(self, phrase: Phrase) -> Path:
        self.asked.append(phrase.name)
        if phrase.name == "late":
            await self.late.wait()
        if phrase.name == "never":
            raise PhoneFailed("no sound for 'never'")
        path = self._folder / f"{phrase.name}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"\x00\x10\x00\xf0" * round(4000 * (PROMPT_S if phrase.name == "long" else 0.5)))
        return path

    async def seconds(self, phrase: Phrase) -> float:
        return 1.0


class Leg:
    """Asterisk's end. `scripts`: what each AudioSocket line brings, in turn; without one it cannot connect."""

    def __init__(self, tones: ToneFeed, scripts: list[Script]) -> None:
        self.tones = tones
        self.scripts = scripts
        self.did: list[str] = []
        self.peers: list[Peer] = []
        self.variables: dict[str, str] = {}
        self.hang_up_after_s: float | None = None
        self.ami = True

    async def speak(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"agi_uniqueid: centre-1.1\nagi_callerid: 79990000001\n\n")
        while line := await reader.readline():
            writer.write((await self._reply(shlex.split(line.decode())) + "\n").encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _reply(self, words: list[str]) -> str:
        match words:
            case ["EXEC", "AudioSocket", argument]:
                return await self._lend(*argument.split(","))
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
                return "200 result=1"
            case ["STREAM", "FILE", sound, *_]:
                self.did.append(sound.rpartition("/")[2])
                return "200 result=0 endpos=4000"
            case ["WAIT", "FOR", "DIGIT", _]:
                return "200 result=0"
            case ["NOOP"]:
                return "200 result=0"
        raise AssertionError(words)

    async def _lend(self, uuid: str, service: str) -> str:
        self.did.append("AudioSocket")
        if not self.scripts:
            return "200 result=-1"
        host, port = service.split(":")
        script = self.scripts.pop(0)
        peer = Peer(UUID(uuid), script)
        self.peers.append(peer)
        keys = [(at, event.key) for at, event in script if isinstance(event, Tone)]
        loop = asyncio.get_running_loop()
        for at, key in keys if self.ami else []:  # AMI tells of them as well
            loop.call_later(at + 0.01, self.tones.from_ami, key)
        hangs_up = self.hang_up_after_s is not None
        await peer.talk(host, int(port), close_after_s=self.hang_up_after_s or 60)
        return "HANGUP" if hangs_up else "200 result=0"


class Deaf:
    """A recogniser that fails in the middle of a phrase."""

    name = "deaf"
    open = False

    def hear(self, grammar: Sequence[str], partial: OnPartial, failure: OnFailure) -> "Deaf":
        asyncio.get_running_loop().call_later(0.1, failure, RecognitionFailed("out of order"))
        return self

    def feed(self, samples: bytes) -> None: ...

    async def conclude(self) -> tuple[Hypothesis, ...]:
        raise RecognitionFailed("out of order")

    def close(self) -> None: ...


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recogniser() -> AsyncIterator[VoskRecogniser]:
    one = await VoskRecogniser.load(MODEL)
    yield one
    await one.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def a_phone(
    folder: Path, recogniser: Recogniser, *scripts: Script, link_up: bool = True, voice: Voice | None = None
) -> AsyncIterator[tuple[AsteriskPhone, Leg]]:
    made: asyncio.Future[AsteriskPhone] = asyncio.get_running_loop().create_future()
    over, tones = asyncio.Event(), ToneFeed()
    lines = AudioSocketServer("127.0.0.1", 0)
    await lines.start()
    turns = SpeechTurns(lines, recogniser)

    async def handler(agi: AgiConnection) -> None:
        made.set_result(
            AsteriskPhone(agi, voice or Voice(folder), tones, Path("/quiet"), lambda: link_up, speech=turns)
        )
        await over.wait()

    server = AgiServer("127.0.0.1", 0, handler, max_calls=1, header_timeout_s=5, command_timeout_s=5)
    await server.start()
    leg = Leg(tones, list(scripts))
    speaking = asyncio.create_task(leg.speak(server.port))
    try:
        async with asyncio.timeout(60):
            yield await made, leg
    finally:
        over.set()
        await server.stop(5)
        await lines.stop()
        await speaking


async def test_a_number_said_into_the_prompt_stops_it_and_answers(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser, [(1.5, SIX_SEVEN)]) as (phone, leg):
        answer = await phone.gather(question())
    assert isinstance(answer, Spoken) and words_of(answer) == "шесть семь"
    assert 0.5 < answer.hypotheses[0].confidence <= 1
    assert answer.at_ms is not None
    assert answer.cut
    assert SIX_SEVEN[4000:12000] in answer.sound, "what was said lies in the sound that may be kept"
    assert len(answer.sound) < 16000 * 4
    [peer] = leg.peers
    assert peer.goodbye and peer.spoke_at is not None
    print(f"from the first sound of the caller to the last of the prompt: {peer.last_words() - peer.spoke_at:.2f} s")
    assert peer.last_words() < PROMPT_S - 1
    assert leg.did == ["AudioSocket"] and leg.variables == {}


async def test_a_voice_that_is_no_word_is_not_understood_and_its_sound_is_there(
    tmp_path: Path, recogniser: VoskRecogniser
) -> None:
    at = np.arange(4000) / 8000
    hum = sum(np.sin(2 * np.pi * 130 * k * at) / k for k in (1, 2, 3, 4, 5, 6))  # «ммм»
    hummed = (3000 * hum).astype("<i2").tobytes()
    async with a_phone(tmp_path, recogniser, [(0.4, hummed)]) as (phone, _):
        answer = await phone.gather(question(timeout_s=6.0, prompt="short"))
    assert isinstance(answer, Spoken) and words_of(answer) == ""
    loud = np.abs(np.frombuffer(answer.sound, "<i2")) > 1000
    assert np.count_nonzero(loud) > 1000, "who labels the phrase hears what was said"


async def test_a_key_that_says_the_same_as_the_words_does_not_answer_the_next_question(
    tmp_path: Path, recogniser: VoskRecogniser
) -> None:
    async with a_phone(tmp_path, recogniser, [(0.8, SIX_SEVEN)]) as (phone, leg):
        assert isinstance(await phone.gather(question(prompt="short")), Spoken)
        phone.answered("1")
        for key in "112":
            leg.tones.from_ami(key)
        assert await phone.gather(Gather((Phrase("short", "short"),), Digits(2, 2))) == Match("12")


async def test_a_word_that_nobody_taught_us_is_an_answer_and_is_not_waited_out(
    tmp_path: Path, recogniser: VoskRecogniser
) -> None:
    async with a_phone(tmp_path, recogniser, [(1.5, recorded("hello"))]) as (phone, _):
        answer = await phone.gather(question(prompt="short", timeout_s=60))
    assert words_of(answer) == ""


async def test_an_answer_that_is_complete_is_not_waited_for(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser, [(0.8, SIX_SEVEN + bytes(64000) + SIX_SEVEN)]) as (phone, _):
        answer = await phone.gather(question(complete=2, prompt="short"))
    assert words_of(answer) == "шесть семь"


async def test_silence_is_no_input_and_the_next_question_is_asked_the_same_way(
    tmp_path: Path, recogniser: VoskRecogniser
) -> None:
    async with a_phone(tmp_path, recogniser, [], [(1.0, SIX_SEVEN)]) as (phone, leg):
        assert await phone.gather(question(prompt=NOTICE)) == NoInput()
        assert leg.variables == {"IVR_NOTICE": "1"}
        answer = await phone.gather(question(prompt="short"))
        assert isinstance(answer, Spoken)
    assert leg.did == ["AudioSocket", "AudioSocket"]


async def test_a_prompt_begins_before_all_of_it_is_made(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    voice = Voice(tmp_path)
    prompt = (Phrase("short", "short"), Phrase("late", "late"))

    def said() -> int:
        return sum(any(samples) for peer in leg.peers for _, samples in peer.told)

    async def allowed_once_the_first_is_said() -> None:
        while said() < 25:  # noqa: ASYNC110 – frames come without an event
            await asyncio.sleep(0.02)
        voice.late.set()

    async with a_phone(tmp_path, recogniser, [], voice=voice) as (phone, leg):
        allowing = asyncio.create_task(allowed_once_the_first_is_said())
        assert await phone.gather(replace(question(timeout_s=0.5), prompt=prompt)) == NoInput()
        await allowing
    assert voice.asked == ["short", "late"]
    assert said() == 50


async def test_a_prompt_whose_rest_cannot_be_made_is_no_answer(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    prompt = (Phrase("short", "short"), Phrase("never", "never"))
    async with a_phone(tmp_path, recogniser, []) as (phone, leg):
        with pytest.raises(PhoneFailed, match="never"):
            await phone.gather(replace(question(), prompt=prompt))
        await phone.say((Phrase("short", "short"),), interruptible=False)
    assert leg.did == ["AudioSocket", "short"], "the leg lives"


async def test_what_will_be_said_is_made_while_the_caller_is_waited_for(
    tmp_path: Path, recogniser: VoskRecogniser
) -> None:
    def foresee(words: tuple[str, ...], more: tuple[str, ...]) -> tuple[Phrase, ...]:
        if len(words) < 2:
            raise ValueError("a guess may fail")
        return (Phrase("next", " ".join(words)),)

    voice = Voice(tmp_path)
    ask = question(prompt="short")
    assert ask.listen is not None
    ask = replace(ask, listen=replace(ask.listen, foresee=foresee))
    async with a_phone(tmp_path, recogniser, [(1.0, SIX_SEVEN)], voice=voice) as (phone, _):
        assert words_of(await phone.gather(ask)) == "шесть семь"
    assert voice.asked[0] == "short" and "шесть семь" in voice.asked


async def test_words_outside_the_question_are_none(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    listen = Listen(YES_NO, ("да", "нет", "[unk]"), lambda words: True)
    ask = Gather((Phrase("short", "short"),), Choice(frozenset("12")), 3.0, 1.0, listen=listen)
    speech = recorded("digits/7") + recorded("digits/60") + recorded("digits/40") + recorded("digits/7")
    async with a_phone(tmp_path, recogniser, [(1.0, speech)]) as (phone, _):
        assert words_of(await phone.gather(ask)) == ""


async def test_the_place_of_the_words_is_told(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser, [(1.0, SIX_SEVEN)]) as (phone, leg):
        answer = await phone.gather(question(prompt="short"))
    assert isinstance(answer, Spoken) and answer.at_ms is not None
    [peer] = leg.peers
    assert peer.spoke_at is not None
    assert abs(answer.at_ms / 1000 - peer.spoke_at) < 0.7  # the line began as soon as the leg had


async def test_a_correction_is_heard_beside_yes_and_no(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    words = ("да", "нет", "[unk]")
    listen = Listen(YES_NO, words, lambda words: "да" in words, more=(*words, *NUMBERS))
    ask = Gather((Phrase("short", "short"),), Choice(frozenset("12")), 3.0, 1.0, listen=listen)
    async with a_phone(tmp_path, recogniser, [(1.0, SIX_SEVEN)]) as (phone, _):
        answer = await phone.gather(ask)
    assert isinstance(answer, Spoken)
    assert answer.more[0].known == ("шесть", "семь")


async def test_keys_take_over_in_the_middle_of_a_word(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    script: Script = [(1.0, SIX_SEVEN), (1.2, Tone("4")), (1.3, Tone("2"))]
    async with a_phone(tmp_path, recogniser, script) as (phone, leg):
        assert await phone.gather(question()) == Match("42")
    assert leg.did == ["AudioSocket"]
    assert leg.peers[0].last_words() < 3


async def test_without_the_link_a_key_comes_over_the_line_alone(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser, [(1.0, Tone("4"))], link_up=False) as (phone, leg):
        leg.ami = False
        assert await phone.gather(question()) == Match("4")


async def test_keys_in_a_prompt_that_must_be_heard_answer_after_it(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser, [(0.2, Tone("4")), (0.3, Tone("2"))]) as (phone, leg):
        assert await phone.gather(question(interruptible=False, prompt="short")) == Match("42")
    assert len([True for _, samples in leg.peers[0].told if any(samples)]) >= 25


async def test_one_who_knows_the_way_is_not_listened_to(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser) as (phone, leg):
        leg.tones.from_ami("4")
        leg.tones.from_ami("2")
        assert await phone.gather(question()) == Match("42")
    assert leg.did == []


async def test_without_a_line_the_question_is_to_be_put_by_keys_and_the_next_ones_too(
    tmp_path: Path, recogniser: VoskRecogniser
) -> None:
    async with a_phone(tmp_path, recogniser) as (phone, leg):
        assert await phone.gather(question(timeout_s=0.1)) == Unheard("deaf")
        assert not phone.hears
        assert await phone.gather(question(timeout_s=0.1)) == NoInput()
    assert leg.did == ["AudioSocket", "long"]


async def test_a_recogniser_that_fails_leaves_the_question_to_keys(tmp_path: Path) -> None:
    async with a_phone(tmp_path, Deaf(), [(0.4, SIX_SEVEN)]) as (phone, leg):  # type: ignore[arg-type]
        with structlog.contextvars.bound_contextvars(call_id="centre-1.1"), capture_logs() as logs:
            assert await phone.gather(question(timeout_s=0.1)) == Unheard("deaf")
    assert leg.did == ["AudioSocket"]
    assert leg.peers[0].goodbye
    assert [(line["call_id"], line["reason"]) for line in logs if line["event"] == "speech_recognition_failed"] == [
        ("centre-1.1", "out of order")
    ]


async def test_a_caller_who_is_silent_costs_the_recogniser_nothing(tmp_path: Path) -> None:
    async with a_phone(tmp_path, Deaf(), []) as (phone, leg):  # type: ignore[arg-type]
        assert await phone.gather(question(timeout_s=0.3)) == NoInput()
    assert leg.did == ["AudioSocket"]


async def test_a_caller_who_hangs_up_ends_the_turn(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser, []) as (phone, leg):
        leg.hang_up_after_s = 0.5
        with pytest.raises(CallerHungUp):
            await phone.gather(question())


async def test_a_question_without_words_is_asked_by_keys(tmp_path: Path, recogniser: VoskRecogniser) -> None:
    async with a_phone(tmp_path, recogniser) as (phone, leg):
        assert await phone.gather(Gather((Phrase("short", "short"),), Digits(1, 2), 0.1, 0.1)) == NoInput()
    assert leg.did == ["short"]
