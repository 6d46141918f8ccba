"""Why a declined idea came back

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("triage_returns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("because", sa.String(length=32), server_default="voices", nullable=False))
        batch_op.add_column(sa.Column("by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fact", sa.Text(), server_default="", nullable=False))
        batch_op.create_foreign_key(batch_op.f("fk_triage_returns_by_id"), "people", ["by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("triage_returns", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_triage_returns_by_id"), type_="foreignkey")
        batch_op.drop_column("fact")
        batch_op.drop_column("by_id")
        batch_op.drop_column("because")
