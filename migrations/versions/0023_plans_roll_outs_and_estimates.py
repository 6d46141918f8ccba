"""What is registered before a change goes live, where it is live, and every estimate of it.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

GROWING = (
    "metric_definitions",
    "impact_plans",
    "impact_guardrails",
    "impact_rollouts",
    "impact_rollbacks",
    "impact_estimates",
    "impact_flag_reviews",
    "impact_self_checks",
    "impact_overrides",
)

# Words of steps, as they were when this was written, that the version before cannot read, and topics it has no use for.
STEPS = ("rolled_back",)
TOPICS = ("commitments.confirmed",)


def upgrade() -> None:
    op.create_table(
        "calendar_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("date_from", sa.Date(), nullable=False),
        sa.Column("date_to", sa.Date(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("metric_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("date_to >= date_from", name=op.f("ck_calendar_notes_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_calendar_notes_by_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_calendar_notes_metric_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_calendar_notes_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_notes")),
    )
    with op.batch_alter_table("calendar_notes", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_notes_days", ["date_from", "date_to"], unique=False)
    op.create_table(
        "impact_baselines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_impact_baselines_by_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_impact_baselines_metric_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_impact_baselines_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_baselines")),
        sa.UniqueConstraint(
            "metric_id", "place_id", "since", name=op.f("uq_impact_baselines_metric_id_place_id_since")
        ),
    )
    with op.batch_alter_table("impact_baselines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_impact_baselines_metric_id"), ["metric_id"], unique=False)
    op.create_table(
        "impact_self_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.Column("method_version", sa.String(length=20), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "alarms >= 0 AND alarms <= runs", name=op.f("ck_impact_self_checks_alarms_are_among_the_runs")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_impact_self_checks_by_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_impact_self_checks_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_self_checks")),
    )
    op.create_table(
        "metric_definitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_metric_definitions_by_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_metric_definitions_metric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_definitions")),
        sa.UniqueConstraint("metric_id", "version", name=op.f("uq_metric_definitions_metric_id_version")),
    )
    op.create_table(
        "impact_designs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("waves", sa.Text(), nullable=False),
        sa.Column("smallest_effect", sa.Double(), nullable=True),
        sa.Column("power", sa.Double(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("chosen_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_impact_designs_commitment_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_impact_designs_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_designs")),
    )
    with op.batch_alter_table("impact_designs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_impact_designs_commitment_id"), ["commitment_id"], unique=False)
    op.create_table(
        "impact_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_impact_overrides_by_id")),
        sa.ForeignKeyConstraint(["check_id"], ["impact_self_checks.id"], name=op.f("fk_impact_overrides_check_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_overrides")),
        sa.UniqueConstraint("check_id", name=op.f("uq_impact_overrides_check_id")),
    )
    op.create_table(
        "impact_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), server_default="[]", nullable=False),
        sa.Column("expected_effect", sa.Double(), nullable=False),
        sa.Column("expected_low", sa.Double(), nullable=True),
        sa.Column("shape", sa.String(length=32), nullable=False),
        sa.Column("washout_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("verdict_days", sa.String(length=40), server_default="28,56,91,182", nullable=False),
        sa.Column("unit_value_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("value_agreed_by", sa.String(length=120), server_default="", nullable=False),
        sa.Column("run_cost_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("share_rule", sa.Text(), server_default="{}", nullable=False),
        sa.Column("bundle_share", sa.Integer(), nullable=True),
        sa.Column("registered_by_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("expected_effect > 0", name=op.f("ck_impact_plans_an_effect_is_expected")),
        sa.CheckConstraint(
            "expected_low IS NULL OR expected_low <= expected_effect", name=op.f("ck_impact_plans_low_is_not_above")
        ),
        sa.CheckConstraint("washout_days >= 0", name=op.f("ck_impact_plans_washout_is_a_number_of_days")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_impact_plans_commitment_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_impact_plans_metric_id")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["people.id"], name=op.f("fk_impact_plans_registered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_plans")),
        sa.UniqueConstraint("commitment_id", name=op.f("uq_impact_plans_commitment_id")),
    )
    with op.batch_alter_table("impact_plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_impact_plans_metric_id"), ["metric_id"], unique=False)
    op.create_table(
        "impact_estimates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("seen_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("estimate", sa.Double(), nullable=True),
        sa.Column("ci_low", sa.Double(), nullable=True),
        sa.Column("ci_high", sa.Double(), nullable=True),
        sa.Column("p", sa.Double(), nullable=True),
        sa.Column("counterfactual", sa.Double(), nullable=True),
        sa.Column("volume_post", sa.Double(), nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=1), server_default="", nullable=False),
        sa.Column("flags", sa.Text(), server_default="[]", nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("method_version", sa.String(length=20), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_impact_estimates_metric_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["impact_plans.id"], name=op.f("fk_impact_estimates_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_estimates")),
    )
    with op.batch_alter_table("impact_estimates", schema=None) as batch_op:
        batch_op.create_index("ix_impact_estimates_decided", ["kind", "day", "decision"], unique=False)
        batch_op.create_index("ix_impact_estimates_newest", ["plan_id", "metric_id", "id"], unique=False)
        batch_op.create_index(
            "uq_impact_estimates_locked",
            ["plan_id", "metric_id", "kind", "day"],
            unique=True,
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
    op.create_table(
        "impact_guardrails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("harm_limit", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_impact_guardrails_metric_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["impact_plans.id"], name=op.f("fk_impact_guardrails_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_guardrails")),
        sa.UniqueConstraint("plan_id", "metric_id", name=op.f("uq_impact_guardrails_plan_id_metric_id")),
    )
    op.create_table(
        "impact_overlaps",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("unit_days_shared", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("separable", sa.Boolean(), nullable=False),
        sa.Column("bundled", sa.Boolean(), nullable=False),
        sa.Column("found_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("plan_id < other_id", name=op.f("ck_impact_overlaps_written_once")),
        sa.ForeignKeyConstraint(["other_id"], ["impact_plans.id"], name=op.f("fk_impact_overlaps_other_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["impact_plans.id"], name=op.f("fk_impact_overlaps_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "other_id", name=op.f("pk_impact_overlaps")),
    )
    op.create_table(
        "impact_rollouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("live_from", sa.Date(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_impact_rollouts_commitment_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["people.id"], name=op.f("fk_impact_rollouts_confirmed_by_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_impact_rollouts_delivery_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_impact_rollouts_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_rollouts")),
    )
    with op.batch_alter_table("impact_rollouts", schema=None) as batch_op:
        batch_op.create_index("ix_impact_rollouts_place", ["place_id", "live_from"], unique=False)
        batch_op.create_index(
            "uq_impact_rollouts_place",
            ["commitment_id", "place_id"],
            unique=True,
            sqlite_where=sa.text("reason IS NULL"),
            postgresql_where=sa.text("reason IS NULL"),
        )
        batch_op.create_index(
            "uq_impact_rollouts_reason",
            ["commitment_id", "place_id", "reason"],
            unique=True,
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )
    op.create_table(
        "impact_flag_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estimate_id", sa.Integer(), nullable=False),
        sa.Column("flag", sa.String(length=60), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_impact_flag_reviews_by_id")),
        sa.ForeignKeyConstraint(
            ["estimate_id"], ["impact_estimates.id"], name=op.f("fk_impact_flag_reviews_estimate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_flag_reviews")),
        sa.UniqueConstraint("estimate_id", "flag", name=op.f("uq_impact_flag_reviews_estimate_id_flag")),
    )
    op.create_table(
        "impact_rollbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rollout_id", sa.Integer(), nullable=False),
        sa.Column("live_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_impact_rollbacks_by_id")),
        sa.ForeignKeyConstraint(["rollout_id"], ["impact_rollouts.id"], name=op.f("fk_impact_rollbacks_rollout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_rollbacks")),
        sa.UniqueConstraint("rollout_id", name=op.f("uq_impact_rollbacks_rollout_id")),
    )
    # Not as a batch: rebuilding the table on SQLite would drop its triggers.
    op.add_column("delivery_sites", sa.Column("live_from", sa.Date(), nullable=True))
    op.add_column("deliveries", sa.Column("reasons", sa.Text(), server_default="[]", nullable=False))
    with op.batch_alter_table("metrics", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=32), server_default="mean", nullable=False))
        batch_op.add_column(sa.Column("cadence", sa.String(length=32), server_default="day", nullable=False))
        batch_op.add_column(sa.Column("definition", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("definition_version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("unit_value_minor", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("currency", sa.String(length=3), nullable=True))
        batch_op.add_column(sa.Column("value_basis", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("value_owner_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("harm_limit", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("survey_note", sa.String(length=300), server_default="", nullable=False))
        batch_op.create_foreign_key(batch_op.f("fk_metrics_value_owner_id"), "people", ["value_owner_id"], ["id"])
    with op.batch_alter_table("metric_imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undone_at", portal.db.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("undone_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_metric_imports_undone_by_id"), "people", ["undone_by_id"], ["id"])
    # Not as a batch: millions of values would be copied.
    op.add_column("observations", sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in GROWING:
        for statement in append_only.statements(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_column("observations", "withdrawn")
    with op.batch_alter_table("metric_imports", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_metric_imports_undone_by_id"), type_="foreignkey")
        batch_op.drop_column("undone_by_id")
        batch_op.drop_column("undone_at")
    with op.batch_alter_table("metrics", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_metrics_value_owner_id"), type_="foreignkey")
        batch_op.drop_column("survey_note")
        batch_op.drop_column("harm_limit")
        batch_op.drop_column("value_owner_id")
        batch_op.drop_column("value_basis")
        batch_op.drop_column("currency")
        batch_op.drop_column("unit_value_minor")
        batch_op.drop_column("definition_version")
        batch_op.drop_column("definition")
        batch_op.drop_column("cadence")
        batch_op.drop_column("kind")
    op.drop_column("deliveries", "reasons")
    op.drop_column("delivery_sites", "live_from")
    op.drop_table("impact_rollbacks")
    op.drop_table("impact_flag_reviews")
    with op.batch_alter_table("impact_rollouts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_impact_rollouts_reason",
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_impact_rollouts_place",
            sqlite_where=sa.text("reason IS NULL"),
            postgresql_where=sa.text("reason IS NULL"),
        )
        batch_op.drop_index("ix_impact_rollouts_place")
    op.drop_table("impact_rollouts")
    op.drop_table("impact_overlaps")
    op.drop_table("impact_guardrails")
    with op.batch_alter_table("impact_estimates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_impact_estimates_locked",
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
        batch_op.drop_index("ix_impact_estimates_newest")
        batch_op.drop_index("ix_impact_estimates_decided")
    op.drop_table("impact_estimates")
    with op.batch_alter_table("impact_plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_impact_plans_metric_id"))
    op.drop_table("impact_plans")
    op.drop_table("impact_overrides")
    with op.batch_alter_table("impact_designs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_impact_designs_commitment_id"))
    op.drop_table("impact_designs")
    op.drop_table("metric_definitions")
    op.drop_table("impact_self_checks")
    with op.batch_alter_table("impact_baselines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_impact_baselines_metric_id"))
    op.drop_table("impact_baselines")
    with op.batch_alter_table("calendar_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_calendar_notes_days")
    op.drop_table("calendar_notes")
    _forget()


def _forget() -> None:
    """Steps that the version before cannot read, and messages that it cannot handle."""
    connection, dialect = op.get_bind(), op.get_bind().dialect.name
    words = ", ".join(f"'{step}'" for step in STEPS)
    topics = ", ".join(f"'{topic}'" for topic in TOPICS)
    ours = f"SELECT id FROM idea_story WHERE kind IN ({words})"
    for story in connection.execute(sa.text(ours)).scalars().all():
        for end in ("}", ","):
            told = sa.text("DELETE FROM outbox WHERE topic = 'story.told' AND payload LIKE :payload")
            op.execute(told.bindparams(payload=f'%"story_id": {story}{end}%'))
    op.execute(f"DELETE FROM outbox WHERE topic IN ({topics})")
    op.execute(f"DELETE FROM webhook_deliveries WHERE story_id IN ({ours})")
    if dialect == "sqlite":
        op.execute("DROP TRIGGER idea_story_no_delete")
    else:
        op.execute("ALTER TABLE idea_story DISABLE TRIGGER USER")
    op.execute(f"DELETE FROM idea_story WHERE kind IN ({words})")
    if dialect == "sqlite":
        for statement in append_only.statements(dialect, "idea_story"):
            if "_no_delete" in statement:
                op.execute(statement)
    else:
        op.execute("ALTER TABLE idea_story ENABLE TRIGGER USER")
