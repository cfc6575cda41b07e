"""People of the city who speak: with voices of their own, through noise; and what the centre made of it."""

import asyncio
import wave
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.dialogue.wording.numbers import cardinal
from ivr.places import voice_settings
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg
from tests.acceptance.harness import CentreUnderTest, until
from tests.acceptance.readings import of_call

RATE = 8000
DIGITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
VOICES = ("ru", "ru+m3", "ru+linda")
"""Of espeak-ng: not the centre's own."""


def digit_by_digit(number: str) -> str:
    return " ".join(DIGITS[int(digit)] for digit in number)


class Throats:
    """Gives sounds for a leg to say."""

    def __init__(self, centre: CentreUnderTest) -> None:
        settings = voice_settings(centre.centre)
        self._voices = {name: SystemVoice(replace(settings, engine="espeak", voice=name)) for name in VOICES}
        self._folder = centre.folder / "spoken"
        self._folder.mkdir()
        self._count = 0

    async def say(self, words: str, voice: str = "ru", noise_db: float | None = None, seed: int = 1) -> Path:
        """`words` through noise of so many dB below them; None: a quiet line."""
        path = await self._voices[voice].sound(Phrase(words))
        return path if noise_db is None else self._write(_noisy(_read(path), noise_db, seed))

    def cough(self, seconds: float = 0.25) -> Path:
        """A burst of noise that is no word."""
        time = np.arange(round(seconds * RATE)) / RATE
        sound = np.random.default_rng(7).normal(0, 0.2, len(time)) * np.exp(-time / 0.08)
        return self._write(sound)

    async def close(self) -> None:
        for voice in self._voices.values():
            await voice.close()

    def _write(self, sound: np.ndarray[Any, np.dtype[np.float64]]) -> Path:
        self._count += 1
        path = self._folder / f"sound-{self._count}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        return path


def _read(path: Path) -> np.ndarray[Any, np.dtype[np.float64]]:
    with wave.open(str(path)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768


def _noisy(
    sound: np.ndarray[Any, np.dtype[np.float64]], noise_db: float, seed: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    around = np.concatenate([np.zeros(RATE // 4), sound, np.zeros(RATE // 4)])
    level = np.sqrt(np.mean(sound**2)) * 10 ** (-noise_db / 20)
    return np.asarray(around + np.random.default_rng(seed).normal(0, level, len(around)))


@dataclass
class Caller:
    """A caller, what he tells, and what became of it. `stores`: the readings that must be there after his call."""

    leg: Leg
    centre: CentreUnderTest
    throats: Throats
    number: str
    account: str
    voice: str = "ru"
    noise_db: float | None = None
    stores: list[int] = field(default_factory=list)
    call_id: str = ""

    def steps(self) -> list[str]:
        rows = self.centre.steps(self.call_id)
        return [" ".join(filter(None, (row["node"], row["event"], row["heard"], row["result"]))) for row in rows]

    async def step(self, text: str, count: int = 1, within_s: float = 25.0) -> None:
        """Wait until the centre has noted a step that holds `text`, for the `count`th time."""
        deadline = self.leg.t + within_s
        while sum(text in step for step in self.steps()) < count:
            assert self.leg.t < deadline, f"no step «{text}» for the {count}. time: {self.steps()[-8:]}"
            await self.leg.wait(0.2)

    async def answer(self, words: str) -> None:
        """Say it until it is an answer: again when he is asked again, as people do, three times at most. Who is asked
        for «верно» says that."""
        matches = self._count(" match ")
        for _ in range(3):
            asked = self.asked_again
            await self.say(words)
            deadline = self.leg.t + 20
            while self._count(" match ") == matches and self.asked_again == asked:
                assert self.leg.t < deadline, f"«{words}» was not heard: {self.steps()[-8:]}"
                await self.leg.wait(0.2)
            if self._count(" match ") > matches:
                return
            words = "верно" if words == "да" else words
            await self.leg.wait(2.0)

    def _count(self, text: str) -> int:
        return sum(text in step for step in self.steps())

    @property
    def asked_again(self) -> int:
        return sum(each.endswith(("asked again", "heard silence")) or " by_keys " in each for each in self.steps())

    async def say(self, words: str) -> None:
        await self.leg.say(await self.throats.say(words, self.voice, self.noise_db, seed=int(self.number[-3:])))

    async def identified(self) -> None:
        """By keys, as somebody who knows the way."""
        await self.leg.press("1")
        await self.step("readings entered")
        await self.leg.wait(0.5)
        await self.leg.press_quickly(self.account)
        await self.step(f"reading_account match {self.account}")
        await self.leg.wait(1.0)
        await self.leg.press("1")
        await self.step("reply account")
        await self.leg.wait(0.5)
        await self.leg.press_quickly(self.proof)
        await self.step("reply proof proven")

    @property
    def proof(self) -> str:
        return proof_of(self.centre, self.account)


def proof_of(centre: CentreUnderTest, account: str) -> str:
    return str(centre.rows("SELECT contract FROM accounts WHERE number = ?", account)[0]["contract"])[-4:]


Story = Callable[[Caller], Awaitable[None]]


@dataclass
class Told:
    """One call that is over."""

    stored: list[int]
    should: list[int]
    steps: list[str]
    call: Mapping[str, Any]
    failure: BaseException | None


async def tell(
    story: Story, city: City, centre: CentreUnderTest, throats: Throats, *, caller: str, dialled: str, **about: Any
) -> Told:
    """One call with this story."""
    people: list[Caller] = []

    async def script(leg: Leg) -> None:
        person = Caller(leg, centre, throats, caller, **about)
        people.append(person)
        person.call_id = str(await until(lambda: centre.call_of(caller).get("id"), 10, "the call is known"))
        await story(person)

    encounter = await city.call(script, number=dialled, caller=caller, check=False)
    call = await centre.ended(caller, within_s=40)
    [person] = people
    return Told(of_call(centre, call["id"]), person.stores, person.steps(), call, encounter.failure)


async def tell_all(stories: Sequence[Awaitable[Told]], at_once: int = 10) -> list[Told]:
    """All of them, at most so many lines at a time."""
    lines = asyncio.Semaphore(at_once)

    async def one(story: Awaitable[Told]) -> Told:
        async with lines:
            return await story

    return list(await asyncio.gather(*map(one, stories)))


def spoken_reading(value: int, form: str) -> str:
    """A number as people tell it."""
    text = str(value)
    if form == "digits":
        return digit_by_digit(text)
    if form == "groups" and len(text) > 3 and text[-3] != "0":
        return f"{cardinal(int(text[:-3]))} {cardinal(int(text[-3:]))}"
    return cardinal(value)
