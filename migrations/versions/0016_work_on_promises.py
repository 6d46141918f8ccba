"""Steps, decisions asked for, help and nudges on promises; what a second person has confirmed is frozen.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = ("deliveries", "delivery_sites", "delivery_sites_without", "delivery_verdicts")
# Messages that the version before cannot handle.
TOPICS = (
    "commitments.offered", "commitments.silent", "commitments.due", "commitments.nudged", "commitments.remind",
    "commitments.decision_needed", "commitments.decision_given", "commitments.help_wanted",
    "commitments.helper_joined", "commitments.handed_over", "people.deactivated",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "commitment_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("answer", sa.String(length=400), server_default="", nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)", name=op.f("ck_commitment_needs_answered_by_somebody")
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["people.id"], name=op.f("fk_commitment_needs_answered_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_commitment_needs_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_commitment_needs_commitment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_needs")),
    )
    with op.batch_alter_table("commitment_needs", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_needs_commitment", ["commitment_id", "id"], unique=False)
        batch_op.create_index(
            "uq_commitment_needs_open",
            ["commitment_id"],
            unique=True,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "commitment_nudges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_commitment_nudges_commitment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_commitment_nudges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_nudges")),
        sa.UniqueConstraint(
            "commitment_id", "person_id", "week", name=op.f("uq_commitment_nudges_commitment_id_person_id_week")
        ),
    )
    with op.batch_alter_table("commitment_nudges", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_nudges_at", ["commitment_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_nudges_person_id"), ["person_id"], unique=False)

    op.create_table(
        "commitment_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("done_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_commitment_steps_done_by_somebody")
        ),
        sa.CheckConstraint("place <> 0 AND place BETWEEN -7 AND 7", name=op.f("ck_commitment_steps_seven_places")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_commitment_steps_commitment_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["people.id"], name=op.f("fk_commitment_steps_done_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_steps")),
        sa.UniqueConstraint("commitment_id", "place", name=op.f("uq_commitment_steps_commitment_id_place")),
    )
    op.create_table(
        "help_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("closed_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_help_calls_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_help_calls_commitment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_calls")),
    )
    with op.batch_alter_table("help_calls", schema=None) as batch_op:
        batch_op.create_index("ix_help_calls_commitment", ["commitment_id", "id"], unique=False)
        batch_op.create_index(
            "uq_help_calls_open",
            ["commitment_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "delivery_sites_without",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_sites_without_delivery_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_delivery_sites_without_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_sites_without")),
        sa.UniqueConstraint("delivery_id", "site_id", name=op.f("uq_delivery_sites_without_delivery_id_site_id")),
    )
    op.create_table(
        "help_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=True),
        sa.Column("answered_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (joined IS NULL)", name=op.f("ck_help_asks_an_answer_has_its_moment")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["help_calls.id"], name=op.f("fk_help_asks_call_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_help_asks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_asks")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_help_asks_call_id_person_id")),
    )
    with op.batch_alter_table("help_asks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_help_asks_person_id"), ["person_id"], unique=False)

    # Not as a batch: that would build the table anew on SQLite, for columns that it can add as it stands.
    op.add_column("commitments", sa.Column("accept_by", portal.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("commitments", sa.Column("nudges", sa.Integer(), server_default="0", nullable=False))
    dialect = op.get_bind().dialect.name
    for table in TABLES:
        for statement in append_only.statements(dialect, table):
            op.execute(statement)
    for statement in append_only.frozen(dialect):
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DELETE FROM outbox WHERE topic IN {TOPICS}")
    _thaw()
    op.drop_column("commitments", "nudges")
    op.drop_column("commitments", "accept_by")

    with op.batch_alter_table("help_asks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_help_asks_person_id"))

    op.drop_table("help_asks")
    op.drop_table("delivery_sites_without")
    with op.batch_alter_table("help_calls", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_help_calls_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_help_calls_commitment")

    op.drop_table("help_calls")
    op.drop_table("commitment_steps")
    with op.batch_alter_table("commitment_nudges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_nudges_person_id"))
        batch_op.drop_index("ix_commitment_nudges_at")

    op.drop_table("commitment_nudges")
    with op.batch_alter_table("commitment_needs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_commitment_needs_open",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )
        batch_op.drop_index("ix_commitment_needs_commitment")

    op.drop_table("commitment_needs")


def _thaw() -> None:
    """Take away the triggers that came with this."""
    postgres = op.get_bind().dialect.name == "postgresql"
    verbs = ("update", "delete", "truncate") if postgres else ("update", "delete")
    names = [(f"{table}_no_{verb}", table) for table in TABLES for verb in verbs]
    names += [(f"{table}_frozen", table) for table in ("delivery_sites", "delivery_sites_without", "commitments")]
    for name, table in names:
        op.execute(f"DROP TRIGGER {name}{f' ON {table}' if postgres else ''}")
    if postgres:
        op.execute("DROP FUNCTION refuse_confirmed()")
        op.execute("DROP FUNCTION refuse_frozen()")
