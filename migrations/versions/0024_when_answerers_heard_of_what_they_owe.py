"""When answerers heard of what they owe

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_at", portal.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_assignments_untold",
            ["person_id", "duty"],
            unique=False,
            sqlite_where=sa.text("until IS NULL AND told_at IS NULL"),
            postgresql_where=sa.text("until IS NULL AND told_at IS NULL"),
        )
    # Whoever owes something by now has heard of it, or finds it on their page.
    op.execute("UPDATE assignments SET told_at = since")


def downgrade() -> None:
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_assignments_untold",
            sqlite_where=sa.text("until IS NULL AND told_at IS NULL"),
            postgresql_where=sa.text("until IS NULL AND told_at IS NULL"),
        )
        batch_op.drop_column("told_at")
