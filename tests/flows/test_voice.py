"""Dialogues in which callers speak: `voice/*.yaml`, where a turn may be what was said (`says`), and what a second
hearing made of it (`corrects`). Everything else is as in the scenarios of keys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.adapters.speech.morphology import RussianForms
from ivr.dialogue.engine import BY_KEYS, resume, session_from_json, session_to_json, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.dialogue.model import DEAF, Digits, Gather, Match, NoInput, NoMatch, Note, Request, Result, Spoken, Unheard
from ivr.dialogue.throughput import FACTS
from ivr.dialogue.understanding.conversation import Conversation, Found
from ivr.dialogue.understanding.menus import MenuTopics
from ivr.dialogue.wording.numbers import cardinal
from tests.flows.scenario import HERE, PRESETS, preset, prompt_of, result_of, told

FLOWS = {name: preset(name) for name in PRESETS}
TOPICS = MenuTopics(RussianForms())
FILES = sorted((HERE / "voice").glob("*.yaml"))


class Call:
    """A call through a flow, with an ear for its questions."""

    def __init__(self, flow: Flow, scenario: Mapping[str, Any]) -> None:
        self._flow = flow
        self._conversation = Conversation(flow.keys, TOPICS)
        self.sprint = start(flow, {**FACTS, "hearing": True, **scenario.get("facts", {})}, scenario.get("line", ""))

    def begun(self) -> list[str]:
        return [*told(self.sprint), *self._put()]

    def comes(self, came: Mapping[str, Any]) -> list[str]:
        """What a turn leads to."""
        gather = self.sprint.wait
        if not isinstance(gather, Gather) or gather.asks is None:
            return self._goes_on(result_of(self.sprint, came))
        match came:
            case {"says": says, **more}:
                return self._found(self._conversation.heard(gather, spoken(says, more.get("corrects", ""))))
            case {"silence": _}:
                return self._found(self._conversation.silent(gather))
        result = result_of(self.sprint, came)
        assert isinstance(result, Match | NoMatch | NoInput)
        self._conversation.keyed(gather, result)
        return self._goes_on(result)

    def _found(self, found: Found) -> list[str]:
        if isinstance(found, Match | NoMatch | NoInput | Unheard):
            return self._goes_on(found)
        return [f"again: {prompt_of(found)}"]

    def _goes_on(self, result: Result) -> list[str]:
        session = session_from_json(session_to_json(self.sprint.session))
        assert session == self.sprint.session
        self.sprint = resume(self._flow, session, result)
        return [*told(self.sprint), *self._put()]

    def _put(self) -> list[str]:
        """A question is put to the ear first."""
        gather = self.sprint.wait
        if not isinstance(gather, Gather):
            return []
        found = self._conversation.opens(self.sprint.session.node, gather)
        return [] if found == gather.prompt else self._found(found)


def spoken(text: str, more: str) -> Spoken:
    def ways(said: str) -> tuple[Hypothesis, ...]:
        return (Hypothesis(tuple(Word(word, 0, 0, 1) for word in said.split()), 1.0),) if said else ()

    return Spoken(ways(text), ways(more), 1000)


def play(scenario: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    call = Call(FLOWS[scenario.get("preset", "rosatom")], scenario)
    yield {"then": call.begun()}
    for turn in scenario["turns"][1:]:
        came = {key: value for key, value in turn.items() if key != "then"}
        yield {**came, "then": call.comes(came)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_spoken_dialogue(path: Path, update: bool) -> None:
    scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    played = list(play(scenario))
    if update:
        text = yaml.safe_dump({**scenario, "turns": played}, allow_unicode=True, sort_keys=False, width=4000)
        path.write_text(text, encoding="utf-8")
    assert played == (played if update else scenario["turns"])


def test_nothing_is_submitted_but_after_a_yes() -> None:
    """Whatever was said or keyed right before a reading is stored is a plain yes."""
    yes = ("да", "верно", "всё верно", "подтверждаю", "1")
    for path in FILES:
        turns = yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]
        for turn in turns:
            if any(line.startswith(("request reading_submit", "request reading_unchecked")) for line in turn["then"]):
                assert str(turn.get("says", turn.get("keys"))) in yes, path.name


def test_a_call_that_hears_nothing_is_the_same_as_ever() -> None:
    flow = FLOWS["rosatom"]
    deaf, without = start(flow, {**FACTS, "hearing": False}), start(flow, FACTS)
    assert (deaf.effects, deaf.wait) == (without.effects, without.wait)


@pytest.mark.parametrize("name", PRESETS)
def test_where_nobody_hears_any_more_the_question_and_all_that_follow_are_put_by_keys(name: str) -> None:
    flow = FLOWS[name]
    spoken_to, keyed = (start(flow, {**FACTS, "hearing": hears}) for hears in (True, False))
    after = resume(flow, spoken_to.session, Unheard(DEAF))
    assert after.session.facts["hearing"] is False
    assert isinstance(after.wait, Gather) and isinstance(keyed.wait, Gather)
    assert after.wait == replace(keyed.wait, prompt=(BY_KEYS, *keyed.wait.prompt), fresh=True)
    assert Note(spoken_to.session.node, "by_keys", result=DEAF) in after.effects


TO_THE_READING = ({"keys": "1"}, {"keys": "4007001234"}, {"keys": "1"}, {"reply": "person"}, {"keys": "1234"})
SAYINGS = """
двенадцать тысяч пятьсот шестьдесят семь|двенадцать пятьсот|один два пять шесть семь|триста|девяносто тысяч|два|ноль
двенадцать тысяч пятьсот шестьдесят семь нет тринадцать тысяч|двенадцать тысяч пятьсот запятая три|сорок шесть|[unk]
нет|нет сорок шесть|нет [unk]|да|да нет|да [unk]|наверное|первое|второе|кошка|оператор|назад|повторите|кнопками
верно|всё правильно|да двенадцать тысяч пятьсот шестьдесят семь|не пять а шесть|[unk] [unk]||двести двадцать два
""".replace("\n", "|").split("|")[1:-1]
PLAIN = {"да", "верно", "всё правильно", "да [unk]"}
VERDICTS = ("accepted", "accepted", "improbable", "lower", "odd")


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=40))
@settings(max_examples=300, deadline=None)
def test_whatever_is_said_nothing_is_stored_but_what_was_read_back_and_answered_by_a_yes(choices: list[int]) -> None:
    call, read_back = Call(FLOWS["rosatom"], {}), ""
    for came in (*TO_THE_READING, {"reply": "proven"}):
        call.comes(came)
    for choice in choices:
        wait = call.sprint.wait
        if call.sprint.session.node != "readings" or wait is None:
            return
        said = SAYINGS[choice % len(SAYINGS)]
        turns: dict[str, object] = {"says": said, "corrects": SAYINGS[choice // 37 % len(SAYINGS)]}
        if isinstance(wait, Request):
            turns = {"reply": VERDICTS[choice % len(VERDICTS)] if wait.kind == "reading_check" else "stored"}
        elif isinstance(wait, Gather) and (choice % 9 == 8 or wait.asks is None):
            said = "12570#" if isinstance(wait.grammar, Digits) else "12"[choice % 2]
            turns = {"keys": said}
        told = call.comes(turns)
        submitted = [line for line in told if line.startswith("request reading_submit")]
        if submitted:
            assert said in PLAIN | {"1"} or said.startswith("да двенадцать тысяч"), (said, told)
            value = int(submitted[0].partition(" value=")[2].split()[0])
            assert cardinal(value) in read_back, (value, read_back)
        read_back = next((line for line in reversed(told) if line.startswith(("ask", "again"))), read_back)
