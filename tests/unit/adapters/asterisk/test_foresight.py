import asyncio
from pathlib import Path

import pytest

from ivr.adapters.asterisk.foresight import MOST, Foresight, making
from ivr.dialogue.model import Phrase
from ivr.domain.errors import PhoneFailed


class Voice:
    def __init__(self, *, works: bool = True) -> None:
        self.asked: list[str] = []
        self.made: list[str] = []
        self.go_on = asyncio.Event()
        self._works = works

    async def sound(self, phrase: Phrase) -> Path:
        self.asked.append(phrase.text)
        await self.go_on.wait()
        if not self._works:
            raise PhoneFailed("no sound")
        self.made.append(phrase.text)
        return Path("a.wav")

    async def seconds(self, phrase: Phrase) -> float:
        return 1.0


async def test_what_may_be_said_is_made_once_and_nobody_waits_for_it() -> None:
    voice = Voice()
    async with Foresight(voice) as foresight:
        foresight.ready((Phrase("один"), Phrase("два")))
        foresight.ready((Phrase("два"), Phrase("три")))
        await asyncio.sleep(0)
        assert voice.asked == ["один", "два", "три"]
    assert voice.made == []


async def test_a_guess_that_cannot_be_made_is_nobodys_trouble() -> None:
    voice = Voice(works=False)
    voice.go_on.set()
    async with Foresight(voice) as foresight:
        foresight.ready((Phrase("один"),))
        await asyncio.sleep(0)
    assert voice.asked == ["один"]


async def test_a_turn_guesses_only_so_often() -> None:
    voice = Voice()
    async with Foresight(voice) as foresight:
        for number in range(3 * MOST):
            foresight.ready((Phrase(str(number)),))
        await asyncio.sleep(0)
    assert len(voice.asked) == MOST


async def test_pieces_are_made_at_once_and_given_up_when_nobody_wants_them() -> None:
    voice = Voice()
    with pytest.raises(PhoneFailed, match="gone"):
        async with making(map(voice.sound, (Phrase("один"), Phrase("два")))) as pieces:
            await asyncio.sleep(0)
            assert voice.asked == ["один", "два"]
            raise PhoneFailed("gone")
    assert all(piece.cancelled() for piece in pieces)
