"""Unchecked readings are looked up by account and day: the same one is not stored twice."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_unchecked_readings_account_taken_at", "unchecked_readings", ["account", "taken_at"])


def downgrade() -> None:
    op.drop_index("ix_unchecked_readings_account_taken_at", "unchecked_readings")
