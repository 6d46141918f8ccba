"""The loop

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

import portal.db
from portal import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "ledger_transfers",
    "promotions",
    "promotion_teams",
    "promised_dates",
    "idea_story",
    "moderation_log",
    "audit_entries",
)


def upgrade() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("owner_ref", sa.String(length=80), nullable=False),
        sa.Column("floor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("posted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("held", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind = 'issuance' OR floor = 0", name=op.f("ck_ledger_accounts_only_issuance_goes_below_nought")
        ),
        sa.CheckConstraint("floor <= 0", name=op.f("ck_ledger_accounts_floor_is_not_positive")),
        sa.CheckConstraint("held >= 0", name=op.f("ck_ledger_accounts_held_is_not_negative")),
        sa.CheckConstraint("posted - held >= floor", name=op.f("ck_ledger_accounts_stays_above_its_floor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
    )
    with op.batch_alter_table("ledger_accounts", schema=None) as batch_op:
        batch_op.create_index("uq_ledger_accounts_owner", ["kind", "owner_ref"], unique=True)

    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "metrics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("decimals", sa.Integer(), server_default="1", nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="100", nullable=False),
        sa.Column("retired_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics")),
        sa.UniqueConstraint("code", name=op.f("uq_metrics_code")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("unique_key", sa.String(length=120), nullable=True),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("available_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_by", sa.String(length=80), nullable=True),
        sa.Column("done_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_outbox_unique_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_topic"), ["topic"], unique=False)
        batch_op.create_index("ix_outbox_waiting", ["done_at", "available_at"], unique=False)

    op.create_table(
        "outbox_processed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consumer", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_processed")),
        sa.UniqueConstraint("consumer", "event_id", name=op.f("uq_outbox_processed_consumer_event_id")),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=80), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(kind = 'organisation') = (parent_id IS NULL)", name=op.f("ck_places_only_the_top_has_no_parent")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_places_employer_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["places.id"], name=op.f("fk_places_parent_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_places_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("path", name=op.f("uq_places_path")),
    )
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_places_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            "uq_places_one_organisation",
            ["kind"],
            unique=True,
            sqlite_where=sa.text("kind = 'organisation'"),
            postgresql_where=sa.text("kind = 'organisation'"),
        )
        batch_op.create_index("uq_places_parent_name", ["parent_id", "name"], unique=True)

    op.create_table(
        "portal_stat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sum_s", sa.Double(), nullable=False),
        sa.Column("sum_d", sa.Double(), nullable=False),
        sa.Column("sum_m", sa.Double(), nullable=False),
        sa.Column("mu0", sa.Double(), nullable=False),
        sa.Column("var", sa.Double(), nullable=False),
        sa.Column("params_version", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_portal_stat_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_stat")),
    )
    op.create_table(
        "reward_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("paid_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_batches")),
        sa.UniqueConstraint("key", name=op.f("uq_reward_batches_key")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failures_account_at", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_failures_network_at", ["network", "at"], unique=False)

    op.create_table(
        "ledger_transfers",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("debit_id", sa.Integer(), nullable=False),
        sa.Column("credit_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("ref_seq", sa.Integer(), nullable=True),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("memo", sa.String(length=200), server_default="", nullable=False),
        sa.Column("actor_ref", sa.String(length=80), nullable=False),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('capture', 'void', 'reverse')) = (ref_seq IS NOT NULL)",
            name=op.f("ck_ledger_transfers_resolves_another"),
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000", name=op.f("ck_ledger_transfers_amount_is_positive")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_ledger_transfers_moves_between_two_accounts")),
        sa.ForeignKeyConstraint(["credit_id"], ["ledger_accounts.id"], name=op.f("fk_ledger_transfers_credit_id")),
        sa.ForeignKeyConstraint(["debit_id"], ["ledger_accounts.id"], name=op.f("fk_ledger_transfers_debit_id")),
        sa.ForeignKeyConstraint(["ref_seq"], ["ledger_transfers.seq"], name=op.f("fk_ledger_transfers_ref_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_transfers")),
        sa.UniqueConstraint("cause", name=op.f("uq_ledger_transfers_cause")),
        sa.UniqueConstraint("hash", name=op.f("uq_ledger_transfers_hash")),
        sa.UniqueConstraint("ref_seq", name=op.f("uq_ledger_transfers_ref_seq")),
    )
    with op.batch_alter_table("ledger_transfers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_transfers_credit_id"), ["credit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_transfers_debit_id"), ["debit_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("staff_number", sa.String(length=40), nullable=True),
        sa.Column("job_title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("auth_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "email IS NOT NULL OR staff_number IS NOT NULL", name=op.f("ck_people_has_a_way_to_sign_in")
        ),
        sa.CheckConstraint("manager_id IS NULL OR manager_id <> id", name=op.f("ck_people_is_not_their_own_manager")),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_people_employer_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["people.id"], name=op.f("fk_people_manager_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_people_place_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_people_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_people_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_people_staff_number")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index("ix_people_active_place", ["place_id", "deactivated_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_team_id"), ["team_id"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_audit_entries_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("names", sa.String(length=32), nullable=False),
        sa.Column("kept_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("person_id", "about", name=op.f("uq_drafts_person_id_about")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_kept_at"), ["kept_at"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["granted_by_id"], ["people.id"], name=op.f("fk_grants_granted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_grants_place_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["people.id"], name=op.f("fk_grants_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_role"), ["role"], unique=False)
        batch_op.create_index(
            "uq_grants_held",
            ["person_id", "role", "place_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "ideas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("say", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("barrier", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("names", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("origin_label", sa.String(length=120), nullable=False),
        sa.Column("said_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("moved_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("first_vote_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("comment_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source_ref", sa.String(length=80), nullable=True),
        sa.Column("draft_key", sa.String(length=36), nullable=True),
        sa.CheckConstraint("(names = 'none') = (author_id IS NULL)", name=op.f("ck_ideas_no_name_means_no_author")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_ideas_author_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["places.id"], name=op.f("fk_ideas_employer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_ideas_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_ideas_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ideas")),
        sa.UniqueConstraint("draft_key", name=op.f("uq_ideas_draft_key")),
        sa.UniqueConstraint("source_ref", name=op.f("uq_ideas_source_ref")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ideas_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ideas_barrier"), ["barrier"], unique=False)
        batch_op.create_index(batch_op.f("ix_ideas_said_at"), ["said_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ideas_site_id"), ["site_id"], unique=False)
        batch_op.create_index("ix_ideas_stage_said", ["stage", "said_at"], unique=False)

    op.create_table(
        "metric_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("applied_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_metric_imports_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_imports")),
    )
    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_one_time_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_one_time_codes_code_hash")),
    )
    with op.batch_alter_table("one_time_codes", schema=None) as batch_op:
        batch_op.create_index(
            "uq_one_time_codes_open",
            ["person_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
        )

    op.create_table(
        "people_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("applied_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_people_imports_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_imports")),
    )
    op.create_table(
        "reward_awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("idea_number", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.Column("share", sa.String(length=32), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("pooled_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paid_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_reward_awards_points_are_positive")),
        sa.ForeignKeyConstraint(["batch_id"], ["reward_batches.id"], name=op.f("fk_reward_awards_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reward_awards_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_awards")),
        sa.UniqueConstraint(
            "event", "subject", "share", "person_id", name=op.f("uq_reward_awards_event_subject_share_person_id")
        ),
    )
    with op.batch_alter_table("reward_awards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reward_awards_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_reward_awards_unpaid", ["hidden", "paid_at"], unique=False)

    op.create_table(
        "reward_budgets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_reward_budgets_approved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_budgets")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("auth_epoch", sa.Integer(), nullable=False),
        sa.Column("started_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("ended_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_person_id"), ["person_id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("names", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("by_idea_author", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("origin_label", sa.String(length=120), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("draft_key", sa.String(length=36), nullable=True),
        sa.CheckConstraint("(names = 'none') = (author_id IS NULL)", name=op.f("ck_comments_no_name_means_no_author")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_comments_author_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_comments_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("draft_key", name=op.f("uq_comments_draft_key")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comments_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_comments_idea_at", ["idea_id", "at"], unique=False)

    op.create_table(
        "commitments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=400), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_commitments_idea_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_commitments_metric_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_commitments_owner_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["people.id"], name=op.f("fk_commitments_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
    )
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitments_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitments_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_commitments_state_due", ["state", "due_on"], unique=False)
        batch_op.create_index(
            "uq_commitments_standing",
            ["idea_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'handed_back'"),
            postgresql_where=sa.text("state <> 'handed_back'"),
        )

    op.create_table(
        "follows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_follows_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_follows_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint("idea_id", "person_id", name=op.f("uq_follows_idea_id_person_id")),
    )
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follows_person_id"), ["person_id"], unique=False)

    op.create_table(
        "idea_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("say", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_revisions_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_revisions")),
    )
    with op.batch_alter_table("idea_revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idea_revisions_idea_id"), ["idea_id"], unique=False)

    op.create_table(
        "idea_score",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("s", sa.Double(), nullable=False),
        sa.Column("d", sa.Double(), nullable=False),
        sa.Column("m", sa.Double(), nullable=False),
        sa.Column("n_support", sa.Integer(), nullable=False),
        sa.Column("n_strong", sa.Integer(), nullable=False),
        sa.Column("n_stop", sa.Integer(), nullable=False),
        sa.Column("n_pass", sa.Integer(), nullable=False),
        sa.Column("n_team", sa.Integer(), nullable=False),
        sa.Column("n_site", sa.Integer(), nullable=False),
        sa.Column("mu0", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("ucb", sa.Double(), nullable=False),
        sa.Column("evidence", sa.Double(), nullable=False),
        sa.Column("updated_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_score_idea_id")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_idea_score")),
    )
    with op.batch_alter_table("idea_score", schema=None) as batch_op:
        batch_op.create_index("ix_idea_score_looks", ["m"], unique=False)
        batch_op.create_index("ix_idea_score_score", ["score"], unique=False)
        batch_op.create_index("ix_idea_score_ucb", ["ucb"], unique=False)

    op.create_table(
        "idea_story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_idea_story_actor_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_story_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_story")),
    )
    with op.batch_alter_table("idea_story", schema=None) as batch_op:
        batch_op.create_index("ix_idea_story_idea_at", ["idea_id", "at"], unique=False)

    op.create_table(
        "idea_team",
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("u", sa.Double(), nullable=False),
        sa.Column("d", sa.Integer(), nullable=False),
        sa.Column("m", sa.Double(), nullable=False),
        sa.Column("supporters", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_team_idea_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_idea_team_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_idea_team_team_id")),
        sa.PrimaryKeyConstraint("idea_id", "team_id", name=op.f("pk_idea_team")),
    )
    op.create_table(
        "idea_withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_idea_withdrawals_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_withdrawals")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_idea_withdrawals_idea_id")),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("n IS NULL OR n >= 0", name=op.f("ck_observations_n_is_a_count")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_observations_revisions_start_at_one")),
        sa.ForeignKeyConstraint(["import_id"], ["metric_imports.id"], name=op.f("fk_observations_import_id")),
        sa.ForeignKeyConstraint(["metric_id"], ["metrics.id"], name=op.f("fk_observations_metric_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_observations_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    with op.batch_alter_table("observations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_observations_import_id"), ["import_id"], unique=False)
        batch_op.create_index(
            "uq_observations_place",
            ["metric_id", "place_id", "day", "revision"],
            unique=True,
            sqlite_where=sa.text("reason IS NULL"),
            postgresql_where=sa.text("reason IS NULL"),
        )
        batch_op.create_index(
            "uq_observations_reason",
            ["metric_id", "place_id", "reason", "day", "revision"],
            unique=True,
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )

    op.create_table(
        "promotions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("s", sa.Double(), nullable=False),
        sa.Column("d", sa.Double(), nullable=False),
        sa.Column("m", sa.Double(), nullable=False),
        sa.Column("mu0", sa.Double(), nullable=False),
        sa.Column("delta", sa.Double(), nullable=False),
        sa.Column("evidence", sa.Double(), nullable=False),
        sa.Column("line", sa.Double(), nullable=False),
        sa.Column("teams", sa.Integer(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("n_team", sa.Integer(), nullable=False),
        sa.Column("n_site", sa.Integer(), nullable=False),
        sa.Column("params_version", sa.Integer(), nullable=False),
        sa.Column("vote_id_max", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_promotions_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
        sa.UniqueConstraint("hash", name=op.f("uq_promotions_hash")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_promotions_idea_id")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_promotions_prev_hash")),
    )
    with op.batch_alter_table("promotions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promotions_at"), ["at"], unique=False)

    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("sentence", sa.String(length=600), server_default="", nullable=False),
        sa.Column("via", sa.String(length=32), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'stop') = (reason IS NOT NULL)", name=op.f("ck_votes_a_stop_has_a_reason")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_votes_idea_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_votes_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_votes_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_votes_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
    )
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.create_index("ix_votes_person_standing", ["person_id", "kind"], unique=False)
        batch_op.create_index(
            "uq_votes_standing",
            ["idea_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "commitment_handbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_commitment_handbacks_by_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_commitment_handbacks_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_handbacks")),
        sa.UniqueConstraint("commitment_id", name=op.f("uq_commitment_handbacks_commitment_id")),
    )
    op.create_table(
        "commitment_updates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_commitment_updates_by_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_commitment_updates_commitment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_updates")),
    )
    with op.batch_alter_table("commitment_updates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitment_updates_commitment_id"), ["commitment_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("would_change", sa.Text(), server_default="", nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("superseded_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'commit') = (commitment_id IS NOT NULL)", name=op.f("ck_decisions_a_yes_has_a_promise")
        ),
        sa.CheckConstraint("(kind = 'decline') = (reason IS NOT NULL)", name=op.f("ck_decisions_a_no_has_a_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_decisions_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_decisions_commitment_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_decisions_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(
            "uq_decisions_standing",
            ["idea_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("live_from", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_deliveries_by_id")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_deliveries_commitment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_commitment_id"), ["commitment_id"], unique=False)

    op.create_table(
        "moderation_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_moderation_log_by_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_moderation_log_comment_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_moderation_log_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_log")),
    )
    with op.batch_alter_table("moderation_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_log_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_log_idea_id"), ["idea_id"], unique=False)

    op.create_table(
        "promised_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("set_at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=op.f("fk_promised_dates_commitment_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_promised_dates_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promised_dates")),
    )
    with op.batch_alter_table("promised_dates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promised_dates_commitment_id"), ["commitment_id"], unique=False)

    op.create_table(
        "promotion_teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("u", sa.Double(), nullable=False),
        sa.Column("d", sa.Integer(), nullable=False),
        sa.Column("m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotions.id"], name=op.f("fk_promotion_teams_promotion_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_promotion_teams_site_id")),
        sa.ForeignKeyConstraint(["team_id"], ["places.id"], name=op.f("fk_promotion_teams_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_teams")),
        sa.UniqueConstraint("promotion_id", "team_id", name=op.f("uq_promotion_teams_promotion_id_team_id")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=300), server_default="", nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", portal.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_reports_by_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_reports_comment_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["ideas.id"], name=op.f("fk_reports_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_idea_id"), ["idea_id"], unique=False)
        batch_op.create_index(
            "uq_reports_open_comment",
            ["comment_id", "by_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "uq_reports_open_idea",
            ["idea_id", "by_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL AND comment_id IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL AND comment_id IS NULL"),
        )

    op.create_table(
        "delivery_sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_sites_delivery_id")),
        sa.ForeignKeyConstraint(["site_id"], ["places.id"], name=op.f("fk_delivery_sites_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_sites")),
        sa.UniqueConstraint("delivery_id", "site_id", name=op.f("uq_delivery_sites_delivery_id_site_id")),
    )
    op.create_table(
        "delivery_verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", portal.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_delivery_verdicts_by_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_verdicts_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_verdicts")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_delivery_verdicts_delivery_id")),
    )
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in append_only.statements(dialect, table):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("delivery_verdicts")
    op.drop_table("delivery_sites")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reports_open_idea",
            sqlite_where=sa.text("closed_at IS NULL AND comment_id IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL AND comment_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_reports_open_comment",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_reports_idea_id"))

    op.drop_table("reports")
    op.drop_table("promotion_teams")
    with op.batch_alter_table("promised_dates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promised_dates_commitment_id"))

    op.drop_table("promised_dates")
    with op.batch_alter_table("moderation_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_log_idea_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_log_at"))

    op.drop_table("moderation_log")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_commitment_id"))

    op.drop_table("deliveries")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_decisions_standing",
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_decisions_idea_id"))
        batch_op.drop_index(batch_op.f("ix_decisions_at"))

    op.drop_table("decisions")
    with op.batch_alter_table("commitment_updates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_updates_commitment_id"))

    op.drop_table("commitment_updates")
    op.drop_table("commitment_handbacks")
    with op.batch_alter_table("votes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_votes_standing",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index("ix_votes_person_standing")

    op.drop_table("votes")
    with op.batch_alter_table("promotions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promotions_at"))

    op.drop_table("promotions")
    with op.batch_alter_table("observations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_observations_reason",
            sqlite_where=sa.text("reason IS NOT NULL"),
            postgresql_where=sa.text("reason IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_observations_place", sqlite_where=sa.text("reason IS NULL"), postgresql_where=sa.text("reason IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_observations_import_id"))

    op.drop_table("observations")
    op.drop_table("idea_withdrawals")
    op.drop_table("idea_team")
    with op.batch_alter_table("idea_story", schema=None) as batch_op:
        batch_op.drop_index("ix_idea_story_idea_at")

    op.drop_table("idea_story")
    with op.batch_alter_table("idea_score", schema=None) as batch_op:
        batch_op.drop_index("ix_idea_score_ucb")
        batch_op.drop_index("ix_idea_score_score")
        batch_op.drop_index("ix_idea_score_looks")

    op.drop_table("idea_score")
    with op.batch_alter_table("idea_revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idea_revisions_idea_id"))

    op.drop_table("idea_revisions")
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follows_person_id"))

    op.drop_table("follows")
    with op.batch_alter_table("commitments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_commitments_standing",
            sqlite_where=sa.text("state <> 'handed_back'"),
            postgresql_where=sa.text("state <> 'handed_back'"),
        )
        batch_op.drop_index("ix_commitments_state_due")
        batch_op.drop_index(batch_op.f("ix_commitments_owner_id"))
        batch_op.drop_index(batch_op.f("ix_commitments_idea_id"))

    op.drop_table("commitments")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index("ix_comments_idea_at")
        batch_op.drop_index(batch_op.f("ix_comments_author_id"))

    op.drop_table("comments")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_person_id"))

    op.drop_table("sign_ins")
    op.drop_table("reward_budgets")
    with op.batch_alter_table("reward_awards", schema=None) as batch_op:
        batch_op.drop_index("ix_reward_awards_unpaid")
        batch_op.drop_index(batch_op.f("ix_reward_awards_person_id"))

    op.drop_table("reward_awards")
    op.drop_table("people_imports")
    with op.batch_alter_table("one_time_codes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_one_time_codes_open",
            sqlite_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
            postgresql_where=sa.text("used_at IS NULL AND cancelled_at IS NULL"),
        )

    op.drop_table("one_time_codes")
    op.drop_table("metric_imports")
    with op.batch_alter_table("ideas", schema=None) as batch_op:
        batch_op.drop_index("ix_ideas_stage_said")
        batch_op.drop_index(batch_op.f("ix_ideas_site_id"))
        batch_op.drop_index(batch_op.f("ix_ideas_said_at"))
        batch_op.drop_index(batch_op.f("ix_ideas_barrier"))
        batch_op.drop_index(batch_op.f("ix_ideas_author_id"))

    op.drop_table("ideas")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grants_held", sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_grants_role"))
        batch_op.drop_index(batch_op.f("ix_grants_person_id"))

    op.drop_table("grants")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_kept_at"))

    op.drop_table("drafts")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))

    op.drop_table("audit_entries")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_team_id"))
        batch_op.drop_index(batch_op.f("ix_people_site_id"))
        batch_op.drop_index(batch_op.f("ix_people_place_id"))
        batch_op.drop_index(batch_op.f("ix_people_manager_id"))
        batch_op.drop_index(batch_op.f("ix_people_employer_id"))
        batch_op.drop_index("ix_people_active_place")

    op.drop_table("people")
    with op.batch_alter_table("ledger_transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_transfers_debit_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_transfers_credit_id"))

    op.drop_table("ledger_transfers")
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failures_network_at")
        batch_op.drop_index("ix_sign_in_failures_account_at")

    op.drop_table("sign_in_failures")
    op.drop_table("reward_batches")
    op.drop_table("portal_stat")
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_index("uq_places_parent_name")
        batch_op.drop_index(
            "uq_places_one_organisation",
            sqlite_where=sa.text("kind = 'organisation'"),
            postgresql_where=sa.text("kind = 'organisation'"),
        )
        batch_op.drop_index(batch_op.f("ix_places_parent_id"))

    op.drop_table("places")
    op.drop_table("outbox_processed")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_waiting")
        batch_op.drop_index(batch_op.f("ix_outbox_topic"))

    op.drop_table("outbox")
    op.drop_table("metrics")
    op.drop_table("ledger_head")
    with op.batch_alter_table("ledger_accounts", schema=None) as batch_op:
        batch_op.drop_index("uq_ledger_accounts_owner")

    op.drop_table("ledger_accounts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION continue_chain()")
