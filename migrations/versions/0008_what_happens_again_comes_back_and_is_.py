"""What happens again, comes back and is asked again

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hour_costs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_hour_costs_an_hour_costs_something")),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_hour_costs_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_costs")),
    )
    op.create_table(
        "occurrence_sums",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_occurrence_sums_idea_id")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_occurrence_sums")),
    )
    with op.batch_alter_table("occurrence_sums", schema=None) as batch_op:
        batch_op.create_index("ix_occurrence_sums_times", ["times", "idea_id"], unique=False)

    op.create_table(
        "occurrences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=60), server_default="", nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("tried", sa.String(length=32), server_default="unknown", nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(length=36), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_occurrences_minutes_of_a_day")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_occurrences_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_occurrences_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_occurrences_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_occurrences_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("person_id", "form_key", name=op.f("uq_occurrences_person_id_form_key")),
    )
    with op.batch_alter_table("occurrences", schema=None) as batch_op:
        batch_op.create_index("ix_occurrences_idea_day", ["idea_id", "day"], unique=False)
        batch_op.create_index("ix_occurrences_person_at", ["person_id", "at"], unique=False)
        batch_op.create_index("ix_occurrences_person_idea", ["person_id", "idea_id", "id"], unique=False)

    op.create_table(
        "asked_again",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_asked_again_decision_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_asked_again_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_asked_again_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_asked_again_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_asked_again_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_again")),
    )
    with op.batch_alter_table("asked_again", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asked_again_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asked_again_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_asked_again_standing",
            ["decision_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "relapses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("was", sa.String(length=32), nullable=False),
        sa.Column("moved_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("ending", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.String(length=400), server_default="", nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (ending IS NULL)", name=op.f("ck_relapses_closed_in_one_way")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["people.id"], name=op.f("fk_relapses_closed_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_relapses_commitment_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_relapses_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relapses")),
    )
    with op.batch_alter_table("relapses", schema=None) as batch_op:
        batch_op.create_index("ix_relapses_commitment", ["commitment_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relapses_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(
            "uq_relapses_open",
            ["commitment_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "triage_returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("teams", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_triage_returns_decision_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_triage_returns_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_returns")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_triage_returns_decision_id")),
    )
    with op.batch_alter_table("triage_returns", schema=None) as batch_op:
        batch_op.create_index("ix_triage_returns_idea", ["idea_id", "id"], unique=False)

    op.create_table(
        "relapse_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("relapse_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=300), server_default="", nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_relapse_reports_person_id")),
        sa.ForeignKeyConstraint(["relapse_id"], ["relapses.id"], name=op.f("fk_relapse_reports_relapse_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_relapse_reports_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_relapse_reports_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relapse_reports")),
        sa.UniqueConstraint("relapse_id", "person_id", name=op.f("uq_relapse_reports_relapse_id_person_id")),
    )
    with op.batch_alter_table("relapse_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relapse_reports_person_id"), ["person_id"], unique=False)
    for statement in append_only.statements(op.get_bind().dialect.name, "relapse_reports"):
        op.execute(statement)


def downgrade() -> None:
    _forget_what_was_unknown()
    with op.batch_alter_table("relapse_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relapse_reports_person_id"))

    op.drop_table("relapse_reports")
    with op.batch_alter_table("triage_returns", schema=None) as batch_op:
        batch_op.drop_index("ix_triage_returns_idea")

    op.drop_table("triage_returns")
    with op.batch_alter_table("relapses", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_relapses_open", sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_relapses_delivery_id"))
        batch_op.drop_index("ix_relapses_commitment")

    op.drop_table("relapses")
    with op.batch_alter_table("asked_again", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_asked_again_standing",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_asked_again_person_id"))
        batch_op.drop_index(batch_op.f("ix_asked_again_idea_id"))

    op.drop_table("asked_again")
    with op.batch_alter_table("occurrences", schema=None) as batch_op:
        batch_op.drop_index("ix_occurrences_person_idea")
        batch_op.drop_index("ix_occurrences_person_at")
        batch_op.drop_index("ix_occurrences_idea_day")

    op.drop_table("occurrences")
    with op.batch_alter_table("occurrence_sums", schema=None) as batch_op:
        batch_op.drop_index("ix_occurrence_sums_times")

    op.drop_table("occurrence_sums")
    op.drop_table("hour_costs")


def _forget_what_was_unknown() -> None:
    """Close every reopening as if it had not been, and drop the steps of the story that the code before cannot read."""
    waits = "SELECT {column} FROM relapses r JOIN commitments c ON c.id = r.commitment_id WHERE r.closed_at IS NULL"
    here = " AND c.idea_id = ideas.id"
    was, moved = (waits.format(column=column) + here for column in ("r.was", "r.moved_at"))
    op.execute(
        f"UPDATE ideas SET stage = CASE ({was}) WHEN 'confirmed' THEN 'done' ELSE 'delivered' END, "
        f"moved_at = ({moved}) WHERE id IN ({waits.format(column='c.idea_id')})"
    )
    before = "SELECT was FROM relapses WHERE commitment_id = commitments.id AND closed_at IS NULL"
    op.execute(f"UPDATE commitments SET state = ({before}) WHERE state = 'reopened'")
    forget = "DELETE FROM idea_story WHERE kind IN ('back', 'not_back', 'asked_again')"
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER idea_story_no_delete")
        op.execute(forget)
        (again,) = [one for one in append_only.statements("sqlite", "idea_story") if "_no_delete" in one]
        op.execute(again)
    else:
        op.execute("ALTER TABLE idea_story DISABLE TRIGGER idea_story_no_delete")
        op.execute(forget)
        op.execute("ALTER TABLE idea_story ENABLE TRIGGER idea_story_no_delete")
