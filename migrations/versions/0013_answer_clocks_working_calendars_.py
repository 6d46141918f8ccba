"""Answer clocks working calendars absences and delegates

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_mark_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_mark")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("cover_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cover_id IS NULL OR cover_id <> person_id", name=op.f("ck_absences_nobody_covers_for_themselves")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absences_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["cover_id"], ["people.id"], name=op.f("fk_absences_cover_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["people.id"], name=op.f("fk_absences_noted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absences_cover_id"), ["cover_id"], unique=False)
        batch_op.create_index("ix_absences_last", ["last_day"], unique=False)
        batch_op.create_index("ix_absences_person_last", ["person_id", "last_day"], unique=False)
        batch_op.create_index(
            "ix_absences_waiting",
            ["first_day"],
            unique=False,
            sqlite_where=sa.text("started_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("started_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "answerers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("barrier", sa.String(length=32), server_default="", nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("set_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answerers_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_answerers_place_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_answerers_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answerers")),
        sa.UniqueConstraint("duty", "place_id", "barrier", name=op.f("uq_answerers_duty_place_id_barrier")),
    )
    with op.batch_alter_table("answerers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answerers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "work_calendars",
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("changed_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["people.id"], name=op.f("fk_work_calendars_changed_by_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_work_calendars_place_id")),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_work_calendars")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=32), nullable=False),
        sa.Column("since", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("starts_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("climbs_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("until", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("level BETWEEN 0 AND 2", name=op.f("ck_assignments_at_most_two_levels_up")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_assignments_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignments_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_assignments_climbs",
            ["climbs_at"],
            unique=False,
            sqlite_where=sa.text("until IS NULL AND climbs_at IS NOT NULL"),
            postgresql_where=sa.text("until IS NULL AND climbs_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_assignments_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(
            "ix_assignments_person_open",
            ["person_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.create_index(
            "uq_assignments_open",
            ["idea_id", "duty", "level"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("absence_id", sa.Integer(), nullable=True),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=40), server_default="", nullable=False),
        sa.CheckConstraint("person_id <> delegate_id", name=op.f("ck_delegations_nobody_is_their_own_delegate")),
        sa.ForeignKeyConstraint(["absence_id"], ["absences.id"], name=op.f("fk_delegations_absence_id")),
        sa.ForeignKeyConstraint(["delegate_id"], ["people.id"], name=op.f("fk_delegations_delegate_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_delegations_made_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_delegations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.create_index("ix_delegations_delegate", ["delegate_id", "ended_at"], unique=False)
        batch_op.create_index(
            "uq_delegations_open",
            ["person_id", "delegate_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "holidays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["work_calendars.place_id"], name=op.f("fk_holidays_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
        sa.UniqueConstraint("place_id", "day", name=op.f("uq_holidays_place_id_day")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delegation_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_grants_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_grants_delegation_id"), "delegations", ["delegation_id"], ["id"])

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(
            "ix_people_left",
            ["deactivated_at"],
            unique=False,
            sqlite_where=sa.text("deactivated_at IS NOT NULL"),
            postgresql_where=sa.text("deactivated_at IS NOT NULL"),
        )


def downgrade() -> None:
    # Rights that were lent end: without their delegation they would be their holders' own for good.
    op.execute(
        "UPDATE grants SET revoked_at = CURRENT_TIMESTAMP WHERE delegation_id IS NOT NULL AND revoked_at IS NULL"
    )
    op.execute("DELETE FROM outbox WHERE topic LIKE 'clock.%' OR topic = 'calendar.changed'")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_people_left",
            sqlite_where=sa.text("deactivated_at IS NOT NULL"),
            postgresql_where=sa.text("deactivated_at IS NOT NULL"),
        )

    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_grants_delegation_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_grants_delegation_id"))
        batch_op.drop_column("delegation_id")

    op.drop_table("holidays")
    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_delegations_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_delegations_delegate")

    op.drop_table("delegations")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignments_open", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index(
            "ix_assignments_person_open",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_assignments_idea_id"))
        batch_op.drop_index(
            "ix_assignments_climbs",
            sqlite_where=sa.text("until IS NULL AND climbs_at IS NOT NULL"),
            postgresql_where=sa.text("until IS NULL AND climbs_at IS NOT NULL"),
        )

    op.drop_table("assignments")
    op.drop_table("work_calendars")
    with op.batch_alter_table("answerers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answerers_person_id"))

    op.drop_table("answerers")
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_absences_waiting",
            sqlite_where=sa.text("started_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("started_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.drop_index("ix_absences_person_last")
        batch_op.drop_index("ix_absences_last")
        batch_op.drop_index(batch_op.f("ix_absences_cover_id"))

    op.drop_table("absences")
    op.drop_table("clock_mark")
