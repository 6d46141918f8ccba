"""Looks

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_look_settings_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_settings")),
    )
    op.create_table(
        "look_archive",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_look_archive_idea_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_look_archive_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_look_archive_team_id")),
        sa.PrimaryKeyConstraint("idea_id", "team_id", name=op.f("pk_look_archive")),
    )
    op.create_table(
        "looks",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("p_seen", sa.Double(), nullable=False),
        sa.Column("shown", sa.SmallInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_page", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("p_seen >= 0 AND p_seen <= 1", name=op.f("ck_looks_a_chance")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_looks_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_looks_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_looks_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_looks_team_id")),
        sa.PrimaryKeyConstraint("idea_id", "person_id", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_last_at", "looks", ["last_at"])
    op.create_index("ix_looks_person_seen", "looks", ["person_id", "p_seen", "idea_id"])


def downgrade() -> None:
    """Scores still hold what looks gave them: run `flask swarm rebuild` afterwards."""
    op.drop_table("looks")
    op.drop_table("look_archive")
    op.drop_table("look_settings")
