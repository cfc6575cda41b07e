"""What Asterisk's own queue says of the wait, to be measured against."""


class AsteriskHold:
    """`app_queue`: a moving average of the waits of those answered; h ← (3h + w)/4 in whole seconds, whoever gave up is
    not seen. Neither the place nor the operators matter. It says |h + 30 − elapsed| in whole minutes, cut off, so that
    it counts up once the forecast is past. Source: `recalc_holdtime` and `say_position` of apps/app_queue.c."""

    def __init__(self) -> None:
        self.hold_s = 0

    def answered(self, waited_s: float) -> None:
        self.hold_s = (3 * self.hold_s + int(waited_s)) >> 2

    def says_s(self, elapsed_s: float) -> float:
        """What a caller who has waited `elapsed_s` is told that he has still to wait: whole minutes, in seconds."""
        return abs(self.hold_s + 30 - int(elapsed_s)) // 60 * 60
