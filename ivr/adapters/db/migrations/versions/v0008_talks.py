"""Of each call: seconds on hold, and how often another operator took the caller over."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("held_s", "transfers"):
        op.add_column("calls", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("calls") as table:
        for name in ("held_s", "transfers"):
            table.drop_column(name)
