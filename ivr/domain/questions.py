"""How each question of the flow fares, counted from the steps of calls. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.domain.call import Outcome, Step

OVER_PROMPT = ", over the prompt"
"""Ends the result of a step `heard` whose caller spoke into the prompt."""
_ASKED_BY = ("heard", "match", "no_match", "no_input", "by_keys")
"""Steps that only a question leaves."""
_TO_OPERATORS = (Outcome.OPERATOR, Outcome.OPERATOR_MISSED)


@dataclass
class QuestionFigures:
    """Of one node. visits: how often a caller came to it and was asked. by_voice, by_tones: answers the flow took.

    no_match:  phrases that were not understood, asked again, and keys that were none. no_input: silences.
    barge_ins: phrases said into the prompt. by_keys: the question fell back to tones.
    operator:  calls that went to the operators from here. seconds: of all visits.
    """

    visits: int = 0
    by_voice: int = 0
    by_tones: int = 0
    no_match: int = 0
    no_input: int = 0
    barge_ins: int = 0
    by_keys: int = 0
    operator: int = 0
    seconds: float = 0.0


@dataclass
class QuestionCounts:
    """Fed calls one by one; `nodes` by the names of the flow."""

    nodes: dict[str, QuestionFigures] = field(default_factory=dict)

    def call(self, steps: Iterable[Step], outcome: Outcome) -> None:
        """The steps of one call, in order."""
        last: QuestionFigures | None = None
        for visit in _visits(steps):
            if any(step.event in _ASKED_BY for step in visit):
                last = self.nodes.setdefault(visit[0].node, QuestionFigures())
                last.visits += 1
                last.seconds += (visit[-1].at - visit[0].at).total_seconds()
                for step in visit:
                    _count(last, step)
        if last is not None and outcome in _TO_OPERATORS:
            last.operator += 1


def results(step: Step) -> list[str]:
    """What a step tells of its question, for a counter; nothing, when it is no answer."""
    if step.event != "heard":
        return [step.event] if step.event in _ASKED_BY else []
    became = step.result.removesuffix(OVER_PROMPT)
    told = {"asked again": "asked_again", "silence": "silence"}.get(became, "heard")
    return [told, "over_prompt"] if became != step.result else [told]


def _visits(steps: Iterable[Step]) -> list[list[Step]]:
    """A visit is the steps from entering a node to the first step of the next, which ends its time."""
    visits: list[list[Step]] = []
    for step in steps:
        if visits and (step.event == "entered" or step.node != visits[-1][0].node):
            visits[-1].append(Step(step.number, step.at, visits[-1][0].node, "left"))
        if not visits or step.event == "entered" or step.node != visits[-1][0].node:
            visits.append([])
        visits[-1].append(step)
    return visits


def _count(figures: QuestionFigures, step: Step) -> None:
    match step.event:
        case "match":
            by_voice = step.result.partition(" ")[0] == "speech"  # of a wish its topic follows
            figures.by_voice += by_voice
            figures.by_tones += not by_voice
        case "no_match":
            figures.no_match += 1
        case "no_input":
            figures.no_input += 1
        case "by_keys":
            figures.by_keys += 1
        case "heard":
            figures.no_input += step.result == "silence"
            figures.no_match += step.result.startswith("asked again")
            figures.barge_ins += step.result.endswith(OVER_PROMPT)
