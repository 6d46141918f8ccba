"""What an executive's inbox keeps

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "triage_keys",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("off", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("keys", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_triage_keys_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_triage_keys")),
    )
    op.create_table(
        "triage_alike",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("others", sa.Text(), server_default="[]", nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_triage_alike_idea_id")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_triage_alike")),
    )
    op.create_table(
        "triage_assessments",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opinion", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_triage_assessments_by_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_triage_assessments_idea_id")),
        sa.PrimaryKeyConstraint("idea_id", "by_id", name=op.f("pk_triage_assessments")),
    )
    op.create_table(
        "triage_accepted_stops",
        sa.Column("decision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vote_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_triage_accepted_stops_decision_id")),
        sa.ForeignKeyConstraint(["story_id"], ["idea_story.id"], name=op.f("fk_triage_accepted_stops_story_id")),
        sa.ForeignKeyConstraint(["vote_id"], ["votes.id"], name=op.f("fk_triage_accepted_stops_vote_id")),
        sa.PrimaryKeyConstraint("decision_id", "vote_id", name=op.f("pk_triage_accepted_stops")),
    )
    op.create_index("ix_decisions_by_at", "decisions", ["by_id", "at"])
    op.create_index("ix_merges_by_at", "merges", ["by_id", "at"])
    op.create_index("ix_triage_questions_by_at", "triage_questions", ["by_id", "at"])
    op.create_index("ix_triage_questions_expert", "triage_questions", ["expert_id", "answered_at"])


def downgrade() -> None:
    # Messages that the version before cannot handle.
    op.execute("DELETE FROM outbox WHERE topic IN ('triage.asked', 'triage.stops_accepted', 'triage.alike')")
    op.drop_index("ix_triage_questions_expert", table_name="triage_questions")
    op.drop_index("ix_triage_questions_by_at", table_name="triage_questions")
    op.drop_index("ix_merges_by_at", table_name="merges")
    op.drop_index("ix_decisions_by_at", table_name="decisions")
    op.drop_table("triage_accepted_stops")
    op.drop_table("triage_assessments")
    op.drop_table("triage_alike")
    op.drop_table("triage_keys")
