"""Lists at any size

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idea_score", sa.Column("open", sa.Boolean(), server_default="1", nullable=False))
    score = sa.table("idea_score", sa.column("idea_id", sa.Integer), sa.column("open", sa.Boolean))
    ideas = sa.table("ideas", sa.column("id", sa.Integer), sa.column("stage", sa.String))
    left = sa.select(ideas.c.id).where(ideas.c.stage != "open")
    op.execute(sa.update(score).where(score.c.idea_id.in_(left)).values(open=sa.false()))
    op.drop_index("ix_idea_score_looks", "idea_score")
    op.drop_index("ix_idea_score_score", "idea_score")
    op.drop_index("ix_idea_score_ucb", "idea_score")
    op.create_index("ix_idea_score_open_looks", "idea_score", ["open", "m", "idea_id"])
    op.create_index("ix_idea_score_open_score", "idea_score", ["open", "score", "idea_id"])
    op.create_index("ix_idea_score_open_ucb", "idea_score", ["open", "ucb", "idea_id"])
    op.create_index("ix_ideas_stage_number", "ideas", ["stage", "id"])
    op.create_index("ix_votes_idea", "votes", ["idea_id", "id"])
    op.drop_index("ix_votes_person_standing", "votes")
    standing = sa.text("revoked_at IS NULL")
    op.create_index(
        "ix_votes_person_standing", "votes", ["person_id", "kind", "idea_id"],
        sqlite_where=standing, postgresql_where=standing,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_votes_idea", "votes")
    op.drop_index("ix_votes_person_standing", "votes")
    op.create_index("ix_votes_person_standing", "votes", ["person_id", "kind"])
    op.drop_index("ix_ideas_stage_number", "ideas")
    op.drop_index("ix_idea_score_open_ucb", "idea_score")
    op.drop_index("ix_idea_score_open_score", "idea_score")
    op.drop_index("ix_idea_score_open_looks", "idea_score")
    op.create_index("ix_idea_score_ucb", "idea_score", ["ucb"])
    op.create_index("ix_idea_score_score", "idea_score", ["score"])
    op.create_index("ix_idea_score_looks", "idea_score", ["m"])
    with op.batch_alter_table("idea_score") as batch_op:
        batch_op.drop_column("open")
