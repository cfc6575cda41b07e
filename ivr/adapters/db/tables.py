"""The tables. Times are UTC, money is whole kopecks, energy whole kilowatt-hours. `docs/data.md` tells the rules."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is put back on reading. Refuses naive times."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only under the name INTEGER

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("code", String(64)),
    Index("uq_customers_code", "code", unique=True),
)

# A tariff plan, and what a kilowatt-hour of each of its registers costs.
tariffs = Table(
    "tariffs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
)

tariff_prices = Table(
    "tariff_prices",
    metadata,
    Column("tariff_id", ForeignKey("tariffs.id"), primary_key=True),
    Column("register", String(16), primary_key=True),
    Column("kopecks", Integer, nullable=False),
)

# A closed account keeps its row and its readings; callers no longer find it.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("contract", String(64), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("tariff_id", ForeignKey("tariffs.id")),
    Column("closed_on", Date),
)

account_phones = Table(
    "account_phones",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("phone", String(16), primary_key=True, index=True),
)

meters = Table(
    "meters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("serial", String(64), nullable=False),
    Column("verification_due", Date),
    Index("uq_meters_account_id_serial", "account_id", "serial", unique=True),
)

registers = Table(
    "registers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meter_id", ForeignKey("meters.id"), nullable=False, index=True),
    Column("tariff", String(16), nullable=False),
    Column("digits", Integer, nullable=False),
    Column("removed_on", Date),
    Index("uq_registers_meter_id_tariff", "meter_id", "tariff", unique=True),
)

# A batch of readings given to billing as a file. `stage`: claimed, ready (the file is whole, under its part name),
# written (it has its own name).
export_batches = Table(
    "export_batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("format", String(8), nullable=False),
    Column("path", Text, nullable=False),
)

# What a batch says, word for word: it can be written again however the readings have changed since.
export_lines = Table(
    "export_lines",
    metadata,
    Column("batch_id", ForeignKey("export_batches.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("line", Text, nullable=False),
)

# Readings taken here that billing has not got yet, by file or by its own acknowledgement; and those that came from it.
_TO_EXPORT = "export_batch IS NULL AND channel NOT IN ('import', 'billing')"
_TO_ACKNOWLEDGE = "acked_at IS NULL AND channel NOT IN ('import', 'billing')"
_FROM_BILLING = "channel IN ('import', 'billing')"


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# call_id is NULL for a reading that came by no call: NULLs are distinct, so equal imported values do not collide.
readings = Table(
    "readings",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("register_id", ForeignKey("registers.id"), nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("local_day", Date, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("call_id", String(128)),
    Column("replaced_by", ForeignKey("readings.id")),
    Column("said_words", Text),
    Column("said_percent", Integer),
    Column("said_at_ms", Integer),
    Column("export_batch", Integer),
    Column("acked_at", UtcDateTime),
    UniqueConstraint("register_id", "call_id", "value"),
    Index(None, "register_id", "taken_at"),
    Index("ix_readings_replaced_by", "replaced_by", **_where("replaced_by IS NOT NULL")),
    Index("ix_readings_to_export", "id", **_where(_TO_EXPORT)),
    Index("ix_readings_to_acknowledge", "id", **_where(_TO_ACKNOWLEDGE)),
    Index("uq_readings_from_billing", "register_id", "local_day", unique=True, **_where(_FROM_BILLING)),
)

# Readings of registers that are not known here: stored as they were given, for billing to judge.
unchecked_readings = Table(
    "unchecked_readings",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("account", String(32), nullable=False),
    Column("meter", String(64), nullable=False),
    Column("tariff", String(16), nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("call_id", String(128)),
    Column("said_words", Text),
    Column("said_percent", Integer),
    Column("said_at_ms", Integer),
    Column("export_batch", Integer),
    Column("acked_at", UtcDateTime),
    UniqueConstraint("call_id", "account", "meter", "tariff", "value"),
    Index(None, "account", "taken_at"),
)

balances = Table(
    "balances",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("debt_kopecks", BigInteger, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("last_payment_kopecks", BigInteger),
    Column("last_payment_on", Date),
)

news = Table(
    "news",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False, index=True),
    Column("valid_until", UtcDateTime),
)

# Planned outages: of a district, or of the addresses that begin with `address`.
outages = Table(
    "outages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("district", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False, index=True),
    Column("text", Text, nullable=False),
)

# `hours` is JSON, as hours are written everywhere: {"mon-fri": "08:00-17:00"}.
offices = Table(
    "offices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("hours", Text, nullable=False),
)

# How and where to pay, as it is spoken, for each kind of customer.
payment_advice = Table(
    "payment_advice",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("text", Text, nullable=False),
)

# A request opened here gets its id for a number, in the same transaction. No foreign key to accounts: it may be about
# an account that is not known here.
requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(32), unique=True),
    Column("account", String(32), nullable=False, index=True),
    Column("topic", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("result", Text, nullable=False),
    Column("due_on", Date),
    Column("caller", Text, nullable=False),
    Column("call_id", String(128)),
    UniqueConstraint("call_id", "topic"),
)

calls = Table(
    "calls",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("caller", Text, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False, index=True),
    Column("flow", Text, nullable=False),
    Column("flow_version", Text, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("talk_s", Integer, nullable=False),
    Column("recording", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("held_s", Integer, nullable=False, server_default="0"),
    Column("transfers", Integer, nullable=False, server_default="0"),
    Column("operators", Text, nullable=False, server_default=text("''")),
    Index("ix_calls_open", "id", sqlite_where=text("outcome = 'open'"), postgresql_where=text("outcome = 'open'")),
)

# No foreign key to calls: a step may come through before the call's own row does, and must not be lost for it.
call_steps = Table(
    "call_steps",
    metadata,
    Column("call_id", String(128), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("node", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("heard", Text, nullable=False),
    Column("result", Text, nullable=False),
)

# How far a file of Asterisk's own journal of calls has been read.
journal_marks = Table(
    "journal_marks",
    metadata,
    Column("file", String(128), primary_key=True),
    Column("offset", BigInteger, nullable=False),
)

# No foreign key to calls, as with steps. A row is written whole each time; the last stage reached stays.
contacts = Table(
    "contacts",
    metadata,
    Column("call_id", String(128), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("caller", Text, nullable=False),
    Column("account", Text, nullable=False, index=True),
    Column("topic", String(64), nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
    Column("began_at", UtcDateTime, nullable=False, index=True),
    Column("identified_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("result", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "caller"),
)

# Append-only: triggers refuse a change or a removal (migration 0003). `subject` is an account's number, no more.
audit = Table(
    "audit",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("call_id", String(128), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("result", Text, nullable=False),
)

# One row a caller's number, account or PIN that was failed with lately.
identity_tallies = Table(
    "identity_tallies",
    metadata,
    Column("subject", String(160), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", UtcDateTime),
    Column("locked_until", UtcDateTime),
)

# News recorded by telephone or given as a file. `sound` is a file's name in the folder of announcements.
recorded_news = Table(
    "recorded_news",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sound", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False, index=True),
    Column("valid_until", UtcDateTime),
    Column("withdrawn", Boolean, nullable=False),
)
