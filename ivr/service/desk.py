"""When the operators work, told to flows: by the hours of the flow in force, in the supplier's zone."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Fact
from ivr.dialogue.wording import phrase, timetable
from ivr.service.ports import Phone


class Desk:
    """`clock` gives aware times."""

    def __init__(
        self, supplier: str, live_flow: Callable[[], Flow], clock: Callable[[], datetime], zone: tzinfo
    ) -> None:
        self._supplier = supplier
        self._live_flow = live_flow
        self._clock = clock
        self._zone = zone

    def facts(self, phone: Phone) -> dict[str, Fact]:
        """What a flow knows at its start (`ivr.dialogue.facts.START`)."""
        flow = self._live_flow()
        today = self._clock().astimezone(self._zone).date()
        queue = next(iter(flow.queues), "")
        return {
            "supplier": self._supplier,
            "caller_known": bool(phone.caller),
            "today": today.isoformat(),
            **self.hours(queue),
        }

    def hours(self, queue: str) -> dict[str, Fact]:
        """`open`, `timetable` and `next_open` of a queue; one without hours works round the clock."""
        week = self._live_flow().queues.get(queue)
        if week is None:
            return {"open": True, "timetable": "круглосуточно", "next_open": ""}
        local = self._clock().astimezone(self._zone)
        opening = week.next_opening(local)
        return {
            "open": week.is_open(local),
            "timetable": timetable(week),
            "next_open": "" if opening is None else _moment(opening),
        }


def _moment(at: datetime) -> str:
    return phrase("{day:date_gen}, {time:time}", {"day": at.date().isoformat(), "time": f"{at:%H:%M}"}).text
