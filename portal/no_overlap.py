"""Nobody has two seats at one time: the guard that both databases keep. Half-open, so back to back is allowed.

A rebuild of the table on SQLite silently drops its triggers, as with `portal.append_only`.
"""

TABLE = "shift_sign_ups"
GUARD = f"{TABLE}_no_overlap"


def statements(dialect: str) -> list[str]:
    """The DDL of the guard on "sqlite" or "postgresql"."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def removal(dialect: str) -> list[str]:
    """The DDL that takes it away, before its table goes."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in sorted(trigger_names(dialect))]
    # The extension stays where an administrator made it, or something else uses it.
    extension = (
        "DO $$ BEGIN DROP EXTENSION IF EXISTS btree_gist; "
        "EXCEPTION WHEN insufficient_privilege OR dependent_objects_still_exist THEN NULL; END $$"
    )
    return [f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {GUARD}", extension]


def trigger_names(dialect: str) -> set[str]:
    """Every trigger that must exist; PostgreSQL has a constraint instead."""
    return {f"{GUARD}_{verb}" for verb in ("insert", "update")} if dialect == "sqlite" else set()


def _sqlite() -> list[str]:
    another = (
        f"EXISTS (SELECT 1 FROM {TABLE} s WHERE s.person_id = NEW.person_id AND s.state = 'booked' "
        "AND s.id <> NEW.id AND s.starts_at < NEW.ends_at AND NEW.starts_at < s.ends_at)"
    )
    return [
        f"CREATE TRIGGER {GUARD}_{verb} {when} ON {TABLE} WHEN NEW.state = 'booked' AND {another} "
        f"BEGIN SELECT RAISE(ABORT, '{GUARD}'); END"
        # After an insert the row has its number, so that it is not compared with itself.
        for verb, when in (
            ("insert", "AFTER INSERT"),
            ("update", "AFTER UPDATE OF state, starts_at, ends_at, person_id"),
        )
    ]


def _postgresql() -> list[str]:
    return [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        f"ALTER TABLE {TABLE} ADD CONSTRAINT {GUARD} EXCLUDE USING gist "
        "(person_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (state = 'booked')",
    ]
