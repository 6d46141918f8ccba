"""Local fixes, and one first reply an idea

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "local_fixes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=400), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("live_from", sa.Date(), nullable=True),
        sa.Column("kept_late", sa.Boolean(), nullable=True),
        sa.Column("adopted_from_id", sa.Integer(), nullable=True),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (live_from IS NULL)", name=op.f("ck_local_fixes_what_is_done_is_live")
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'delivered', 'confirmed')", name=op.f("ck_local_fixes_is_never_offered")
        ),
        sa.ForeignKeyConstraint(["adopted_from_id"], ["local_fixes.id"], name=op.f("fk_local_fixes_adopted_from_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_local_fixes_idea_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_local_fixes_owner_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_local_fixes_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_fixes")),
        sa.UniqueConstraint("idea_id", "site_id", name=op.f("uq_local_fixes_idea_id_site_id")),
    )
    with op.batch_alter_table("local_fixes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_local_fixes_adopted_from_id"), ["adopted_from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_local_fixes_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_local_fixes_site_state", ["site_id", "state", "due_on"], unique=False)
        batch_op.create_index("ix_local_fixes_state_id", ["state", "id"], unique=False)

    op.create_table(
        "local_fix_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fix_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("live_from", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_local_fix_steps_by_id")),
        sa.ForeignKeyConstraint(["fix_id"], ["local_fixes.id"], name=op.f("fk_local_fix_steps_fix_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_fix_steps")),
    )
    with op.batch_alter_table("local_fix_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_local_fix_steps_fix_id"), ["fix_id"], unique=False)

    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index("ix_replies_by", ["by_id", "id"], unique=False)
        batch_op.create_index("uq_replies_first", ["idea_id"], unique=True)

    for statement in append_only.statements(op.get_bind().dialect.name, "local_fix_steps"):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index("uq_replies_first")
        batch_op.drop_index("ix_replies_by")

    with op.batch_alter_table("local_fix_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_local_fix_steps_fix_id"))

    op.drop_table("local_fix_steps")
    with op.batch_alter_table("local_fixes", schema=None) as batch_op:
        batch_op.drop_index("ix_local_fixes_state_id")
        batch_op.drop_index("ix_local_fixes_site_state")
        batch_op.drop_index(batch_op.f("ix_local_fixes_owner_id"))
        batch_op.drop_index(batch_op.f("ix_local_fixes_adopted_from_id"))

    op.drop_table("local_fixes")
