"""The checks behind /readyz and `flask doctor`."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.db import WRITER, db, is_postgres
from portal.outbox.service import oldest_waiting_seconds

OUTBOX_SECONDS_MAX = 15 * 60


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, whether it is fine, and what was seen."""

    name: str
    fine: bool
    words: str


def checks(app: Flask, *, now: datetime) -> list[Check]:
    """Everything that must hold before people are let in, cheapest first."""
    found = [_writable()]
    if not found[0].fine:
        return found
    found.append(_migrated(app))
    if found[1].fine:
        found.append(_outbox(now))
    return found


@lru_cache(maxsize=4)
def newest_migration(folder: str) -> str | None:
    """The one head of the migrations."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(settings).get_current_head()


def current_migration() -> str | None:
    """The revision that the database has."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def _writable() -> Check:
    db.session.rollback()
    try:
        connection = db.session.connection(execution_options=WRITER)
        statement = "SELECT pg_is_in_recovery()" if is_postgres() else "PRAGMA query_only"
        blocked = connection.execute(text(statement)).scalar()
        if not is_postgres():
            # Only a write tells whether the file may be written; it is taken back below.
            connection.execute(text("CREATE TABLE writable_probe (id INTEGER)"))
        words = "read-only" if blocked else "writable"
        return Check("database", not blocked, words)
    except SQLAlchemyError as error:
        return Check("database", False, f"not writable: {str(getattr(error, 'orig', error)).splitlines()[0]}")
    finally:
        db.session.rollback()


def _migrated(app: Flask) -> Check:
    newest = newest_migration(str(Path(app.config["SAYSO"].root) / "migrations"))
    current = current_migration()
    db.session.rollback()
    if current == newest:
        return Check("migrations", True, f"current ({current})")
    return Check(
        "migrations",
        False,
        f"the database has {current or 'none'}, the program needs {newest}: run flask db upgrade",
    )


def _outbox(now: datetime) -> Check:
    waited = oldest_waiting_seconds(now=now)
    db.session.rollback()
    words = f"oldest message waits {waited:.0f} s"
    return Check("outbox", waited < OUTBOX_SECONDS_MAX, words if waited else "nothing waiting")
