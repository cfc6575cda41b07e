"""Readings given by voice: the words, how sure they were heard, where they begin in the recording."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("readings", "unchecked_readings")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("said_words", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("said_percent", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("said_at_ms", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        for column in ("said_at_ms", "said_percent", "said_words"):
            op.drop_column(table, column)
