"""The queue: its log of decisions, what operators have set by hand, callers' marks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "queue_log",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("entry", sa.String(length=128), nullable=False),
        sa.Column("operator", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_log")),
    )
    for column in ("at", "entry", "operator"):
        op.create_index(f"ix_queue_log_{column}", "queue_log", [column])
    op.create_table(
        "operator_duty",
        sa.Column("operator", sa.String(length=16), nullable=False),
        sa.Column("out", sa.Boolean(), nullable=False),
        sa.Column("pause", sa.String(length=32), nullable=False),
        sa.Column("pause_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_operator_duty")),
    )
    op.create_table(
        "marks",
        sa.Column("call_id", sa.String(length=128), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_marks")),
    )
    op.create_index("ix_marks_at", "marks", ["at"])


def downgrade() -> None:
    for table in ("marks", "operator_duty", "queue_log"):
        op.drop_table(table)
