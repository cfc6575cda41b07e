import pytest

from ivr.simulate.bench_calls.plan import GOODBYE, KEYS, MENUS, NOTICE, Load, Plan


def test_keys_are_pressed_within_and_after_prompts() -> None:
    lengths = {NOTICE: 1.0, GOODBYE: 2.0} | dict.fromkeys(MENUS, 3.0)

    plan = Plan.of(lengths)

    assert [key for _, key in plan.keys] == list(KEYS)
    # After each tone of 0.12 s the next prompt begins: 3 + 1.8 s for the patient, 1 s for who knows the way.
    assert [at for at, _ in plan.keys] == pytest.approx([5.8, 6.92, 11.84, 12.96, 17.88])
    assert plan.seconds == pytest.approx(20.0)


def test_the_load_reaches_its_height_in_the_ramp() -> None:
    load = Load.of(300)

    assert load.calls == 675
    assert load.rate == pytest.approx(300 / 9)
