"""Random events by the million, each checked: `python -m tests.unit.domain.acd.soak --events 2000000`.

A failure names its seed and its step; the same seed fails at the same step again.
"""

import argparse
import time
from random import Random

from tests.unit.domain.acd.crowd import Crowd

A_DAY = 5_000
"""Events of one crowd; then another comes."""
RESTART_EVERY = 50
MANY_EVERY = 10
"""One crowd of many demands among so many: its steps take six times as long to check."""


def live(seed: int, events: int, *, many: bool) -> Crowd:
    """A crowd's whole life, to the end of every state. Raises AssertionError with a note of where it was."""
    crowd, number = Crowd(Random(seed), many=many), 0
    try:
        for number in range(events):
            crowd.step()
            if number % RESTART_EVERY == 0:
                crowd.watch.survives_restart()
        crowd.watch.run_out()
    except AssertionError as error:
        error.add_note(f"seed {seed}, many={many}, step {number}")
        raise
    return crowd


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=2_000_000)
    options.add_argument("--seed", type=int, default=1, help="of the first crowd; each has its own")
    given = options.parse_args()
    began, done, offers = time.monotonic(), 0, 0
    while done < given.events:
        seed = given.seed + done // A_DAY
        offers += live(seed, A_DAY, many=seed % MANY_EVERY == 0).watch.offered
        done += A_DAY
        if done % (20 * A_DAY) == 0 or done >= given.events:
            print(f"{done:,} events, {offers:,} offers, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
