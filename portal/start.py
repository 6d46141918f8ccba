"""Getting ready to serve: everything that must hold before the address is bound. `flask start` and `flask serve`."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, worker
from portal.db import db, writing
from portal.demo.load import load_demo
from portal.home import machine, readiness
from portal.ledger import jobs as ledger
from portal.notices import reading
from portal.people import first_start
from portal.people import queries as people
from portal.people.code_rules import lasts_in_words
from portal.people.roles import CodePurpose

UNREAD_IN_DEMO = timedelta(days=10)  # what is older was read by everybody when it came
LOOK_AROUND = ("frontline", "executive", "owner", "programme")


class CannotStart(click.ClickException):
    """Why this process does not start, in one sentence; it ends with status 1."""


def prepare(app: Flask, *, now: datetime) -> list[str]:
    """Bring the database up to date, fill a demonstration, and return what to tell the person who starts it.

    1. Refuse what could lose or open data: a disk shared over the network, a file that takes no write, a database
       of a later program, a demonstration among real people.
    2. Migrate. 3. Load the demo organisation, or make the first administrator's code.
    Raises CannotStart.
    """
    with app.app_context():
        _refuse_shared_disk()
        _reach(app)
        if not readiness.migrated(app).fine:
            upgrade()
        _refuse_unready(app)
        config = app.config["SAYSO"]
        told = _demo(app, now) if config.demo else _first_administrator(config, now)
        points = _points(now)
        db.session.remove()
    return [f"Sayso answers at {config.base_url}", *told, *points]


def check(app: Flask, *, now: datetime | None = None) -> list[str]:
    """What `flask serve` asks for: the same refusals, but nothing is migrated or filled. Raises CannotStart."""
    with app.app_context():
        _refuse_shared_disk()
        _reach(app)
        _refuse_unready(app)
        points = _points(now or clock.now())
        db.session.remove()
    return [f"Sayso answers at {app.config['SAYSO'].base_url}", *points]


def _refuse_shared_disk() -> None:
    if db.engine.dialect.name != "sqlite":
        return
    folder = Path(db.engine.url.database or "").resolve().parent
    kind = machine.file_system(folder)
    if kind in machine.SHARED_DISKS:
        raise CannotStart(f"{folder} is a network disk ({kind}), where SQLite loses data: use a local one.")


def _reach(app: Flask) -> None:
    try:
        current = readiness.current_migration()
    except SQLAlchemyError as error:
        reason = readiness.first_line(error)
        raise CannotStart(f"The database cannot be opened ({reason}). Look at DATABASE_URL.") from None
    if not readiness.knows_migration(app, current):
        words = f"The database was made by a later version of Sayso (its migration is {current}): install that one."
        raise CannotStart(words)
    found = readiness.writable()
    if not found.fine:
        raise CannotStart(f"The database is {found.words}. Give this account the right to write it.")


def _refuse_unready(app: Flask) -> None:
    found = readiness.migrated(app)
    if not found.fine:
        raise CannotStart(f"The database is not ready: {found.words}.")
    if app.config["SAYSO"].demo and (refusal := first_start.demo_refusal()):
        raise CannotStart(refusal)
    db.session.rollback()


def _demo(app: Flask, now: datetime) -> list[str]:
    if people.organisation() is None:
        sys.stdout.write("Loading the demo organisation …\n")
        sys.stdout.flush()
        with writing():
            load_demo(now=now)
        # What nine months left behind is delivered before anybody looks.
        worker.run_once(app, now=now)
        with writing():
            reading.read_when_it_came(now - UNREAD_IN_DEMO)
    return ["", "This is a demonstration: no sign-in needed. Choose who you are in the strip on top of every page:",
            f"  {', '.join(LOOK_AROUND)}"]  # fmt: skip


def _points(now: datetime) -> list[str]:
    """What is wrong with the ledger. It keeps nobody from voting, so it is told and not refused."""
    try:
        wrong = ledger.at_start(now=now)
    except OSError as error:
        wrong = f"The file of anchors cannot be read ({error.strerror}): {error.filename}"
    return [wrong, "Look at it with: flask --app wsgi ledger verify"] if wrong else []


def _first_administrator(config: Any, now: datetime) -> list[str]:
    if people.has_administrator():
        return []
    with writing():
        code = first_start.first_code(now)
    if code is None:
        return []
    lasts = lasts_in_words(CodePurpose.FIRST_ADMINISTRATOR)
    return [
        "",
        f"Nobody administers this installation yet. Open {config.base_url}/setup/first-administrator",
        f"and type this one-time code within {lasts}: {code}   (it also stands in {first_start.code_file()})",
    ]
