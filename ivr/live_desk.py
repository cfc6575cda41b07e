"""The API of operators and supervisors wired: tokens, the duty, the talks, the cards, the calls that were abusive."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from ivr.adapters.db.abuse import SqlAbuse
from ivr.adapters.db.engine import Database
from ivr.adapters.files import roster
from ivr.config import Secrets
from ivr.domain.acd.model import OperatorId
from ivr.domain.call import Call
from ivr.live_queue import LiveQueue
from ivr.web.desk import Desk, make_desk

ABUSE_DAYS = 30
ABUSE_SHOWN = 100


@dataclass(frozen=True, slots=True)
class _Abuse:
    rows: SqlAbuse
    now: Callable[[], datetime]

    async def before(self, number: str) -> int:
        return await self.rows.before(number)

    async def latest(self) -> list[Call]:
        return await self.rows.since(self.now() - timedelta(days=ABUSE_DAYS), ABUSE_SHOWN)


def connect(secrets: Secrets, database: Database, queue: LiveQueue, now: Callable[[], datetime]) -> web.Application:
    root = secrets.operator_secret.get_secret_value()

    def whose(token: str) -> OperatorId | None:
        extension = roster.whose_token(root, token)
        return OperatorId(extension) if extension and queue.duty.knows(OperatorId(extension)) else None

    return make_desk(
        Desk(
            whose,
            queue.line.operators.get,
            queue.duty,
            queue.control.desk,
            queue.control.supervision,
            queue.cards,
            _Abuse(SqlAbuse(database), now),
        )
    )
