"""Nobody is lost, nobody offered twice at once, nobody overtaken, nothing without an end: in any order of events."""

from random import Random

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.unit.domain.acd.crowd import Crowd
from tests.unit.domain.acd.soak import live


class Life(RuleBasedStateMachine):
    """Hypothesis chooses every event and every moment."""

    crowd: Crowd

    @initialize(chance=st.randoms(use_true_random=False))
    def begin(self, chance: Random) -> None:
        self.crowd = Crowd(chance)

    @rule()
    def something_happens(self) -> None:
        self.crowd.step()

    @rule()
    def the_engine_is_restarted(self) -> None:
        self.crowd.watch.survives_restart()

    def teardown(self) -> None:
        if hasattr(self, "crowd"):
            self.crowd.watch.run_out()


TestLife = Life.TestCase
# Not shrunk: that took up to five minutes, and hypothesis prints the seed of what failed as it is.
UNSHRUNK = tuple(phase for phase in Phase if phase not in (Phase.shrink, Phase.explain))
TestLife.settings = settings(max_examples=100, stateful_step_count=60, deadline=None, phases=UNSHRUNK)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_day_of_chance_keeps_every_promise(seed: int) -> None:
    assert live(seed, 2_000, many=False).watch.offered > 160


def test_a_crowd_of_many_demands_keeps_every_promise() -> None:
    assert live(7, 1_200, many=True).watch.offered > 50
