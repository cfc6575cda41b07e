"""The API of operators and supervisors wired: tokens, the duty, the talks, the cards, the calls that were abusive."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import web

from ivr.adapters.db.abuse import SqlAbuse
from ivr.adapters.db.engine import Database
from ivr.adapters.files import roster
from ivr.adapters.files.phrases import PhraseFolder
from ivr.config import Secrets
from ivr.domain.acd.model import OperatorId
from ivr.domain.call import Audit, Call
from ivr.domain.errors import StoreUnavailable
from ivr.live_queue import LiveQueue
from ivr.service.phrases import PhraseDesk
from ivr.service.ports import CallLog
from ivr.web.desk import Desk, make_desk
from ivr.web.phrases import Phrases

T = TypeVar("T")

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


@dataclass(frozen=True, slots=True)
class KeptPhrases:
    """The folder of kept phrases; whoever works with it is written into the log of calls first."""

    folder: PhraseFolder
    days: int
    log: CallLog
    now: Callable[[], datetime]

    async def __call__(self, actor: OperatorId, work: Callable[[PhraseDesk], T]) -> T:
        """See PhraseWork."""
        loop = asyncio.get_running_loop()

        def audit(looks: Sequence[Audit]) -> None:
            asyncio.run_coroutine_threadsafe(self.log.write(looks), loop).result()

        desk = PhraseDesk(self.folder, self.days, actor, audit, self.now())
        try:
            return await asyncio.to_thread(work, desk)
        except OSError as error:
            raise StoreUnavailable(str(error.strerror or type(error).__name__)) from error


def connect(
    secrets: Secrets, database: Database, queue: LiveQueue, now: Callable[[], datetime], phrases: KeptPhrases
) -> web.Application:
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
        ),
        Phrases(queue.control.supervision.may, phrases).routes(),
    )
