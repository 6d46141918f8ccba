"""Webhooks and the worker's clock

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker_ticks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_worker_ticks_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_ticks")),
    )
    op.create_table(
        "clock_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("last_tick_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=20), server_default="", nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_clock_stops_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_stops")),
    )
    op.create_index(
        "uq_clock_stops_open",
        "clock_stops",
        ["host"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "webhook_receivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("seed_before", sa.String(length=64), server_default="", nullable=False),
        sa.Column("before_until", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("paused_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paused_because", sa.String(length=32), nullable=True),
        sa.Column("removed_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failing_since", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_until", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_by", sa.String(length=80), server_default="", nullable=False),
        sa.CheckConstraint(
            "(seed_before = '') = (before_until IS NULL)", name=op.f("ck_webhook_receivers_the_old_secret_ends")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_webhook_receivers_made_by_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_webhook_receivers_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_receivers")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=200), server_default="", nullable=False),
        sa.Column("error", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["webhook_receivers.id"], name=op.f("fk_webhook_deliveries_receiver_id")
        ),
        sa.ForeignKeyConstraint(["story_id"], ["idea_story.id"], name=op.f("fk_webhook_deliveries_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("event_id", name=op.f("uq_webhook_deliveries_event_id")),
        sa.UniqueConstraint("receiver_id", "story_id", name=op.f("uq_webhook_deliveries_receiver_id_story_id")),
    )
    op.create_index("ix_webhook_deliveries_queued", "webhook_deliveries", ["queued_at"])
    op.create_index(
        "ix_webhook_deliveries_waiting",
        "webhook_deliveries",
        ["receiver_id", "id"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhook_receivers", "clock_stops", "worker_ticks"):
        op.drop_table(table)
