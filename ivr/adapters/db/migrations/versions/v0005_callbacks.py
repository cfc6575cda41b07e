"""Callbacks: who is to be rung back, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("queue", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("arrived", MOMENT, nullable=False),
        sa.Column("asked", MOMENT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("leg", sa.String(length=160), nullable=False),
        sa.Column("operator", sa.String(length=16), nullable=False),
        sa.Column("ended", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    for column in ("number", "asked", "stage"):
        op.create_index(f"ix_callbacks_{column}", "callbacks", [column])


def downgrade() -> None:
    op.drop_table("callbacks")
