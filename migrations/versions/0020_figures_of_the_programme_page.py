"""Figures of the programme page.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vote_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("idea_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("figures", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_programme_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_state")),
    )
    op.create_table(
        "programme_weeks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("dimension", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_weeks")),
        sa.UniqueConstraint(
            "monday", "measure", "dimension", "key", name=op.f("uq_programme_weeks_monday_measure_dimension_key")
        ),
    )
    op.create_table(
        "employer_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("published_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_employer_figures_employer_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["people.id"], name=op.f("fk_employer_figures_published_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["people.id"], name=op.f("fk_employer_figures_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_figures")),
    )
    with op.batch_alter_table("employer_figures", schema=None) as batch_op:
        batch_op.create_index(
            "uq_employer_figures_public",
            ["employer_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "programme_active",
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_programme_active_person_id")),
        sa.PrimaryKeyConstraint("monday", "person_id", name=op.f("pk_programme_active")),
    )


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE topic LIKE 'programme.%'")  # which the version before cannot handle
    op.drop_table("programme_active")
    with op.batch_alter_table("employer_figures", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_employer_figures_public",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.drop_table("employer_figures")
    op.drop_table("programme_weeks")
    op.drop_table("programme_state")
