"""The catalogue, orders, thanks, budgets raised, reversals, expiry, and what the ledger is held against.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

GROWING = ("redemption_steps", "reward_budget_raises", "reward_settings", "ledger_anchors", "ledger_checks")


def upgrade() -> None:
    op.create_table(
        "ledger_anchors",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_to", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_anchors")),
    )
    op.create_table(
        "reward_impact_payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_number", sa.Integer(), nullable=False),
        sa.Column("idea_number", sa.Integer(), nullable=False),
        sa.Column("tranche", sa.Integer(), nullable=False),
        sa.Column("estimate_ref", sa.String(length=80), nullable=False),
        sa.Column("payable_cents", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("points >= 0", name=op.f("ck_reward_impact_payments_points_are_not_negative")),
        sa.CheckConstraint("tranche IN (1, 2)", name=op.f("ck_reward_impact_payments_two_tranches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_impact_payments")),
        sa.UniqueConstraint(
            "commitment_number", "tranche", name=op.f("uq_reward_impact_payments_commitment_number_tranche")
        ),
    )
    op.create_table(
        "ledger_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("since_seq", sa.Integer(), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("first_broken", sa.Integer(), nullable=True),
        sa.Column("problems", sa.Text(), server_default="[]", nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_ledger_checks_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checks")),
    )
    with op.batch_alter_table("ledger_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_checks_at"), ["at"], unique=False)
    op.create_table(
        "payroll_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("employer", sa.String(length=120), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_payroll_runs_by_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_payroll_runs_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payroll_runs")),
        sa.UniqueConstraint("employer_id", "month", name=op.f("uq_payroll_runs_employer_id_month")),
    )
    op.create_table(
        "reward_expiries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("first_told_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_told_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("called_off_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expired_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reward_expiries_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_expiries")),
        sa.UniqueConstraint("person_id", "period", name=op.f("uq_reward_expiries_person_id_period")),
    )
    op.create_table(
        "reward_settings",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_reward_settings_by_id")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_reward_settings")),
    )
    op.create_table(
        "rewards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=600), server_default="", nullable=False),
        sa.Column("what_next", sa.String(length=200), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("price_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("money_cents", sa.Integer(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_gone_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("retired_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("money_cents IS NULL OR money_cents > 0", name=op.f("ck_rewards_money_is_positive")),
        sa.CheckConstraint("price BETWEEN 1 AND 1000000000", name=op.f("ck_rewards_price_is_positive")),
        sa.CheckConstraint("stock IS NULL OR stock >= 0", name=op.f("ck_rewards_stock_is_not_negative")),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_rewards_employer_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_rewards_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rewards")),
    )
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rewards_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index("ix_rewards_shown", ["retired_at", "kind", "price"], unique=False)
    op.create_table(
        "thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("transfer_seq", sa.Integer(), nullable=True),
        sa.Column("for_hidden_idea", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("hidden_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=300), server_default="", nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_thanks_thanks_somebody_else")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_thanks_points_are_not_negative")),
        sa.ForeignKeyConstraint(["from_id"], ["people.id"], name=op.f("fk_thanks_from_id")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["people.id"], name=op.f("fk_thanks_hidden_by_id")),
        sa.ForeignKeyConstraint(["to_id"], ["people.id"], name=op.f("fk_thanks_to_id")),
        sa.ForeignKeyConstraint(["transfer_seq"], ["ledger_transfers.seq"], name=op.f("fk_thanks_transfer_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
        sa.UniqueConstraint("key", name=op.f("uq_thanks_key")),
        sa.UniqueConstraint("transfer_seq", name=op.f("uq_thanks_transfer_seq")),
    )
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.create_index("ix_thanks_pair", ["from_id", "to_id", "at"], unique=False)
        batch_op.create_index("ix_thanks_to", ["to_id", "id"], unique=False)
    op.create_table(
        "thanks_allowances",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= allowed", name=op.f("ck_thanks_allowances_used_is_allowed")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_thanks_allowances_person_id")),
        sa.PrimaryKeyConstraint("person_id", "month", name=op.f("pk_thanks_allowances")),
    )
    op.create_table(
        "redemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("money_cents", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("hold_seq", sa.Integer(), nullable=False),
        sa.Column("end_seq", sa.Integer(), nullable=True),
        sa.Column("approvals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ordered_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_redemptions_employer_id")),
        sa.ForeignKeyConstraint(["end_seq"], ["ledger_transfers.seq"], name=op.f("fk_redemptions_end_seq")),
        sa.ForeignKeyConstraint(["hold_seq"], ["ledger_transfers.seq"], name=op.f("fk_redemptions_hold_seq")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_redemptions_person_id")),
        sa.ForeignKeyConstraint(["reward_id"], ["rewards.id"], name=op.f("fk_redemptions_reward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("hold_seq", name=op.f("uq_redemptions_hold_seq")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_redemptions_person_id_key")),
    )
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.create_index("ix_redemptions_person", ["person_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_redemptions_reward_id"), ["reward_id"], unique=False)
        batch_op.create_index("ix_redemptions_state_expires", ["state", "expires_at"], unique=False)
    op.create_table(
        "reward_budget_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("starts_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR asked_by_id <> decided_by_id", name=op.f("ck_reward_budget_asks_two_people")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_reward_budget_asks_points_are_positive")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_reward_budget_asks_asked_by_id")),
        sa.ForeignKeyConstraint(["budget_id"], ["reward_budgets.id"], name=op.f("fk_reward_budget_asks_budget_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_reward_budget_asks_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_budget_asks")),
    )
    with op.batch_alter_table("reward_budget_asks", schema=None) as batch_op:
        batch_op.create_index("ix_reward_budget_asks_state", ["state", "id"], unique=False)
    op.create_table(
        "reward_budget_raises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("transfer_seq", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "asked_by_id IS NULL OR asked_by_id <> approved_by_id", name=op.f("ck_reward_budget_raises_two_people")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_reward_budget_raises_points_are_positive")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_reward_budget_raises_approved_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_reward_budget_raises_asked_by_id")),
        sa.ForeignKeyConstraint(["budget_id"], ["reward_budgets.id"], name=op.f("fk_reward_budget_raises_budget_id")),
        sa.ForeignKeyConstraint(
            ["transfer_seq"], ["ledger_transfers.seq"], name=op.f("fk_reward_budget_raises_transfer_seq")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_budget_raises")),
        sa.UniqueConstraint("transfer_seq", name=op.f("uq_reward_budget_raises_transfer_seq")),
    )
    with op.batch_alter_table("reward_budget_raises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reward_budget_raises_budget_id"), ["budget_id"], unique=False)
    op.create_table(
        "reward_reversals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_reward_reversals_a_second_person_decides"),
        ),
        sa.CheckConstraint("taken >= 0 AND claimed >= 0", name=op.f("ck_reward_reversals_sums_are_not_negative")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_reward_reversals_asked_by_id")),
        sa.ForeignKeyConstraint(["award_id"], ["reward_awards.id"], name=op.f("fk_reward_reversals_award_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name=op.f("fk_reward_reversals_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_reversals")),
    )
    with op.batch_alter_table("reward_reversals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reward_reversals_award_id"), ["award_id"], unique=False)
        batch_op.create_index(
            "uq_reward_reversals_award",
            ["award_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'refused'"),
            postgresql_where=sa.text("state <> 'refused'"),
        )
    op.create_table(
        "thanks_echoes",
        sa.Column("thanks_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_thanks_echoes_person_id")),
        sa.ForeignKeyConstraint(["thanks_id"], ["thanks.id"], name=op.f("fk_thanks_echoes_thanks_id")),
        sa.PrimaryKeyConstraint("thanks_id", "person_id", name=op.f("pk_thanks_echoes")),
    )
    op.create_table(
        "thanks_reports",
        sa.Column("thanks_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_thanks_reports_by_id")),
        sa.ForeignKeyConstraint(["thanks_id"], ["thanks.id"], name=op.f("fk_thanks_reports_thanks_id")),
        sa.PrimaryKeyConstraint("thanks_id", "by_id", name=op.f("pk_thanks_reports")),
    )
    with op.batch_alter_table("thanks_reports", schema=None) as batch_op:
        batch_op.create_index("ix_thanks_reports_open", ["closed_at", "thanks_id"], unique=False)
    op.create_table(
        "payroll_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=False),
        sa.Column("staff_number", sa.String(length=40), server_default="", nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("reward", sa.String(length=120), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_payroll_lines_redemption_id")),
        sa.ForeignKeyConstraint(["run_id"], ["payroll_runs.id"], name=op.f("fk_payroll_lines_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payroll_lines")),
        sa.UniqueConstraint("redemption_id", name=op.f("uq_payroll_lines_redemption_id")),
    )
    with op.batch_alter_table("payroll_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payroll_lines_run_id"), ["run_id"], unique=False)
    op.create_table(
        "redemption_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_redemption_steps_by_id")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_redemption_steps_redemption_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption_steps")),
        sa.UniqueConstraint("redemption_id", "kind", name=op.f("uq_redemption_steps_redemption_id_kind")),
    )
    for table in GROWING:
        for statement in append_only.statements(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("redemption_steps")
    op.drop_table("payroll_lines")
    op.drop_table("thanks_reports")
    op.drop_table("thanks_echoes")
    with op.batch_alter_table("reward_reversals", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reward_reversals_award",
            sqlite_where=sa.text("state <> 'refused'"),
            postgresql_where=sa.text("state <> 'refused'"),
        )
        batch_op.drop_index(batch_op.f("ix_reward_reversals_award_id"))
    op.drop_table("reward_reversals")
    with op.batch_alter_table("reward_budget_asks", schema=None) as batch_op:
        batch_op.drop_index("ix_reward_budget_asks_state")
    op.drop_table("reward_budget_asks")
    with op.batch_alter_table("reward_budget_raises", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reward_budget_raises_budget_id"))
    op.drop_table("reward_budget_raises")
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.drop_index("ix_redemptions_state_expires")
        batch_op.drop_index(batch_op.f("ix_redemptions_reward_id"))
        batch_op.drop_index("ix_redemptions_person")
    op.drop_table("redemptions")
    op.drop_table("thanks_allowances")
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.drop_index("ix_thanks_to")
        batch_op.drop_index("ix_thanks_pair")
    op.drop_table("thanks")
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.drop_index("ix_rewards_shown")
        batch_op.drop_index(batch_op.f("ix_rewards_employer_id"))
    op.drop_table("rewards")
    op.drop_table("reward_settings")
    op.drop_table("reward_expiries")
    op.drop_table("payroll_runs")
    with op.batch_alter_table("ledger_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_checks_at"))
    op.drop_table("ledger_checks")
    op.drop_table("reward_impact_payments")
    op.drop_table("ledger_anchors")
