"""The checks behind /readyz and `flask doctor`."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
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
    found = [writable()]
    if not found[0].fine:
        return found
    found.append(migrated(app))
    if found[1].fine:
        found.append(_outbox(now))
    return found


def writable() -> Check:
    """Whether the database takes a write, found out by one that is taken back."""
    db.session.rollback()
    try:
        connection = db.session.connection(execution_options=WRITER)
        if is_postgres():
            refused = connection.execute(text("SELECT current_setting('transaction_read_only')")).scalar() == "on"
        else:
            # Only a write tells whether the file may be written; it is taken back below.
            connection.execute(text("CREATE TABLE writable_probe (id INTEGER)"))
            refused = False
        return Check("database", not refused, "read-only" if refused else "writable")
    except SQLAlchemyError as error:
        return Check("database", False, f"not writable: {first_line(error)}")
    finally:
        db.session.rollback()


def migrated(app: Flask) -> Check:
    """Whether the database has the shape that this program needs."""
    newest, current = newest_migration(app), current_migration()
    if current == newest:
        return Check("migrations", True, f"current ({current})")
    if not knows_migration(app, current):
        return Check("migrations", False, f"the database is newer ({current}) than the program ({newest})")
    words = f"the database has {current or 'none'}, the program needs {newest}: run flask db upgrade"
    return Check("migrations", False, words)


def newest_migration(app: Flask) -> str | None:
    """The one head of the migrations."""
    return _scripts(_folder(app)).get_current_head()


def current_migration() -> str | None:
    """The revision that the database has; None for an empty one."""
    try:
        return MigrationContext.configure(db.session.connection()).get_current_revision()
    finally:
        db.session.rollback()


def knows_migration(app: Flask, revision: str | None) -> bool:
    """True if this program knows the revision: a database of a later program has one that it does not."""
    if revision is None:
        return True
    try:
        return _scripts(_folder(app)).get_revision(revision) is not None
    except CommandError:
        return False


def first_line(error: Exception) -> str:
    """What a database error says, without the statement and the advice around it."""
    return str(getattr(error, "orig", error)).strip().splitlines()[0]


@lru_cache(maxsize=4)
def _scripts(folder: str) -> ScriptDirectory:
    settings = AlembicConfig()
    settings.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(settings)


def _folder(app: Flask) -> str:
    return str(Path(app.config["SAYSO"].root) / "migrations")


def _outbox(now: datetime) -> Check:
    waited = oldest_waiting_seconds(now=now)
    db.session.rollback()
    words = f"oldest message waits {waited:.0f} s"
    return Check("outbox", waited < OUTBOX_SECONDS_MAX, words if waited else "nothing waiting")
