"""Runs the migrations inside the application's own engine, so that its transactions and settings hold."""

from typing import Any

from alembic import context
from flask import current_app

from portal import models
from portal.db import WRITER, Word, db

assert models.ALL
MIGRATION_LOCK = 7_296_073  # any number that nothing else in this database locks


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Columns of words are plain strings in a migration: it must not depend on today's enums."""
    if kind == "type" and isinstance(item, Word):
        return "sa.String(length=32)"
    return False


def run() -> None:
    """Upgrade or downgrade on one connection; foreign keys rest while SQLite rebuilds a table."""
    engine = db.engine
    with engine.connect().execution_options(**WRITER) as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            # The pragma is without effect inside a transaction, so it goes to the driver itself.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=is_sqlite,
            compare_type=True,
            include_name=models.ours,
            render_item=render_item,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if not is_sqlite:
                # One at a time, however many hosts start; and a long rebuild is no reason to stop half-way.
                connection.exec_driver_sql("SET LOCAL lock_timeout = '300s'; SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            context.run_migrations()
            if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"rows without their parents after the migration: {broken[:5]}")
        if is_sqlite:
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


assert current_app, "migrations run through flask db"
run()
