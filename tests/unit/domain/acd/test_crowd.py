"""Nobody is lost, nobody offered twice at once, nobody overtaken, nothing without an end: in any order of events."""

from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.unit.domain.acd.crowd import Crowd


class Life(RuleBasedStateMachine):
    """Hypothesis chooses every event and every moment, and makes the story of a failure short."""

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
TestLife.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)


@pytest.mark.parametrize("seed", range(4))
def test_a_long_day_of_chance_keeps_every_promise(seed: int) -> None:
    crowd = Crowd(Random(seed))
    for number in range(2_500):
        crowd.step()
        if number % 50 == 0:
            crowd.watch.survives_restart()
    crowd.watch.run_out()
    assert crowd.watch.offered > 200
