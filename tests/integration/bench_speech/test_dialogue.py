"""Whole dialogues with a voice that is there everywhere: espeak-ng's, through the maker of the bench's lines."""

from random import Random
from typing import Any

import numpy as np

from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.simulate.bench_speech.dialogue import Dialogues, Outcome, measured
from ivr.simulate.bench_speech.sayings import Groups, drawn
from ivr.simulate.bench_speech.voices import AFTER_S, Utterance
from ivr.simulate.bench_speech.voices import testsets as known
from tests.integration.recognition.conftest import MODEL


class Robot:
    """Takes the place of the synthetic voices."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, groups: Groups, voice: str, r: Random) -> "np.ndarray[Any, Any]":
        from speech_training import voices

        text = ", ".join(" ".join(group) for group in groups)
        self.said.append(text)
        samples: np.ndarray[Any, Any] = known().placed([voices.espeak(text, voice, 140, 50, 0)], r, 0, 0, AFTER_S)
        return samples


async def dialogues(robot: Robot, seeds: range) -> Dialogues:
    r = Random(4)
    readings = [Utterance(np.zeros(1), "m3", drawn("whole", r)) for _ in seeds]
    recogniser = await VoskRecogniser.load(MODEL)
    try:
        return await measured(recogniser, robot, readings, "alaw", (), lambda: None)  # type: ignore[arg-type]
    finally:
        await recogniser.close()


async def test_a_caller_who_says_no_to_wrong_numbers_has_none_stored() -> None:
    robot = Robot()
    told = await dialogues(robot, range(5))
    assert sum(told.outcomes.values()) == 5
    assert told.outcomes[Outcome.STORED] >= 3
    assert told.outcomes[Outcome.WRONG] == 0
    assert told.turns >= 2 * told.outcomes[Outcome.STORED]
    assert "да" in robot.said
