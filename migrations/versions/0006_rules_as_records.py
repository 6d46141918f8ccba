"""Rules as records

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rule_changes", "rule_verdicts")
MOMENT = portal.db.UtcDateTime(timezone=True)
CHUNK = 500
IDEAS = sa.table(
    "ideas", sa.column("id"), sa.column("kind"), sa.column("stage"), sa.column("title"), sa.column("say"),
    sa.column("barrier"), sa.column("audience"), sa.column("employer_id"), sa.column("site_id"),
    sa.column("hidden_at"), sa.column("moved_at", MOMENT),
)  # fmt: skip
PROMISES = sa.table(
    "commitments", sa.column("id"), sa.column("idea_id"), sa.column("owner_id"), sa.column("sponsor_id"),
    sa.column("sentence"), sa.column("state"), sa.column("live_from", sa.Date),
)  # fmt: skip
DELIVERIES = sa.table("deliveries", sa.column("id"), sa.column("commitment_id"))
LOOKS = sa.table("delivery_verdicts", sa.column("delivery_id"), sa.column("by_id"), sa.column("confirmed", sa.Boolean))
RULES = sa.table(
    "rule_records", sa.column("id"), sa.column("title"), sa.column("says"), sa.column("barrier"),
    sa.column("owner_id"), sa.column("legal_basis"), sa.column("scope"), sa.column("employer_id"), sa.column("state"),
    sa.column("verdicts"), sa.column("decided_at", MOMENT), sa.column("named_at", MOMENT),
)  # fmt: skip
SITES = sa.table("rule_sites", sa.column("rule_id"), sa.column("site_id"))
NAMED = sa.table("rule_ideas", sa.column("rule_id"), sa.column("idea_id"), sa.column("at", MOMENT))
CHANGES = sa.table(
    "rule_changes", sa.column("rule_id"), sa.column("at", MOMENT), sa.column("fact"), sa.column("new")
)  # fmt: skip
VERDICTS = sa.table(
    "rule_verdicts", sa.column("rule_id"), sa.column("number"), sa.column("kind"), sa.column("by_id"),
    sa.column("at", MOMENT), sa.column("effective_on", sa.Date), sa.column("old_wording"), sa.column("new_wording"),
    sa.column("reason"),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "rule_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("barrier", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("department", sa.String(length=80), server_default="", nullable=False),
        sa.Column("source", sa.String(length=300), server_default="", nullable=False),
        sa.Column("source_url", sa.String(length=500), server_default="", nullable=False),
        sa.Column("legal_basis", sa.String(length=32), nullable=False),
        sa.Column("legal_words", sa.String(length=300), server_default="", nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("verdicts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("decided_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("named_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(scope = 'employer') = (employer_id IS NOT NULL)", name=op.f("ck_rule_records_an_employer_for_its_rule")
        ),
        sa.CheckConstraint("(verdicts = 0) = (state = 'open')", name=op.f("ck_rule_records_open_until_a_verdict")),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_rule_records_employer_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_rule_records_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_records")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_records_barrier", "rule_records", ["barrier"])
    op.create_index("ix_rule_records_employer_id", "rule_records", ["employer_id"])
    op.create_index("ix_rule_records_owner_id", "rule_records", ["owner_id"])
    op.create_index("ix_rule_records_reviewed", "rule_records", ["reviewed_on", "id"])
    op.create_index("ix_rule_records_state_decided", "rule_records", ["state", "decided_at", "id"])

    op.create_table(
        "rule_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("fact", sa.String(length=40), nullable=False),
        sa.Column("old", sa.Text(), server_default="", nullable=False),
        sa.Column("new", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_rule_changes_by_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule_records.id"], name=op.f("fk_rule_changes_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_changes")),
    )
    op.create_index("ix_rule_changes_rule_id", "rule_changes", ["rule_id"])

    op.create_table(
        "rule_ideas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_rule_ideas_by_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_rule_ideas_idea_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule_records.id"], name=op.f("fk_rule_ideas_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_ideas")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_rule_ideas_idea_id")),
    )
    op.create_index("ix_rule_ideas_rule_idea", "rule_ideas", ["rule_id", "idea_id"])

    op.create_table(
        "rule_sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule_records.id"], name=op.f("fk_rule_sites_rule_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_rule_sites_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sites")),
        sa.UniqueConstraint("rule_id", "site_id", name=op.f("uq_rule_sites_rule_id_site_id")),
    )
    op.create_index("ix_rule_sites_site_id", "rule_sites", ["site_id"])

    op.create_table(
        "rule_verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("old_wording", sa.Text(), server_default="", nullable=False),
        sa.Column("new_wording", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_basis", sa.String(length=32), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("why_again", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_rule_verdicts_by_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule_records.id"], name=op.f("fk_rule_verdicts_rule_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_rule_verdicts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_verdicts")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_rule_verdicts_rule_id_number")),
    )
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only.statements(dialect, table):
            op.execute(statement)
    _carry_over()


def downgrade() -> None:
    _forget_the_steps()
    for table in ("rule_verdicts", "rule_changes", "rule_ideas", "rule_sites", "rule_records"):
        op.drop_table(table)


def _carry_over() -> None:
    """Stupid rules whose promise was kept counted as killed: each gets a record, and the verdict of who confirmed."""
    connection = op.get_bind()
    rules = [dict(row) for row in _killed(connection)]
    for start in range(0, len(rules), CHUNK):
        part = rules[start : start + CHUNK]
        for rule in part:
            rule["rule"] = connection.execute(sa.insert(RULES).returning(RULES.c.id), _record(rule)).scalar_one()
        connection.execute(
            sa.insert(NAMED), [{"rule_id": r["rule"], "idea_id": r["id"], "at": r["moved_at"]} for r in part]
        )
        sites = [{"rule_id": r["rule"], "site_id": r["site_id"]} for r in part if r["audience"] == "site"]
        if sites:
            connection.execute(sa.insert(SITES), sites)
        named = [{"rule_id": r["rule"], "at": r["moved_at"], "fact": "named", "new": r["title"]} for r in part]
        connection.execute(sa.insert(CHANGES), named)
        connection.execute(sa.insert(VERDICTS), [_verdict(rule) for rule in part])


def _killed(connection: sa.Connection) -> Iterator[sa.RowMapping]:
    confirmer = (
        sa.select(LOOKS.c.by_id)
        .join(DELIVERIES, DELIVERIES.c.id == LOOKS.c.delivery_id)
        .where(DELIVERIES.c.commitment_id == PROMISES.c.id, LOOKS.c.confirmed)
        .order_by(DELIVERIES.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = PROMISES.c.owner_id, PROMISES.c.sponsor_id, PROMISES.c.sentence, PROMISES.c.live_from
    # A rule for one employer or site whose place is not known would have nobody to be for.
    placed = sa.or_(
        IDEAS.c.audience == "organisation",
        sa.and_(IDEAS.c.audience == "employer", IDEAS.c.employer_id.is_not(None)),
        sa.and_(IDEAS.c.audience == "site", IDEAS.c.site_id.is_not(None)),
    )
    query = (
        sa.select(IDEAS, *columns, confirmer.label("confirmer"))
        .join(PROMISES, PROMISES.c.idea_id == IDEAS.c.id)
        .where(IDEAS.c.kind == "stupid_rule", IDEAS.c.stage == "done", PROMISES.c.state == "confirmed")
        .where(IDEAS.c.hidden_at.is_(None), placed)
        .order_by(IDEAS.c.moved_at, IDEAS.c.id)
    )
    return iter(connection.execute(query).mappings().all())


def _record(rule: dict) -> dict:
    return {
        "title": rule["title"], "says": rule["say"], "barrier": rule["barrier"], "owner_id": rule["owner_id"],
        "legal_basis": "unknown", "scope": rule["audience"], "state": "killed", "verdicts": 1,
        "employer_id": rule["employer_id"] if rule["audience"] == "employer" else None,
        "decided_at": rule["moved_at"], "named_at": rule["moved_at"],
    }  # fmt: skip


def _verdict(rule: dict) -> dict:
    moment: datetime = rule["moved_at"]
    return {
        "rule_id": rule["rule"], "number": 1, "kind": "killed", "by_id": rule["confirmer"] or rule["sponsor_id"],
        "at": moment, "effective_on": rule["live_from"] or moment.date(), "old_wording": rule["say"],
        "new_wording": rule["sentence"], "reason": "The promise to do away with it was kept.",
    }  # fmt: skip


def _forget_the_steps() -> None:
    """Steps of stories that the earlier version could not read. Their table is append-only: its guard is put back."""
    dialect = op.get_bind().dialect.name
    on = " ON idea_story" if dialect == "postgresql" else ""
    verbs = ("update", "delete", "truncate") if dialect == "postgresql" else ("update", "delete")
    for verb in verbs:
        op.execute(f"DROP TRIGGER idea_story_no_{verb}{on}")
    op.execute("DELETE FROM idea_story WHERE kind IN ('rule_named', 'rule_decided')")
    for statement in append_only.statements(dialect, "idea_story"):
        op.execute(statement)
