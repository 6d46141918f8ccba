"""Stops answered, alarms, samples, parameters

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from portal import append_only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "stop_steps",
    "swarm_parameters",
    "score_checks",
    "swarm_alarms",
    "blind_samples",
    "blind_sample_items",
    "blind_answers",
)


def upgrade() -> None:
    op.create_table(
        "alarm_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_alarm_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_state")),
    )
    op.create_table(
        "blind_samples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_ideas", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_samples")),
        sa.UniqueConstraint("month", name=op.f("uq_blind_samples_month")),
    )
    op.create_table(
        "score_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_checks")),
    )
    op.create_table(
        "team_hours",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_team_hours_team_id")),
        sa.PrimaryKeyConstraint("team_id", "hour", name=op.f("pk_team_hours")),
    )
    op.create_index("ix_team_hours_hour", "team_hours", ["hour"])
    op.create_table(
        "swarm_parameters",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("overrides", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_swarm_parameters_by_id")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_swarm_parameters")),
    )
    op.create_table(
        "blind_sample_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_blind_sample_items_idea_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["blind_samples.id"], name=op.f("fk_blind_sample_items_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_sample_items")),
        sa.UniqueConstraint("sample_id", "idea_id", name=op.f("uq_blind_sample_items_sample_id_idea_id")),
        sa.UniqueConstraint("sample_id", "place", name=op.f("uq_blind_sample_items_sample_id_place")),
    )
    op.create_table(
        "swarm_alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_swarm_alarms_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swarm_alarms")),
        sa.UniqueConstraint("idea_id", "kind", name=op.f("uq_swarm_alarms_idea_id_kind")),
    )
    op.create_table(
        "blind_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["blind_sample_items.id"], name=op.f("fk_blind_answers_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_blind_answers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_answers")),
        sa.UniqueConstraint("item_id", "person_id", name=op.f("uq_blind_answers_item_id_person_id")),
    )
    op.create_table(
        "stop_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'answered') = (by_id IS NOT NULL)", name=op.f("ck_stop_steps_only_answers_have_a_name")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_stop_steps_by_id")),
        sa.ForeignKeyConstraint(["vote_id"], ["votes.id"], name=op.f("fk_stop_steps_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_steps")),
        sa.UniqueConstraint("vote_id", "number", name=op.f("uq_stop_steps_vote_id_number")),
    )
    op.add_column("idea_score", sa.Column("params_version", sa.Integer(), server_default="1", nullable=False))
    standing = sa.text("kind = 'stop' AND revoked_at IS NULL")
    op.create_index("ix_votes_stops", "votes", ["idea_id", "kind"], sqlite_where=standing, postgresql_where=standing)
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only.statements(dialect, table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_votes_stops", "votes")
    # Not a rebuild of the table: it would lose what SQLite does not carry over.
    op.drop_column("idea_score", "params_version")
    op.drop_table("stop_steps")
    op.drop_table("blind_answers")
    op.drop_table("swarm_alarms")
    op.drop_table("blind_sample_items")
    op.drop_table("swarm_parameters")
    op.drop_index("ix_team_hours_hour", "team_hours")
    op.drop_table("team_hours")
    op.drop_table("score_checks")
    op.drop_table("blind_samples")
    op.drop_table("alarm_state")
