"""Hidden notes, and what came of a no

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "insight_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("insight_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_insight_decisions_by_id")),
        sa.ForeignKeyConstraint(["insight_id"], ["insights.id"], name=op.f("fk_insight_decisions_insight_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insight_decisions")),
    )
    with op.batch_alter_table("insight_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_insight_decisions_insight_id"), ["insight_id"], unique=False)

    op.create_table(
        "broadcast_ideas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_ideas_broadcast_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_broadcast_ideas_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_ideas")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_broadcast_ideas_idea_id")),
    )
    with op.batch_alter_table("broadcast_ideas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_ideas_broadcast_id"), ["broadcast_id"], unique=False)

    op.add_column("insights", sa.Column("hidden_at", portal.db.UtcDateTime(timezone=True), nullable=True))
    for statement in append_only.statements(op.get_bind().dialect.name, "insight_decisions"):
        op.execute(statement)


def downgrade() -> None:
    # The version before knows no hidden notes, and would show them to everybody.
    op.execute(
        "UPDATE insights SET withdrawn_at = hidden_at, answer_id = NULL "
        "WHERE hidden_at IS NOT NULL AND withdrawn_at IS NULL"
    )
    # It has no word for this kind of text either. On SQLite the list of words is kept by whoever writes.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "INSERT INTO search_fts (search_fts, rowid, stems) "
            "SELECT 'delete', id, stems FROM search_entries WHERE kind = 'insight'"
        )
    op.execute("DELETE FROM search_entries WHERE kind = 'insight'")
    op.drop_table("broadcast_ideas")
    op.drop_table("insight_decisions")
    with op.batch_alter_table("insights", schema=None) as batch_op:
        batch_op.drop_column("hidden_at")
