"""What the people of these talks do alike, and what is read of a talk afterwards."""

import wave
from collections.abc import Mapping

import numpy as np

from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import CentreUnderTest


async def whispered(leg: Leg, *names: str) -> None:
    """An operator has heard whom he gets; a moment later he has him."""
    await leg.hears(*names, to_the_end=True)
    await leg.wait(0.7)


async def connected(leg: Leg) -> None:
    await leg.hears("main_menu")
    await leg.press("0")
    await leg.hears("connecting")


def both_sides(centre: CentreUnderTest, call: Mapping[str, object]) -> tuple[np.ndarray, np.ndarray]:
    """What the caller said and what he heard, of his recording."""
    with wave.open(str(centre.recording(call))) as recording:
        sound = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").reshape(-1, 2) / 32768
    left, right = (np.ascontiguousarray(sound[:, side], dtype=np.float32) for side in (0, 1))
    return left, right


def deeds(centre: CentreUnderTest, call: Mapping[str, object]) -> list[tuple[str, str]]:
    rows = centre.rows("SELECT operator, what FROM queue_log WHERE entry = ? ORDER BY id", call["id"])
    known = {"answered", "held", "consulted", "handed", "sent", "conference", "warned", "abusive", "missed", "returned"}
    return [(row["operator"], row["what"]) for row in rows if row["what"] in known]


def no_failures(phones: Mapping[str, OperatorPhone]) -> None:
    """What every operator waited for has come."""
    for phone in phones.values():
        for encounter in phone.encounters:
            if encounter.failure is not None:
                raise encounter.failure
