"""Shifts of executives, debriefs, broadcasts, and who speaks for whom.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only, no_overlap

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

GROWING = ("shift_slot_changes", "shift_steps", "representative_carried")
# Words, as they were when this was written, that the version before cannot read.
STEPS = ("carried", "from_a_shift")
MOMENTS = ("broadcast", "shift")


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_read_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.create_index(
            "uq_calendar_feeds_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "representative_rotations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("weeks BETWEEN 1 AND 26", name=op.f("ck_representative_rotations_weeks_of_a_turn")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_representative_rotations_made_by_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_representative_rotations_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative_rotations")),
    )
    with op.batch_alter_table("representative_rotations", schema=None) as batch_op:
        batch_op.create_index(
            "uq_representative_rotations_running",
            ["place_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "shift_briefings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["noted_by_id"], ["people.id"], name=op.f("fk_shift_briefings_noted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shift_briefings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_briefings")),
    )
    with op.batch_alter_table("shift_briefings", schema=None) as batch_op:
        batch_op.create_index("ix_shift_briefings_person", ["person_id", "valid_until"], unique=False)

    op.create_table(
        "shift_patterns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("busy", sa.String(length=32), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("buddy_id", sa.Integer(), nullable=True),
        sa.Column("briefing_needed", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_shift_patterns_ends_after_it_begins")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 720", name=op.f("ck_shift_patterns_minutes_of_a_day")),
        sa.CheckConstraint("seats BETWEEN 1 AND 50", name=op.f("ck_shift_patterns_has_seats")),
        sa.ForeignKeyConstraint(["buddy_id"], ["people.id"], name=op.f("fk_shift_patterns_buddy_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_shift_patterns_made_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_shift_patterns_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_patterns")),
    )
    with op.batch_alter_table("shift_patterns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_patterns_site_id"), ["site_id"], unique=False)

    op.create_table(
        "representative_opt_outs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rotation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_representative_opt_outs_person_id")),
        sa.ForeignKeyConstraint(
            ["rotation_id"], ["representative_rotations.id"], name=op.f("fk_representative_opt_outs_rotation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative_opt_outs")),
    )
    with op.batch_alter_table("representative_opt_outs", schema=None) as batch_op:
        batch_op.create_index(
            "uq_representative_opt_outs_open",
            ["rotation_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "representative_queue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rotation_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), server_default="", nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_representative_queue_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_representative_queue_person_id")),
        sa.ForeignKeyConstraint(
            ["rotation_id"], ["representative_rotations.id"], name=op.f("fk_representative_queue_rotation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative_queue")),
        sa.UniqueConstraint(
            "rotation_id", "idea_id", "person_id", name=op.f("uq_representative_queue_rotation_id_idea_id_person_id")
        ),
    )
    with op.batch_alter_table("representative_queue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_representative_queue_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_representative_queue_rotation_id"), ["rotation_id"], unique=False)

    op.create_table(
        "representative_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rotation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("handing", sa.Text(), server_default="", nullable=False),
        sa.Column("handed_over_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_representative_turns_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_representative_turns_person_id")),
        sa.ForeignKeyConstraint(
            ["rotation_id"], ["representative_rotations.id"], name=op.f("fk_representative_turns_rotation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative_turns")),
    )
    with op.batch_alter_table("representative_turns", schema=None) as batch_op:
        batch_op.create_index("ix_representative_turns_days", ["starts_on", "ends_on"], unique=False)
        batch_op.create_index("ix_representative_turns_person", ["person_id", "ends_on"], unique=False)
        batch_op.create_index(
            "uq_representative_turns_standing",
            ["rotation_id", "starts_on"],
            unique=True,
            sqlite_where=sa.text("state <> 'passed'"),
            postgresql_where=sa.text("state <> 'passed'"),
        )

    op.create_table(
        "shift_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=True),
        sa.Column("pattern_day", sa.Date(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("busy", sa.String(length=32), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_ticket", sa.Integer(), server_default="1", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opens_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("buddy_id", sa.Integer(), nullable=True),
        sa.Column("buddy_state", sa.String(length=32), nullable=False),
        sa.Column("buddy_answered_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("briefing_needed", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("note", sa.String(length=300), server_default="", nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=400), server_default="", nullable=False),
        sa.CheckConstraint(
            "(pattern_id IS NULL) = (pattern_day IS NULL)", name=op.f("ck_shift_slots_a_pattern_has_a_day")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_slots_ends_after_it_starts")),
        sa.CheckConstraint("seats BETWEEN 1 AND 50", name=op.f("ck_shift_slots_has_seats")),
        sa.CheckConstraint("taken >= 0 AND taken <= seats", name=op.f("ck_shift_slots_never_more_than_seats")),
        sa.ForeignKeyConstraint(["buddy_id"], ["people.id"], name=op.f("fk_shift_slots_buddy_id")),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["people.id"], name=op.f("fk_shift_slots_cancelled_by_id")),
        sa.ForeignKeyConstraint(["pattern_id"], ["shift_patterns.id"], name=op.f("fk_shift_slots_pattern_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["people.id"], name=op.f("fk_shift_slots_published_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_shift_slots_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_slots")),
    )
    with op.batch_alter_table("shift_slots", schema=None) as batch_op:
        batch_op.create_index("ix_shift_slots_buddy", ["buddy_id", "starts_at"], unique=False)
        batch_op.create_index("ix_shift_slots_site_starts", ["site_id", "starts_at"], unique=False)
        batch_op.create_index("ix_shift_slots_starts", ["starts_at", "id"], unique=False)
        batch_op.create_index(
            "uq_shift_slots_pattern_day",
            ["pattern_id", "pattern_day"],
            unique=True,
            sqlite_where=sa.text("pattern_id IS NOT NULL"),
            postgresql_where=sa.text("pattern_id IS NOT NULL"),
        )

    op.create_table(
        "representative_carried",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_representative_carried_by_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_representative_carried_idea_id")),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["representative_turns.id"], name=op.f("fk_representative_carried_turn_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative_carried")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_representative_carried_idea_id")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_representative_carried_turn_id")),
    )
    op.create_table(
        "representative_voices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_representative_voices_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_representative_voices_person_id")),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["representative_turns.id"], name=op.f("fk_representative_voices_turn_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative_voices")),
        sa.UniqueConstraint("idea_id", "person_id", name=op.f("uq_representative_voices_idea_id_person_id")),
    )
    with op.batch_alter_table("representative_voices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_representative_voices_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_representative_voices_turn_id"), ["turn_id"], unique=False)

    op.create_table(
        "shift_sign_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("starts_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attendance", sa.String(length=32), nullable=False),
        sa.Column("looking_since", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decline_by", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "attendance = 'signed_up' OR state = 'booked'", name=op.f("ck_shift_sign_ups_only_who_has_a_seat_attends")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_sign_ups_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shift_sign_ups_person_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["shift_slots.id"], name=op.f("fk_shift_sign_ups_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_sign_ups")),
        sa.UniqueConstraint("slot_id", "person_id", name=op.f("uq_shift_sign_ups_slot_id_person_id")),
    )
    with op.batch_alter_table("shift_sign_ups", schema=None) as batch_op:
        batch_op.create_index("ix_shift_sign_ups_attended", ["attendance", "starts_at"], unique=False)
        batch_op.create_index(
            "ix_shift_sign_ups_looking",
            ["starts_at"],
            unique=False,
            sqlite_where=sa.text("looking_since IS NOT NULL"),
            postgresql_where=sa.text("looking_since IS NOT NULL"),
        )
        batch_op.create_index("ix_shift_sign_ups_person", ["person_id", "starts_at"], unique=False)
        batch_op.create_index(
            "ix_shift_sign_ups_waiting",
            ["slot_id", "ticket"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "shift_slot_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_shift_slot_changes_by_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["shift_slots.id"], name=op.f("fk_shift_slot_changes_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_slot_changes")),
    )
    with op.batch_alter_table("shift_slot_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_slot_changes_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "debriefs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_debriefs_person_id")),
        sa.ForeignKeyConstraint(["sign_up_id"], ["shift_sign_ups.id"], name=op.f("fk_debriefs_sign_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debriefs")),
        sa.UniqueConstraint("sign_up_id", name=op.f("uq_debriefs_sign_up_id")),
    )
    with op.batch_alter_table("debriefs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_debriefs_finished_at"), ["finished_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_debriefs_person_id"), ["person_id"], unique=False)

    op.create_table(
        "shift_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sign_up_id"], ["shift_sign_ups.id"], name=op.f("fk_shift_reminders_sign_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_reminders")),
        sa.UniqueConstraint("sign_up_id", "kind", name=op.f("uq_shift_reminders_sign_up_id_kind")),
    )
    op.create_table(
        "shift_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=400), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_shift_steps_by_id")),
        sa.ForeignKeyConstraint(["sign_up_id"], ["shift_sign_ups.id"], name=op.f("fk_shift_steps_sign_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_steps")),
    )
    with op.batch_alter_table("shift_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_steps_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_steps_sign_up_id"), ["sign_up_id"], unique=False)

    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("debrief_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("week", sa.String(length=8), nullable=True),
        sa.Column("sends_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("hearers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("telling_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(confirmed_at IS NULL) = (week IS NULL)", name=op.f("ck_broadcasts_confirmed_in_a_week")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_broadcasts_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_broadcasts_commitment_id")),
        sa.ForeignKeyConstraint(["debrief_id"], ["debriefs.id"], name=op.f("fk_broadcasts_debrief_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_broadcasts_idea_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_broadcasts_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcasts_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcasts_debrief_id"), ["debrief_id"], unique=False)
        batch_op.create_index("ix_broadcasts_sent", ["confirmed_at", "id"], unique=False)
        batch_op.create_index(
            "uq_broadcasts_week",
            ["by_id", "week"],
            unique=True,
            sqlite_where=sa.text("week IS NOT NULL AND taken_back_at IS NULL"),
            postgresql_where=sa.text("week IS NOT NULL AND taken_back_at IS NULL"),
        )

    op.create_table(
        "debrief_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("debrief_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), server_default="1", nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("saved_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["debrief_id"], ["debriefs.id"], name=op.f("fk_debrief_answers_debrief_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debrief_answers")),
        sa.UniqueConstraint(
            "debrief_id", "question", "place", name=op.f("uq_debrief_answers_debrief_id_question_place")
        ),
    )
    op.create_table(
        "broadcast_acknowledgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_acknowledgements_broadcast_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_broadcast_acknowledgements_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_acknowledgements")),
        sa.UniqueConstraint(
            "broadcast_id", "person_id", name=op.f("uq_broadcast_acknowledgements_broadcast_id_person_id")
        ),
    )
    with op.batch_alter_table("broadcast_acknowledgements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_acknowledgements_person_id"), ["person_id"], unique=False)

    op.create_table(
        "insights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("debrief_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("stop_step_id", sa.Integer(), nullable=True),
        sa.Column("buddy_id", sa.Integer(), nullable=True),
        sa.Column("credit", sa.String(length=32), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind = 'note' OR idea_id IS NOT NULL", name=op.f("ck_insights_only_a_note_stands_alone")),
        sa.ForeignKeyConstraint(["answer_id"], ["debrief_answers.id"], name=op.f("fk_insights_answer_id")),
        sa.ForeignKeyConstraint(["buddy_id"], ["people.id"], name=op.f("fk_insights_buddy_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_insights_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_insights_commitment_id")),
        sa.ForeignKeyConstraint(["debrief_id"], ["debriefs.id"], name=op.f("fk_insights_debrief_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_insights_idea_id")),
        sa.ForeignKeyConstraint(["stop_step_id"], ["stop_steps.id"], name=op.f("fk_insights_stop_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insights")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_insights_answer_id")),
    )
    with op.batch_alter_table("insights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_insights_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_insights_commitment_id"), ["commitment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_insights_debrief_id"), ["debrief_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_insights_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index("ix_insights_made", ["made_at", "id"], unique=False)

    # Not as a batch: the table would be made anew without its triggers.
    op.add_column("promotions", sa.Column("carried", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ideas", sa.Column("carried", sa.Boolean(), server_default=sa.false(), nullable=False))
    dialect = op.get_bind().dialect.name
    for table in GROWING:
        for statement in append_only.statements(dialect, table):
            op.execute(statement)
    for statement in no_overlap.statements(dialect):
        op.execute(statement)


def downgrade() -> None:
    for statement in no_overlap.removal(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_column("ideas", "carried")
    op.drop_column("promotions", "carried")

    with op.batch_alter_table("insights", schema=None) as batch_op:
        batch_op.drop_index("ix_insights_made")
        batch_op.drop_index(batch_op.f("ix_insights_idea_id"))
        batch_op.drop_index(batch_op.f("ix_insights_debrief_id"))
        batch_op.drop_index(batch_op.f("ix_insights_commitment_id"))
        batch_op.drop_index(batch_op.f("ix_insights_by_id"))

    op.drop_table("insights")
    with op.batch_alter_table("broadcast_acknowledgements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcast_acknowledgements_person_id"))

    op.drop_table("broadcast_acknowledgements")
    op.drop_table("debrief_answers")
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_broadcasts_week",
            sqlite_where=sa.text("week IS NOT NULL AND taken_back_at IS NULL"),
            postgresql_where=sa.text("week IS NOT NULL AND taken_back_at IS NULL"),
        )
        batch_op.drop_index("ix_broadcasts_sent")
        batch_op.drop_index(batch_op.f("ix_broadcasts_debrief_id"))
        batch_op.drop_index(batch_op.f("ix_broadcasts_by_id"))

    op.drop_table("broadcasts")
    with op.batch_alter_table("shift_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_steps_sign_up_id"))
        batch_op.drop_index(batch_op.f("ix_shift_steps_at"))

    op.drop_table("shift_steps")
    op.drop_table("shift_reminders")
    with op.batch_alter_table("debriefs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_debriefs_person_id"))
        batch_op.drop_index(batch_op.f("ix_debriefs_finished_at"))

    op.drop_table("debriefs")
    with op.batch_alter_table("shift_slot_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_slot_changes_slot_id"))

    op.drop_table("shift_slot_changes")
    with op.batch_alter_table("shift_sign_ups", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_shift_sign_ups_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_shift_sign_ups_person")
        batch_op.drop_index(
            "ix_shift_sign_ups_looking",
            sqlite_where=sa.text("looking_since IS NOT NULL"),
            postgresql_where=sa.text("looking_since IS NOT NULL"),
        )
        batch_op.drop_index("ix_shift_sign_ups_attended")

    op.drop_table("shift_sign_ups")
    with op.batch_alter_table("representative_voices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_representative_voices_turn_id"))
        batch_op.drop_index(batch_op.f("ix_representative_voices_idea_id"))

    op.drop_table("representative_voices")
    op.drop_table("representative_carried")
    with op.batch_alter_table("shift_slots", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shift_slots_pattern_day",
            sqlite_where=sa.text("pattern_id IS NOT NULL"),
            postgresql_where=sa.text("pattern_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_shift_slots_starts")
        batch_op.drop_index("ix_shift_slots_site_starts")
        batch_op.drop_index("ix_shift_slots_buddy")

    op.drop_table("shift_slots")
    with op.batch_alter_table("representative_turns", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_representative_turns_standing",
            sqlite_where=sa.text("state <> 'passed'"),
            postgresql_where=sa.text("state <> 'passed'"),
        )
        batch_op.drop_index("ix_representative_turns_person")
        batch_op.drop_index("ix_representative_turns_days")

    op.drop_table("representative_turns")
    with op.batch_alter_table("representative_queue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_representative_queue_rotation_id"))
        batch_op.drop_index(batch_op.f("ix_representative_queue_idea_id"))

    op.drop_table("representative_queue")
    with op.batch_alter_table("representative_opt_outs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_representative_opt_outs_open",
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.drop_table("representative_opt_outs")
    with op.batch_alter_table("shift_patterns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_patterns_site_id"))

    op.drop_table("shift_patterns")
    with op.batch_alter_table("shift_briefings", schema=None) as batch_op:
        batch_op.drop_index("ix_shift_briefings_person")

    op.drop_table("shift_briefings")
    with op.batch_alter_table("representative_rotations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_representative_rotations_running",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.drop_table("representative_rotations")
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calendar_feeds_open",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.drop_table("calendar_feeds")
    _forget()


def _forget() -> None:
    """Steps and notices that the version before cannot read, and messages that it cannot handle."""
    connection, dialect = op.get_bind(), op.get_bind().dialect.name
    steps, moments = (", ".join(f"'{word}'" for word in words) for words in (STEPS, MOMENTS))
    ours = f"SELECT id FROM idea_story WHERE kind IN ({steps})"
    for story in connection.execute(sa.text(ours)).scalars().all():
        for end in ("}", ","):
            told = sa.text("DELETE FROM outbox WHERE topic = 'story.told' AND payload LIKE :payload")
            op.execute(told.bindparams(payload=f'%"story_id": {story}{end}%'))
    op.execute("DELETE FROM outbox WHERE topic LIKE 'frontline.%'")
    op.execute(f"DELETE FROM webhook_deliveries WHERE story_id IN ({ours})")
    for table in ("notices", "notice_paces"):
        op.execute(f"DELETE FROM {table} WHERE moment IN ({moments})")
    if dialect == "sqlite":
        op.execute("DROP TRIGGER idea_story_no_delete")
    else:
        op.execute("ALTER TABLE idea_story DISABLE TRIGGER USER")
    op.execute(f"DELETE FROM idea_story WHERE kind IN ({steps})")
    if dialect == "sqlite":
        for statement in append_only.statements(dialect, "idea_story"):
            if "_no_delete" in statement:
                op.execute(statement)
    else:
        op.execute("ALTER TABLE idea_story ENABLE TRIGGER USER")
