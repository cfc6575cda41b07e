"""`ivr bench flow`: the flow engine alone, on one core: a whole call that submits a reading, over and over."""

import platform
from pathlib import Path
from time import process_time
from typing import Any

from ivr.adapters.files.flows import read_flow
from ivr.dialogue.throughput import steps_per_second

ROUNDS = 5
STEPS = 5
"""Steps of the calls that the target speaks of."""

TARGET_CALLS_PER_S = 20_000


def run(dialplans: Path, calls: int) -> dict[str, Any]:
    """Steps a second of processor time over `calls` calls through the Rosatom preset, the best of five rounds."""
    flow = read_flow(dialplans / "rosatom" / "main.yaml")
    steps_per_second(flow, max(1, calls // 10), process_time)  # templates are read once, as in a running centre
    steps = max(steps_per_second(flow, max(1, calls // ROUNDS), process_time) for _ in range(ROUNDS))
    return {
        "steps_per_s": round(steps),
        "calls_of_five_steps_per_s": round(steps / STEPS),
        "target_calls_per_s": TARGET_CALLS_PER_S,
        "of_target": round(steps / STEPS / TARGET_CALLS_PER_S, 2),
        "calls": calls,
        "python": platform.python_version(),
    }
