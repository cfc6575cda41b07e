"""What the supplier knows besides: telephones, tariffs, outages, offices, requests; batches of exported readings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _accounts()
    _readings()
    _supply()


def _accounts() -> None:
    op.create_table(
        "tariffs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariffs")),
        sa.UniqueConstraint("name", name=op.f("uq_tariffs_name")),
    )
    op.create_table(
        "tariff_prices",
        sa.Column("tariff_id", sa.Integer(), nullable=False),
        sa.Column("register", sa.String(length=16), nullable=False),
        sa.Column("kopecks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariffs.id"], name=op.f("fk_tariff_prices_tariff_id")),
        sa.PrimaryKeyConstraint("tariff_id", "register", name=op.f("pk_tariff_prices")),
    )
    op.add_column("customers", sa.Column("code", sa.String(length=64), nullable=True))
    op.create_index("uq_customers_code", "customers", ["code"], unique=True)
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("tariff_id", sa.Integer(), nullable=True))
        accounts.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        accounts.create_foreign_key(op.f("fk_accounts_tariff_id"), "tariffs", ["tariff_id"], ["id"])
    op.create_table(
        "account_phones",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_phones_account_id")),
        sa.PrimaryKeyConstraint("account_id", "phone", name=op.f("pk_account_phones")),
    )
    op.create_index("ix_account_phones_phone", "account_phones", ["phone"])
    op.create_index("uq_meters_account_id_serial", "meters", ["account_id", "serial"], unique=True)
    op.add_column("registers", sa.Column("removed_on", sa.Date(), nullable=True))
    op.create_index("uq_registers_meter_id_tariff", "registers", ["meter_id", "tariff"], unique=True)


def _readings() -> None:
    op.create_table(
        "export_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_batches")),
    )
    op.create_table(
        "export_lines",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["export_batches.id"], name=op.f("fk_export_lines_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_export_lines")),
    )
    op.add_column("readings", sa.Column("export_batch", sa.Integer(), nullable=True))
    op.add_column("readings", sa.Column("acked_at", MOMENT, nullable=True))
    taken_here = "channel NOT IN ('import', 'billing')"
    _partial("ix_readings_replaced_by", ["replaced_by"], "replaced_by IS NOT NULL")
    _partial("ix_readings_to_export", ["id"], f"export_batch IS NULL AND {taken_here}")
    _partial("ix_readings_to_acknowledge", ["id"], f"acked_at IS NULL AND {taken_here}")
    _partial("uq_readings_from_billing", ["register_id", "local_day"], "channel IN ('import', 'billing')", unique=True)
    op.create_table(
        "unchecked_readings",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("meter", sa.String(length=64), nullable=False),
        sa.Column("tariff", sa.String(length=16), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=128), nullable=True),
        sa.Column("export_batch", sa.Integer(), nullable=True),
        sa.Column("acked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unchecked_readings")),
        sa.UniqueConstraint(
            "call_id",
            "account",
            "meter",
            "tariff",
            "value",
            name=op.f("uq_unchecked_readings_call_id_account_meter_tariff_value"),
        ),
    )


def _partial(name: str, columns: list[str], condition: str, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, "readings", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _supply() -> None:
    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    op.create_index("ix_outages_ends_at", "outages", ["ends_at"])
    op.create_table(
        "offices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
    )
    op.create_table(
        "payment_advice",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_payment_advice")),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("call_id", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_requests_number")),
        sa.UniqueConstraint("call_id", "topic", name=op.f("uq_requests_call_id_topic")),
    )
    op.create_index("ix_requests_account", "requests", ["account"])


def downgrade() -> None:
    for table in ("requests", "payment_advice", "offices", "outages", "unchecked_readings", "export_lines"):
        op.drop_table(table)
    op.drop_table("export_batches")
    for index in (
        "uq_readings_from_billing",
        "ix_readings_to_acknowledge",
        "ix_readings_to_export",
        "ix_readings_replaced_by",
    ):
        op.drop_index(index, "readings")
    with op.batch_alter_table("readings") as readings:
        readings.drop_column("acked_at")
        readings.drop_column("export_batch")
    op.drop_index("uq_registers_meter_id_tariff", "registers")
    op.drop_index("uq_meters_account_id_serial", "meters")
    with op.batch_alter_table("registers") as registers:
        registers.drop_column("removed_on")
    op.drop_table("account_phones")
    with op.batch_alter_table("accounts") as accounts:
        accounts.drop_constraint(op.f("fk_accounts_tariff_id"), type_="foreignkey")
        accounts.drop_column("closed_on")
        accounts.drop_column("tariff_id")
    op.drop_index("uq_customers_code", "customers")
    with op.batch_alter_table("customers") as customers:
        customers.drop_column("code")
    op.drop_table("tariff_prices")
    op.drop_table("tariffs")
