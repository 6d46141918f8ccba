"""What can be found

Revision ID: 0010
Revises: 0009

The lists of words are kept by the database itself, by hand for each kind: what is written into `search_entries` is
cut into words already, without accents and endings, so that neither needs an extension, a dictionary or a right of
its own. The tables are empty: the worker fills them from what was said before, as `flask search rebuild` does at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The rows themselves stay in search_entries: FTS5 keeps the words alone.
SQLITE = (
    """CREATE VIRTUAL TABLE search_fts USING fts5(
        stems, content='search_entries', content_rowid='id', tokenize='ascii')""",
)
# Without a list of what is still to be put in: a search would read through it, and some writer would have to pay.
POSTGRES = (
    """ALTER TABLE search_entries ADD COLUMN search_vector tsvector
        GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', stems)) STORED""",
    """CREATE INDEX search_vector_words ON search_entries USING gin (search_vector) WITH (fastupdate = off)""",
)


def upgrade() -> None:
    op.create_table(
        "search_stems",
        sa.Column("stem", sa.String(length=40), nullable=False),
        sa.Column("docs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("stem", name=op.f("pk_search_stems")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_words",
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("part", "word", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "idea_meanings",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_meanings_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_idea_meanings")),
    )
    op.create_table(
        "not_the_same",
        sa.Column("idea_a", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idea_b", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("idea_a < idea_b", name=op.f("ck_not_the_same_in_order")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_not_the_same_by_id")),
        sa.ForeignKeyConstraint(["idea_a"], ["ideas.id"], name=op.f("fk_not_the_same_idea_a"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["idea_b"], ["ideas.id"], name=op.f("fk_not_the_same_idea_b"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_a", "idea_b", name=op.f("pk_not_the_same")),
    )
    op.create_index("ix_not_the_same_idea_b", "not_the_same", ["idea_b"])

    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.Column("learned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_search_entries_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
    )
    op.create_index("ix_search_entries_idea_id", "search_entries", ["idea_id"])
    waiting = sa.text("NOT learned")
    op.create_index(
        "ix_search_entries_unlearned", "search_entries", ["id"], sqlite_where=waiting, postgresql_where=waiting
    )
    for statement in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_fts")
    op.drop_table("search_entries")
    op.drop_table("not_the_same")
    op.drop_table("idea_meanings")
    op.drop_table("search_words")
    op.drop_table("search_stems")
