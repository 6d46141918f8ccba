"""Ideas join other ideas

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = ("merges", "merge_undos")
STEPS = "kind IN ('merged', 'joined', 'unmerged', 'left')"


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("from_stage", sa.String(length=32), nullable=False),
        sa.Column("into_stage", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_merges_by_id")),
        sa.ForeignKeyConstraint(["from_id"], ["ideas.id"], name=op.f("fk_merges_from_id")),
        sa.ForeignKeyConstraint(["into_id"], ["ideas.id"], name=op.f("fk_merges_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_at", "merges", ["at"])
    op.create_index("ix_merges_from_id", "merges", ["from_id"])
    op.create_index("ix_merges_into_id", "merges", ["into_id"])

    op.create_table(
        "merge_moves",
        sa.Column("merge_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_merge_moves_merge_id")),
        sa.PrimaryKeyConstraint("merge_id", "kind", "row_id", name=op.f("pk_merge_moves")),
    )
    op.create_index("ix_merge_moves_kind_row", "merge_moves", ["kind", "row_id"])

    op.create_table(
        "merge_undos",
        sa.Column("merge_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_merge_undos_by_id")),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_merge_undos_merge_id")),
        sa.PrimaryKeyConstraint("merge_id", name=op.f("pk_merge_undos")),
    )
    dialect = op.get_bind().dialect.name
    # Not a rebuild of the table on SQLite: what points to it and listens to it stays as it is.
    op.execute(
        "ALTER TABLE ideas ADD COLUMN merged_into_id INTEGER CONSTRAINT fk_ideas_merged_into_id REFERENCES ideas (id)"
    )
    op.create_index("ix_ideas_merged_into_id", "ideas", ["merged_into_id"])
    for table in APPEND_ONLY:
        for statement in append_only.statements(dialect, table):
            op.execute(statement)


def downgrade() -> None:
    _forget()
    op.drop_index("ix_ideas_merged_into_id", "ideas")
    op.drop_column("ideas", "merged_into_id")
    op.drop_table("merge_undos")
    op.drop_index("ix_merge_moves_kind_row", "merge_moves")

    op.drop_table("merge_moves")
    op.drop_index("ix_merges_into_id", "merges")
    op.drop_index("ix_merges_from_id", "merges")
    op.drop_index("ix_merges_at", "merges")

    op.drop_table("merges")


def _forget() -> None:
    """What the program of before cannot read: ideas that have joined others stand on their own again."""
    newest = "SELECT m.from_stage FROM merges m WHERE m.from_id = ideas.id ORDER BY m.id DESC LIMIT 1"
    op.execute(f"UPDATE ideas SET stage = ({newest}), merged_into_id = NULL WHERE stage = 'merged'")
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("DROP TRIGGER idea_story_no_delete")
    else:
        op.execute("ALTER TABLE idea_story DISABLE TRIGGER USER")
    op.execute(f"DELETE FROM idea_story WHERE {STEPS}")
    if dialect == "sqlite":
        for statement in append_only.statements(dialect, "idea_story"):
            if "_no_delete" in statement:
                op.execute(statement)
    else:
        op.execute("ALTER TABLE idea_story ENABLE TRIGGER USER")
