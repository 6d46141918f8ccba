"""Tables that only grow, and the triggers that hold them to it on both databases.

A rebuild of a table on SQLite silently drops its triggers: a migration that rebuilds one of these calls
`statements` again, and `flask doctor` and a test look that every trigger is there.
"""

TABLES = (
    "ledger_transfers",
    "promotions",
    "promotion_teams",
    "promised_dates",
    "idea_story",
    "idea_story_undone",
    "moderation_log",
    "audit_entries",
    "rule_changes",
    "rule_verdicts",
    "relapse_reports",
    "merges",
    "merge_undos",
    "stop_steps",
    "swarm_parameters",
    "score_checks",
    "swarm_alarms",
    "blind_samples",
    "blind_sample_items",
    "blind_answers",
    "local_fix_steps",
    "deliveries",
    "delivery_sites",
    "delivery_sites_without",
    "delivery_verdicts",
    "redemption_steps",
    "reward_budget_raises",
    "reward_settings",
    "ledger_anchors",
    "ledger_checks",
    "metric_definitions",
    "impact_plans",
    "impact_guardrails",
    "impact_rollouts",
    "impact_rollbacks",
    "impact_estimates",
    "impact_flag_reviews",
    "impact_self_checks",
    "impact_overrides",
    "shift_slot_changes",
    "shift_steps",
    "representative_carried",
    "insight_decisions",
)
CHAINED = "ledger_transfers"
FIRST_HASH = "0" * 64
# Once a second person has confirmed what was done, no site joins it and how the promise ended does not change.
SITES = ("delivery_sites", "delivery_sites_without")
ENDED = "commitments_frozen"


def statements(dialect: str, table: str) -> list[str]:
    """The DDL that makes `table` append-only on "sqlite" or "postgresql"."""
    made = _sqlite(table) if dialect == "sqlite" else _postgresql(table)
    if table == CHAINED:
        made += _chain_sqlite() if dialect == "sqlite" else _chain_postgresql()
    return made


def frozen(dialect: str) -> list[str]:
    """The DDL that freezes what a second person has confirmed: the sites of a delivery, and how a promise ended."""
    confirmed = "EXISTS (SELECT 1 FROM delivery_verdicts WHERE delivery_id = NEW.delivery_id AND confirmed)"
    changed = "OLD.kept_late IS NOT NULL AND (NEW.kept_late IS {0} OLD.kept_late OR NEW.live_from IS {0} OLD.live_from)"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_frozen BEFORE INSERT ON {table} WHEN {confirmed} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is frozen'); END" for table in SITES
        ] + [f"CREATE TRIGGER {ENDED} BEFORE UPDATE ON commitments WHEN {changed.format('NOT')} "
             "BEGIN SELECT RAISE(ABORT, 'commitments is frozen'); END"]  # fmt: skip
    refuse = (
        "CREATE OR REPLACE FUNCTION refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is frozen', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    look = (
        "CREATE OR REPLACE FUNCTION refuse_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {confirmed} THEN RAISE EXCEPTION '% is frozen', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    on_insert = [
        f"CREATE TRIGGER {table}_frozen BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_confirmed()"
        for table in SITES
    ]
    on_update = (
        f"CREATE TRIGGER {ENDED} BEFORE UPDATE ON commitments FOR EACH ROW "
        f"WHEN ({changed.format('DISTINCT FROM')}) EXECUTE FUNCTION refuse_frozen()"
    )
    return [refuse, look, *on_insert, on_update]


def trigger_names(dialect: str) -> set[str]:
    """Every trigger that must exist."""
    verbs = ("update", "delete") if dialect == "sqlite" else ("update", "delete", "truncate")
    growing = {f"{table}_no_{verb}" for table in TABLES for verb in verbs}
    return growing | {f"{CHAINED}_chain", ENDED} | {f"{table}_frozen" for table in SITES}


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]


def _postgresql(table: str) -> list[str]:
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    rows = [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for verb in ("update", "delete")
    ]
    whole = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    return [function, *rows, whole]


def _chain_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {CHAINED}_chain BEFORE INSERT ON {CHAINED} BEGIN "
        "SELECT RAISE(ABORT, 'the chain is not continued') "
        f"WHERE NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM {CHAINED}) OR NEW.prev_hash <> "
        f"coalesce((SELECT hash FROM {CHAINED} ORDER BY seq DESC LIMIT 1), '{FIRST_HASH}'); END"
    ]


def _chain_postgresql() -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION continue_chain() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE last_seq bigint; last_hash text; BEGIN "
        f"SELECT seq, hash INTO last_seq, last_hash FROM {CHAINED} ORDER BY seq DESC LIMIT 1; "
        f"IF NEW.seq <> coalesce(last_seq, 0) + 1 OR NEW.prev_hash <> coalesce(last_hash, '{FIRST_HASH}') THEN "
        "RAISE EXCEPTION 'the chain is not continued' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$",
        f"CREATE TRIGGER {CHAINED}_chain BEFORE INSERT ON {CHAINED} FOR EACH ROW EXECUTE FUNCTION continue_chain()",
    ]
