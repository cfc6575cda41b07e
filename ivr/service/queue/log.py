"""The queue's log: its records, promises that came true, deeds in talks."""

from ivr.domain.acd.records import Record
from ivr.domain.talk.notes import TalkNote
from ivr.service.batches import Batches, Store
from ivr.service.queue.foresight import Kept

MOST = 20_000
"""Records kept while the database is away; past them the oldest are given up: the queue does not stop for its log."""


Line = Record | Kept | TalkNote


class QueueLog(Batches[Line]):
    def __init__(self, store: Store[Line], flush_s: float = 0.5, batch: int = 500) -> None:
        super().__init__("queue_log", store, flush_s, batch, MOST)
