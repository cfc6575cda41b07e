"""Of each call: all who talked with the caller. Of each storm: the district that it is of; empty for everywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = {"calls": "operators", "storms": "district"}


def upgrade() -> None:
    for table, name in COLUMNS.items():
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    for table, name in COLUMNS.items():
        with op.batch_alter_table(table) as changed:
            changed.drop_column(name)
