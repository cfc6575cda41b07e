"""What the engine guarantees in any flow; whole calls are in tests/flows."""

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.dialogue.engine import resume, start
from ivr.dialogue.loader import load
from ivr.dialogue.model import Digits, Ending, EndingKind, Failure, Gather, Match, Mode, NoInput, NoMatch, Note, Say

FLOW = load((Path(__file__).parent / "deep.yaml").read_text(encoding="utf-8"), "deep.yaml")


def test_a_session_of_another_version_is_refused() -> None:
    session = replace(start(FLOW, {}).session, version="older")
    with pytest.raises(ValueError, match="older"):
        resume(FLOW, session, NoInput())


def test_a_keyed_number_becomes_a_fact_as_it_was_keyed() -> None:
    asked = resume(FLOW, start(FLOW, {}).session, Match("1"))
    assert isinstance(asked.wait, Gather)
    assert asked.wait.grammar == Digits(2, 2, frozenset("*#"))
    told = resume(FLOW, asked.session, Match("07"))
    assert told.session.facts["floor"] == "07"
    assert isinstance(told.wait, Gather)
    assert told.wait.prompt[0].text == "Вы на 07."


def test_speech_answers_as_tones_do_and_is_noted_as_speech() -> None:
    sprint = resume(FLOW, start(FLOW, {}).session, Match("1", Mode.SPEECH, 0.8))
    assert sprint.effects[0] == Note("main", "match", "1", "speech")
    assert sprint.session.node == "floor"


def test_the_root_key_alone_is_no_number() -> None:
    asked = resume(FLOW, start(FLOW, {}).session, Match("1"))
    assert resume(FLOW, asked.session, NoMatch("9")).session.node == "main"


def test_words_that_cannot_be_said_end_at_the_operator_with_an_apology() -> None:
    wrong = replace(FLOW, texts={**FLOW.texts, "choose": "{nobody:text}"})
    sprint = start(wrong, {})
    assert sprint.ending == Ending(EndingKind.OPERATOR, "flow_wording", "all")
    assert isinstance(sprint.effects[-2], Say) and sprint.effects[-2].prompt[0].text == "Здравствуйте."


def test_when_even_the_apology_cannot_be_said_there_is_still_the_operator() -> None:
    wrong = replace(FLOW, texts={name: "{nobody:text}" for name in FLOW.texts})
    sprint = start(wrong, {})
    assert sprint.ending == Ending(EndingKind.OPERATOR, "flow_wording", "all")
    assert not any(isinstance(effect, Say) for effect in sprint.effects)


def test_a_flow_that_runs_in_circles_ends_at_the_operator() -> None:
    notice = replace(FLOW.nodes["notice"], next="notice")  # type: ignore[call-arg]
    sprint = start(replace(FLOW, nodes={**FLOW.nodes, "notice": notice}), {})
    assert sprint.ending == Ending(EndingKind.OPERATOR, "flow_limit", "all")
    assert sprint.session.steps == FLOW.limits.turn + 1


def test_start_and_resume_do_not_change_what_they_were_given() -> None:
    facts = {"supplier": "Пример"}
    first = start(FLOW, facts)
    before = (dict(first.session.facts), dict(first.session.state))
    resume(FLOW, first.session, Match("1"))
    assert (dict(first.session.facts), dict(first.session.state)) == before
    assert facts == {"supplier": "Пример"}


def test_a_failure_where_a_node_has_no_words_of_its_own_is_told_in_the_flows() -> None:
    sprint = resume(FLOW, start(FLOW, {}).session, Failure("phone_failed"))
    assert sprint.effects[0] == Note("main", "failure", result="phone_failed")
    said = next(effect for effect in sprint.effects if isinstance(effect, Say))
    assert [phrase.name for phrase in said.prompt] == list(FLOW.failure)
