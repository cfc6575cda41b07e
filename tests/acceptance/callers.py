"""Callers who want an operator."""

from ivr.simulate.city.people import Leg

LONG_S = 90.0


async def asks_for_an_operator(leg: Leg) -> None:
    await leg.hears("recording_notice")
    await leg.press("0")
    await leg.hears("connecting")


async def patient(leg: Leg) -> None:
    """He waits until the centre hangs up."""
    await asks_for_an_operator(leg)
    await leg.until_hung_up(LONG_S)
