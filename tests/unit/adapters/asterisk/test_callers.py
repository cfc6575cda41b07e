"""Who is asked in words."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ivr.adapters.asterisk.callers import Callers
from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.service.ports import Phone

NOTHING = cast(Any, None)


class Link:
    connected = True

    def on_event(self, callback: object) -> None: ...

    def on_connected(self, callback: object) -> None: ...


@pytest.mark.parametrize(("hears", "asked_in_words"), [(None, True), (True, True), (False, False)])
async def test_new_calls_are_asked_by_keys_while_the_recogniser_does_not_work(
    hears: bool | None, asked_in_words: bool
) -> None:
    turns = SpeechTurns(NOTHING, NOTHING)
    turns.hears = hears
    told: list[bool] = []

    async def handle(phone: Phone) -> None:
        told.append(phone.hears)

    callers = Callers(cast(Any, Link()), NOTHING, Path(), {"inbound": handle}, speech=turns)
    agi = SimpleNamespace(environment={"agi_uniqueid": "1.1", "agi_network_script": "inbound"})
    await callers.serve(cast(Any, agi))
    assert told == [asked_in_words]
