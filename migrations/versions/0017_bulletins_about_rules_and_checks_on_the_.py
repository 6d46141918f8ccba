"""Bulletins about rules, and checks on the floor.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("old_wording", sa.Text(), nullable=False),
        sa.Column("new_wording", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Boolean(), nullable=False),
        sa.Column("newcomers_until", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_bulletins_by_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule_records.id"], name=op.f("fk_bulletins_rule_id")),
        sa.ForeignKeyConstraint(["verdict_id"], ["rule_verdicts.id"], name=op.f("fk_bulletins_verdict_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletins")),
        sa.UniqueConstraint("verdict_id", name=op.f("uq_bulletins_verdict_id")),
    )
    with op.batch_alter_table("bulletins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletins_rule_id"), ["rule_id"], unique=False)
        batch_op.create_index(
            "ix_bulletins_standing_at",
            ["at"],
            unique=False,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            "uq_bulletins_standing",
            ["rule_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "bulletin_confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletins.id"], name=op.f("fk_bulletin_confirmations_bulletin_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bulletin_confirmations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_confirmations")),
        sa.UniqueConstraint("bulletin_id", "person_id", name=op.f("uq_bulletin_confirmations_bulletin_id_person_id")),
    )
    with op.batch_alter_table("bulletin_confirmations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletin_confirmations_person_id"), ["person_id"], unique=False)

    op.create_table(
        "floor_waves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("begun_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("gathered", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("ended_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.Column("relapse_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_floor_waves_commitment_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_floor_waves_delivery_id")),
        sa.ForeignKeyConstraint(["relapse_id"], ["relapses.id"], name=op.f("fk_floor_waves_relapse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_waves")),
        sa.UniqueConstraint("delivery_id", "days", name=op.f("uq_floor_waves_delivery_id_days")),
    )
    with op.batch_alter_table("floor_waves", schema=None) as batch_op:
        batch_op.create_index("ix_floor_waves_commitment", ["commitment_id", "id"], unique=False)
        batch_op.create_index(
            "ix_floor_waves_running",
            ["closes_on"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "floor_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("answered", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_floor_asks_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_floor_asks_site_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["floor_waves.id"], name=op.f("fk_floor_asks_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_asks")),
        sa.UniqueConstraint("wave_id", "person_id", name=op.f("uq_floor_asks_wave_id_person_id")),
    )
    with op.batch_alter_table("floor_asks", schema=None) as batch_op:
        batch_op.create_index("ix_floor_asks_person", ["person_id", "asked_on"], unique=False)
        batch_op.create_index(
            "ix_floor_asks_unasked",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("asked_on IS NULL"),
            postgresql_where=sa.text("asked_on IS NULL"),
        )

    op.create_table(
        "floor_tallies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_floor_tallies_nobody_is_the_least")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_floor_tallies_site_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["floor_waves.id"], name=op.f("fk_floor_tallies_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_tallies")),
        sa.UniqueConstraint("wave_id", "site_id", "answer", name=op.f("uq_floor_tallies_wave_id_site_id_answer")),
    )


def downgrade() -> None:
    # Messages that the version before cannot handle.
    op.execute("DELETE FROM outbox WHERE topic LIKE 'bulletins.%' OR topic LIKE 'floor.%'")
    op.drop_table("floor_tallies")
    with op.batch_alter_table("floor_asks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_floor_asks_unasked",
            sqlite_where=sa.text("asked_on IS NULL"),
            postgresql_where=sa.text("asked_on IS NULL"),
        )
        batch_op.drop_index("ix_floor_asks_person")

    op.drop_table("floor_asks")
    with op.batch_alter_table("floor_waves", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_floor_waves_running",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_floor_waves_commitment")

    op.drop_table("floor_waves")
    with op.batch_alter_table("bulletin_confirmations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulletin_confirmations_person_id"))

    op.drop_table("bulletin_confirmations")
    with op.batch_alter_table("bulletins", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bulletins_standing",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_bulletins_standing_at",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_bulletins_rule_id"))

    op.drop_table("bulletins")
