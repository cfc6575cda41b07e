"""The queue's tables: its log, operators' duty, callbacks, storms, marks. `docs/data.md` tells the rules."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, text

from ivr.adapters.db.tables import BigId, UtcDateTime, metadata

__all__ = ["callbacks", "marks", "metadata", "operator_duty", "queue_log", "storms"]

# Why the queue did what it did, for whoever asks; `detail` is JSON. Operators are extensions, entries are call ids.
queue_log = Table(
    "queue_log",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("entry", String(128), nullable=False, index=True),
    Column("operator", String(16), nullable=False, index=True),
    Column("what", String(32), nullable=False),
    Column("detail", Text, nullable=False),
)

# What an operator has set by hand, so that a new engine knows it: that he is out, or pauses.
operator_duty = Table(
    "operator_duty",
    metadata,
    Column("operator", String(16), primary_key=True),
    Column("out", Boolean, nullable=False),
    Column("pause", String(32), nullable=False),
    Column("pause_until", UtcDateTime),
)

# Callbacks from the order to their end. `id` is the call in which it was ordered, `leg` the call of the last try.
callbacks = Table(
    "callbacks",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("number", Text, nullable=False, index=True),
    Column("queue", String(32), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("arrived", UtcDateTime, nullable=False),
    Column("asked", UtcDateTime, nullable=False, index=True),
    Column("due", UtcDateTime, nullable=False),
    Column("stage", String(16), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("result", String(32), nullable=False),
    Column("leg", String(160), nullable=False),
    Column("operator", String(16), nullable=False),
    Column("ended", UtcDateTime),
)

# Storm mode, of a district or of everywhere (empty). Of each at most one rages at a time: the newest whose `until` is
# not past.
storms = Table(
    "storms",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("text", Text, nullable=False),
    Column("why", String(32), nullable=False),
    Column("began", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False, index=True),
    Column("district", Text, nullable=False, server_default=text("''")),
)

# The caller's mark of a talk, 1 to 5.
marks = Table(
    "marks",
    metadata,
    Column("call_id", String(128), primary_key=True),
    Column("mark", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
