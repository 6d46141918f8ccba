"""What people are told

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

import portal.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_paces",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("moment", sa.String(length=32), nullable=False),
        sa.Column("pace", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_paces_person_id")),
        sa.PrimaryKeyConstraint("person_id", "moment", name=op.f("pk_notice_paces")),
    )
    op.create_table(
        "notice_settings",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_mail", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("quiet_begins", sa.Integer(), server_default="20", nullable=False),
        sa.Column("quiet_ends", sa.Integer(), server_default="7", nullable=False),
        sa.CheckConstraint(
            "quiet_begins BETWEEN 0 AND 23 AND quiet_ends BETWEEN 0 AND 23",
            name=op.f("ck_notice_settings_hours_of_a_day"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_settings_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_settings")),
    )
    op.create_table(
        "notice_mutes",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_notice_mutes_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_mutes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "idea_id", name=op.f("pk_notice_mutes")),
    )
    with op.batch_alter_table("notice_mutes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_mutes_idea_id"), ["idea_id"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("moment", sa.String(length=32), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("mail_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("letter", sa.String(length=36), nullable=True),
        sa.Column("in_hand_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_notices_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("person_id", "event_id", name=op.f("uq_notices_person_id_event_id")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_person_at", ["person_id", "at", "id"], unique=False)
        batch_op.create_index(
            "ix_notices_posted",
            ["person_id", "letter"],
            unique=False,
            sqlite_where=sa.text("letter IS NOT NULL AND mailed_at IS NULL"),
            postgresql_where=sa.text("letter IS NOT NULL AND mailed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_notices_to_post",
            ["mail_at"],
            unique=False,
            sqlite_where=sa.text("letter IS NULL AND mail_at IS NOT NULL AND mailed_at IS NULL"),
            postgresql_where=sa.text("letter IS NULL AND mail_at IS NOT NULL AND mailed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_notices_unread",
            ["person_id", "id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )


def downgrade() -> None:
    # Messages that the version before cannot handle.
    op.execute("DELETE FROM outbox WHERE topic IN ('notices.post', 'notices.letter', 'comment.added')")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notices_unread", sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL")
        )
        batch_op.drop_index(
            "ix_notices_to_post",
            sqlite_where=sa.text("letter IS NULL AND mail_at IS NOT NULL AND mailed_at IS NULL"),
            postgresql_where=sa.text("letter IS NULL AND mail_at IS NOT NULL AND mailed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_notices_posted",
            sqlite_where=sa.text("letter IS NOT NULL AND mailed_at IS NULL"),
            postgresql_where=sa.text("letter IS NOT NULL AND mailed_at IS NULL"),
        )
        batch_op.drop_index("ix_notices_person_at")

    op.drop_table("notices")
    with op.batch_alter_table("notice_mutes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_mutes_idea_id"))

    op.drop_table("notice_mutes")
    op.drop_table("notice_settings")
    op.drop_table("notice_paces")
