"""Storm mode wired: how a surge is known, whom a storm concerns, and whose operators are kept for them."""

import time
from collections.abc import Callable, Sequence

from ivr.adapters.db.districts import SqlDistricts
from ivr.adapters.db.engine import Database
from ivr.adapters.db.storms import SqlStorms
from ivr.adapters.files import roster
from ivr.config import StormMode
from ivr.domain.acd.model import OperatorId
from ivr.domain.errors import ConfigurationError
from ivr.domain.storm import DistrictSurges, Surge, SurgeRules
from ivr.service.queue.storm import StormWatch

MINUTE_S = 60.0


def connect(mode: StormMode, database: Database, guard: Callable[[bool], None]) -> StormWatch:
    surge = Surge(SurgeRules(mode.least, mode.times)) if mode.detect else None
    local = DistrictSurges(SurgeRules(mode.least_of_district, mode.times)) if mode.detect else None
    lasts_s = mode.lasts_minutes * MINUTE_S
    return StormWatch(SqlStorms(database), SqlDistricts(database), time.time, surge, local, lasts_s, guard)


def guards(
    mode: StormMode, staff: Sequence[roster.Operator], known: frozenset[str]
) -> dict[OperatorId, frozenset[str]]:
    """Operators who name a protected queue in the roster, and what they serve while a storm rages. Raises
    ConfigurationError for a queue that the flow has not."""
    protected = frozenset(mode.protect)
    if wrong := sorted(protected - known):
        there = ", ".join(sorted(known))
        raise ConfigurationError(
            [f"queue.storm.protect: the flow has no queue {name}; it has {there}" for name in wrong]
        )
    mine = {OperatorId(one.extension): protected & frozenset(one.queues) for one in staff}
    return {operator: queues for operator, queues in mine.items() if queues}
