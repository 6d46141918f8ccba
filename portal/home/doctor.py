"""Everything the portal stands on, looked at once, for the person who runs it."""

import smtplib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select, text

from portal import append_only, clock, no_overlap
from portal.db import db, is_postgres
from portal.frontline.seat_checks import miscounted
from portal.home import machine, points_health, readiness, worker_clock
from portal.home.readiness import Check
from portal.ideas import search_index
from portal.ledger import queries as ledger
from portal.ledger.verify import verify
from portal.notices.webhook_models import Receiver
from portal.notices.webhook_rules import Paused
from portal.outbox.models import Message
from portal.swarm.drift import latest_check

FREE_BYTES_MIN = 500 * 1024 * 1024
CLOCK_SECONDS_MAX = 30
SMTP_SECONDS_MAX = 5
LEDGER_ENTRIES = 2000  # the newest; all of them are the business of ledger verify
PAUSED_BY_ITSELF = Receiver.removed_at.is_(None), Receiver.paused_because.in_([Paused.UNREACHABLE, Paused.GONE])
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def examine(app: Flask, *, now: datetime) -> list[Check]:
    """Every check, in the order in which a person would mend things. The database is asked only if it answers."""
    ready = readiness.checks(app, now=now)
    settings = app.config["SAYSO"]
    found = [*ready, _secret_file(settings.instance), _disk(_data_folder(settings)), _address(settings)]
    if settings.smtp_url:
        found.append(_mail(settings.smtp_url))
    if ready[0].fine:
        found += [*_engine(), _clock()]
        found += _database_file()
    if len(ready) > 1 and ready[1].fine:
        found += [_triggers(), _given_up(), worker_clock.check(), _webhooks()]
        found += [_ledger(), points_health.check(), _scores(), _seats(), _search()]
    db.session.rollback()
    return found


def _engine() -> Iterator[Check]:
    if is_postgres():
        yield Check("database version", True, f"PostgreSQL {_value('SHOW server_version')}")
        yield _setting("fsync", _value("SHOW fsync"), good=("on",))
        safe = ("on", "local", "remote_write", "remote_apply")
        yield _setting("synchronous_commit", _value("SHOW synchronous_commit"), good=safe)
        return
    yield Check("database version", True, f"SQLite {_value('SELECT sqlite_version()')}")
    yield _setting("journal_mode", _value("PRAGMA journal_mode"), good=("wal",))
    yield _setting("synchronous", _value("PRAGMA synchronous"), good=(2, 3))
    yield _setting("foreign_keys", _value("PRAGMA foreign_keys"), good=(1,))
    kind = machine.file_system(_sqlite_file().parent)
    yield Check("file system", kind not in machine.SHARED_DISKS, f"{kind}: SQLite needs a disk of this machine")


def _setting(name: str, value: Any, *, good: tuple[Any, ...]) -> Check:
    fine = value in good
    words = f"{value}" if fine else f"{value}: what people were told is saved could be lost in a power cut"
    return Check(name, fine, words)


def _clock() -> Check:
    if not is_postgres():
        return Check("clock", True, "the database is on this machine")
    theirs = _value("SELECT clock_timestamp()")
    # Read here and not passed in: what is examined is the clock itself, and the checks before this one take time.
    skew = abs((clock.now() - theirs).total_seconds())
    return Check("clock", skew <= CLOCK_SECONDS_MAX, f"{skew:.0f} s apart from the database's")


def _triggers() -> Check:
    dialect = "postgresql" if is_postgres() else "sqlite"
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if is_postgres()
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    wanted = append_only.trigger_names(dialect) | no_overlap.trigger_names(dialect)
    missing = wanted - set(db.session.execute(text(query)).scalars())
    words = f"missing: {', '.join(sorted(missing))}" if missing else "all present"
    return Check("append-only triggers", not missing, words)


def _given_up() -> Check:
    count = db.session.scalar(select(func.count()).where(Message.given_up_at.is_not(None))) or 0
    words = f"{count} messages were given up: their last_error says why" if count else "none"
    return Check("given-up messages", count == 0, words)


def _webhooks() -> Check:
    paused = db.session.scalar(select(func.count(Receiver.id)).where(*PAUSED_BY_ITSELF)) or 0
    words = f"{paused} receivers take nothing and are paused: see /settings/webhooks" if paused else "none is stuck"
    return Check("webhooks", paused == 0, words)


def _ledger() -> Check:
    seq, _ = ledger.head()
    report = verify(since=max(0, seq - LEDGER_ENTRIES))
    if report.ok:
        return Check("ledger", True, f"the newest {report.checked} entries hold")
    return Check("ledger", False, f"{report.problems[0].sentence} Run flask ledger verify.")


def _search() -> Check:
    missing = search_index.missing()
    words = f"{missing:,} texts cannot be found yet. Run flask search rebuild." if missing else "complete"
    return Check("search index", missing == 0, words)


def _secret_file(instance: Path) -> Check:
    path = instance / "secret_key"
    if not path.exists():
        return Check("secret key", True, "given by SECRET_KEY")
    if path.stat().st_mode & 0o077:
        return Check("secret key", False, f"others can read it. Run: chmod 600 {path}")
    return Check("secret key", True, "readable by its owner alone")


def _scores() -> Check:
    check = latest_check()
    if check is None:
        return Check("scores", True, "not compared with the votes yet; the worker does it every night")
    words = f"compared with the votes at {check.at:%Y-%m-%d %H:%M} UTC"
    if check.wrong:
        return Check("scores", False, f"{words}: {check.wrong} do not agree. Run: flask swarm verify")
    return Check("scores", True, f"{words}, they agree")


def _seats() -> Check:
    wrong = miscounted()
    if not wrong:
        return Check("seats of shifts", True, "every shift counts the seats that are taken")
    slot, counted, booked = wrong[0]
    words = f"{len(wrong)} shifts count wrongly; number {slot} says {counted} and has {booked}"
    return Check("seats of shifts", False, words)


def _database_file() -> Iterator[Check]:
    if is_postgres():
        return
    path = _sqlite_file()
    if machine.readable_by_others(path):
        yield Check("database file", False, f"every account of this machine can read it. Run: chmod 640 {path}")
    elif not machine.owned_by_us(path):
        yield Check("database file", False, "it belongs to another account than the one that runs this command")
    else:
        yield Check("database file", True, "closed to other accounts")


def _disk(folder: Path) -> Check:
    free = machine.free_bytes(folder)
    return Check("disk", free >= FREE_BYTES_MIN, f"{free // 1_000_000:,} MB free")


def _address(settings: Any) -> Check:
    host = urlsplit(settings.base_url).hostname or ""
    if settings.https:
        return Check("address", True, settings.base_url)
    if host not in LOOPBACK:
        return Check("address", True, f"{settings.base_url}: passwords travel readable; put https in front of it")
    if settings.host not in LOOPBACK:
        return Check("address", True, f"{settings.base_url}: links in mails lead nowhere; set BASE_URL")
    return Check("address", True, f"{settings.base_url} (this machine only)")


def _mail(url: str) -> Check:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        with kind(parts.hostname or "", port, timeout=SMTP_SECONDS_MAX) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Check("mail", False, f"{parts.hostname}:{port} does not answer: {error}")
    return Check("mail", True, f"{parts.hostname}:{port} answers")


def _data_folder(settings: Any) -> Path:
    return settings.instance if is_postgres() else _sqlite_file().parent


def _sqlite_file() -> Path:
    return Path(db.engine.url.database or "").resolve()


def _value(statement: str) -> Any:
    return db.session.execute(text(statement)).scalar()
