"""Asterisk's formula, as its source computes it."""

from ivr.domain.wait.rival import AsteriskHold


def test_the_moving_average_and_what_it_says() -> None:
    hold = AsteriskHold()
    assert hold.says_s(0) == 0
    for waited, average in ((100.9, 25), (100, 43), (0, 32), (500, 149)):
        hold.answered(waited)
        assert hold.hold_s == average
    assert [hold.says_s(elapsed) for elapsed in (0, 59, 60, 120, 179, 239, 299.5)] == [120, 120, 60, 0, 0, 60, 120]
