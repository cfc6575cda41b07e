"""What a flow is told at its start: when operators work, in the supplier's zone, and whether the caller is new here."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, tzinfo

import structlog

from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Fact
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.wording import opening, timetable
from ivr.domain.call import CallId
from ivr.domain.errors import IvrError
from ivr.domain.readings import ReadingRules, in_window
from ivr.service.ports import PastCalls, Phone
from ivr.service.selfservice import Hours

log = structlog.get_logger()

LOOK_UP_S = 0.3
"""How long a caller is kept in silence to learn whether he has called before; past it he is taken for a newcomer."""


class Desk:
    """`clock` gives aware times. Without `past` every caller is a newcomer; one of a call in a `hurry` is never taken
    for one, so that he hears the flow's shorter words."""

    def __init__(
        self,
        supplier: str,
        live_flow: Callable[[], Flow],
        clock: Callable[[], datetime],
        zone: tzinfo,
        past: PastCalls | None = None,
        hurry: Callable[[CallId], bool] = lambda call_id: False,
        rules: ReadingRules | None = None,
        callbacks: bool = False,
    ) -> None:
        self._supplier = supplier
        self._live_flow = live_flow
        self._clock = clock
        self._zone = zone
        self._past = past
        self._hurry = hurry
        self._rules = rules or ReadingRules()
        self._callbacks = callbacks

    async def facts(self, phone: Phone) -> dict[str, Fact]:
        """What a flow knows at its start (`ivr.dialogue.facts.START`): the hours are those of its operator's queue."""
        local = self._clock().astimezone(self._zone)
        flow = self._live_flow()
        operator = flow.nodes[flow.operator]
        hours = self.hours(operator.queue if isinstance(operator, Operator) else "", local)
        return {
            "supplier": self._supplier,
            "caller_known": bool(phone.caller),
            "caller_before": self._hurry(phone.call_id) or await self._before(phone.caller),
            "hearing": phone.hears,
            "today": local.date().isoformat(),
            "callbacks": self._callbacks,
            **window_facts(local.date(), self._rules),
            "open": hours.open,
            "holiday": hours.holiday,
            "timetable": hours.timetable,
            "next_open": hours.next_open,
        }

    def hours(self, queue: str, local: datetime) -> Hours:
        """Hours of a queue at a local time; one without hours works round the clock."""
        week = self._live_flow().queues.get(queue)
        if week is None:
            return Hours(True, "круглосуточно", "")
        today = local.date()
        return Hours(
            open=week.is_open(local),
            timetable=timetable(week, today),
            next_open=opening(week.next_opening(local), local),
            holiday=today in week.holidays and not week.spans(today),
        )

    async def _before(self, caller: str) -> bool:
        if not caller or self._past is None:
            return False
        try:
            async with asyncio.timeout(LOOK_UP_S):
                return await self._past.called_before(caller)
        except (TimeoutError, IvrError):
            log.warning("past_calls_unknown")
            return False


def window_facts(today: date, rules: ReadingRules) -> dict[str, Fact]:
    """Whether readings are taken `today`, and on which days of the month."""
    first, last = rules.window or (None, None)
    return {"readings_taken": in_window(today, rules), "window_first": first, "window_last": last}
