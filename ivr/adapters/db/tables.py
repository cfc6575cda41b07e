"""The tables. Times are UTC, money is whole kopecks, energy whole kilowatt-hours. `docs/data.md` tells the rules."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("contract", String(64), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("district", Text, nullable=False),
)

meters = Table(
    "meters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("serial", String(64), nullable=False),
    Column("verification_due", Date),
)

registers = Table(
    "registers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("meter_id", ForeignKey("meters.id"), nullable=False, index=True),
    Column("tariff", String(16), nullable=False),
    Column("digits", Integer, nullable=False),
)

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
    UniqueConstraint("register_id", "call_id", "value"),
    Index(None, "register_id", "taken_at"),
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
