"""What a caller said to a menu goes with him to the operator, unless he turned to a matter of the flow's."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.dialogue.loader import load
from ivr.dialogue.model import Ending, Fact, Gather, Match, Spoken
from ivr.service.calls import CallService
from ivr.service.ports import Phone

from .test_call_contacts import Books, ScriptedPhone

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
PHRASES = {
    "account: {kind: identify,": "account: {kind: identify, topic: readings, phrases: [передать показания],",
    "operator: {kind: operator,": "operator: {kind: operator, phrases: [сгорел счётчик],",
}


def flow_with_phrases() -> str:
    text = SMALL
    for plain, spoken in PHRASES.items():
        assert plain in text
        text = text.replace(plain, spoken)
    return text


class Caller(ScriptedPhone):
    """Says words, or presses a digit."""

    hears = True

    def answered(self, key: str) -> None:
        return

    async def gather(self, gather: Gather) -> Match | Spoken:  # type: ignore[override]
        said = self.keys.pop(0)
        if said.isdigit():
            return Match(said)
        return Spoken((Hypothesis(tuple(Word(word, 0, 0, 1) for word in said.split()), 1.0),), (), 0)


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        (["у меня сгорел счётчик"], "у меня сгорел счётчик"),
        (["передать показания", "оператор"], ""),
        (["0"], ""),
        (["погода", "сгорел счётчик"], "сгорел счётчик"),
    ],
    ids=["for the operator alone", "a matter of the flow's", "by key", "not understood first"],
)
async def test_his_words_are_there_when_the_operators_get_him(said: list[str], wished: str) -> None:
    flow = load(flow_with_phrases(), "small.yaml")
    found: list[str] = []

    class Desk:
        async def serve(self, phone: Phone, ending: Ending, topic: str) -> Ending | None:
            found.append(calls.live[phone.call_id].wished)
            return None

    async def facts(phone: Phone) -> Mapping[str, Fact]:
        return {"open": True, "hearing": True}

    books = Books()
    calls = CallService(lambda: flow, books, books, facts, lambda: datetime(2026, 3, 1, tzinfo=UTC), operators=Desk())
    await calls.handle(Caller(*said))  # type: ignore[arg-type]
    assert found == [wished]
