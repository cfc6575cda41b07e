"""When the operators work, told to flows: by the hours of the flow in force, in the supplier's zone."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Fact
from ivr.dialogue.wording import phrase, timetable
from ivr.service.ports import Phone
from ivr.service.selfservice import Hours


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
        """What a flow knows at its start (`ivr.dialogue.facts.START`): the hours are those of its first queue."""
        local = self._clock().astimezone(self._zone)
        hours = self.hours(next(iter(self._live_flow().queues), ""), local)
        return {
            "supplier": self._supplier,
            "caller_known": bool(phone.caller),
            "today": local.date().isoformat(),
            "open": hours.open,
            "timetable": hours.timetable,
            "next_open": hours.next_open,
        }

    def hours(self, queue: str, local: datetime) -> Hours:
        """Hours of a queue at a local time; one without hours works round the clock."""
        week = self._live_flow().queues.get(queue)
        if week is None:
            return Hours(True, "круглосуточно", "")
        opening = week.next_opening(local)
        return Hours(week.is_open(local), timetable(week), "" if opening is None else _moment(opening))


def _moment(at: datetime) -> str:
    """«в понедельник, девятого марта, в девять часов»."""
    day = at.date().isoformat()
    words = phrase("{day:weekday_acc}, {day:day_month_gen}, в {time:time}", {"day": day, "time": f"{at:%H:%M}"}).text
    return f"во {words}" if words.startswith("вт") else f"в {words}"
