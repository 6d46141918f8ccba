"""Replies, questions asked back, and steps that were taken back before anybody was told.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Words of steps, as they were when this was written, that the version before cannot read.
NEW = (
    "replied", "left_to_swarm", "fixed_here", "escalated", "asked", "ask_answered", "undone", "help_wanted",
    "helper_joined", "decision_needed", "decision_given", "handed_over", "floor_checked",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "idea_story_undone",
        sa.Column("story_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_idea_story_undone_by_id")),
        sa.ForeignKeyConstraint(["story_id"], ["idea_story.id"], name=op.f("fk_idea_story_undone_story_id")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_idea_story_undone")),
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_replies_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_replies_commitment_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_replies_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replies_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_replies_idea_id"), ["idea_id"], unique=False)

    op.create_table(
        "triage_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reply_by", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_triage_questions_by_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["people.id"], name=op.f("fk_triage_questions_expert_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_triage_questions_idea_id")),
        sa.ForeignKeyConstraint(["story_id"], ["idea_story.id"], name=op.f("fk_triage_questions_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_questions")),
    )
    with op.batch_alter_table("triage_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_triage_questions_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(
            "uq_triage_questions_once",
            ["idea_id"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("story_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("undone_at", portal.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_decisions_story_id"), "idea_story", ["story_id"], ["id"])
    for statement in append_only.statements(op.get_bind().dialect.name, "idea_story_undone"):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_decisions_story_id"), type_="foreignkey")
        batch_op.drop_column("undone_at")
        batch_op.drop_column("story_id")

    with op.batch_alter_table("triage_questions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_triage_questions_once",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_triage_questions_idea_id"))

    op.drop_table("triage_questions")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replies_idea_id"))
        batch_op.drop_index(batch_op.f("ix_replies_at"))

    op.drop_table("replies")
    op.drop_table("idea_story_undone")
    _forget()


def _forget() -> None:
    """Steps that the version before cannot read, and messages that it cannot handle."""
    op.execute("DELETE FROM outbox WHERE topic = 'story.told'")
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("DROP TRIGGER idea_story_no_delete")
    else:
        op.execute("ALTER TABLE idea_story DISABLE TRIGGER USER")
    op.execute(f"DELETE FROM idea_story WHERE kind IN {NEW}")
    if dialect == "sqlite":
        for statement in append_only.statements(dialect, "idea_story"):
            if "_no_delete" in statement:
                op.execute(statement)
    else:
        op.execute("ALTER TABLE idea_story ENABLE TRIGGER USER")
