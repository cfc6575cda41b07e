"""Plays a scenario file: inputs in, and what the caller and the log get of it, in words."""

from collections.abc import Iterator, Mapping
from os.path import normpath
from pathlib import Path
from typing import Any

import yaml

from ivr.dialogue.engine import resume, session_from_json, session_to_json, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.loader import load
from ivr.dialogue.model import (
    Choice,
    Failure,
    Gather,
    NoInput,
    Note,
    Prompt,
    Record,
    Reply,
    Request,
    Result,
    Say,
    Sprint,
    Taken,
)
from ivr.dialogue.throughput import FACTS, keyed

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REPLIES: Mapping[str, Any] = yaml.safe_load((HERE / "replies.yaml").read_text(encoding="utf-8"))


PRESETS = ("rosatom", "noviten", "gazprom_bryansk", "omskenergo", "belgorod")


def read_flow(path: str = "dialplans/rosatom/main.yaml") -> Flow:
    return load((ROOT / path).read_text(encoding="utf-8"), path, read)


def read(file: str, named: str) -> tuple[str, str]:
    """What `extends` names, seen from the repository's root."""
    path = normpath(Path(file).parent / named)
    return (ROOT / path).read_text(encoding="utf-8"), path


def preset(name: str) -> Flow:
    return read_flow(f"dialplans/{name}/main.yaml")


def play(flow: Flow, scenario: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The turns of the scenario with what each led to."""
    return [{**came, "then": list(told(sprint))} for came, sprint in sprints(flow, scenario)]


def sprints(flow: Flow, scenario: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Sprint]]:
    """What came in each turn, and what the engine made of it. The session goes through JSON between any two turns."""
    sprint = start(flow, {**FACTS, **scenario.get("facts", {})}, scenario.get("line", ""))
    yield {}, sprint
    for turn in scenario["turns"][1:]:
        came = {key: value for key, value in turn.items() if key != "then"}
        assert sprint.wait is not None, f"the call has ended before {came}"
        session = session_from_json(session_to_json(sprint.session))
        assert session == sprint.session
        sprint = resume(flow, session, result_of(sprint, came))
        yield came, sprint


def result_of(sprint: Sprint, came: Mapping[str, Any]) -> Result:
    match came:
        case {"keys": keys} if isinstance(sprint.wait, Gather):
            return keyed(sprint.wait, str(keys))
        case {"silence": _} if isinstance(sprint.wait, Gather):
            return NoInput()
        case {"reply": name, **more} if isinstance(sprint.wait, Request):
            return Reply({**REPLIES[name], **more.get("but", {})})
        case {"recorded": seconds} if isinstance(sprint.wait, Record):
            return Taken(f"take-{seconds}.wav" if seconds else "", seconds)
        case {"failure": code} if not isinstance(sprint.wait, Gather):
            return Failure(code)
    raise AssertionError(f"{came} does not answer {sprint.wait}")


def told(sprint: Sprint) -> Iterator[str]:
    for effect in sprint.effects:
        match effect:
            case Note(node, event, heard, result):
                yield " ".join(part for part in (f"note {node} {event}", heard and f"«{heard}»", result) if part)
            case Say(prompt, interruptible):
                yield f"say{'' if interruptible else ' to the end'}: {prompt_of(prompt)}"
    if isinstance(sprint.wait, Gather):
        yield f"ask{' fresh' if sprint.wait.fresh else ''} {_grammar(sprint.wait)}: {prompt_of(sprint.wait.prompt)}"
    elif isinstance(sprint.wait, Record):
        yield f"record at most {sprint.wait.longest_s} s: {prompt_of(sprint.wait.prompt)}"
    elif sprint.wait is not None:
        yield f"request {sprint.wait.kind} " + " ".join(f"{k}={v}" for k, v in sprint.wait.arguments.items())
    if sprint.ending is not None:
        yield f"end {sprint.ending.kind} {sprint.ending.reason} {sprint.ending.queue}".rstrip()


def _grammar(gather: Gather) -> str:
    if isinstance(gather.grammar, Choice):
        return "key " + "".join(sorted(gather.grammar.keys))
    return f"digits {gather.grammar.at_least}-{gather.grammar.at_most}"


def prompt_of(prompt: Prompt) -> str:
    return " | ".join(f"«{words.sound}»" if words.sound else words.text for words in prompt)
