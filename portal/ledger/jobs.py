"""What runs beside: the ledger is verified at the start and every night, and its head is noted outside every day."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from flask import current_app

from portal.db import writing
from portal.ledger import anchor_file, checking
from portal.ledger.anchor_rules import Noted
from portal.ledger.checking import Look
from portal.ledger.checks import newest
from portal.ledger.verify import Report
from portal.outbox.service import Claimed

NIGHT = "ledger.night"
TRIES = 3
log = logging.getLogger("sayso.ledger")


def at_start(*, now: datetime) -> str | None:
    """Verify what was entered since the last good verification; a sentence where points stand still, else None.

    Where they stand still already, nothing is verified: the night, or `flask ledger verify`, goes through all of it.
    """
    last = newest()
    if last is not None and not last.ok:
        return f"Points stand still: {last.problems[0]}"
    found = checked(checking.START, now=now, whole=False)
    return None if found.ok else f"Points stand still: {found.problems[0].sentence}"


def checked(why: str, *, now: datetime, whole: bool) -> Report:
    """Verify and keep what was found. Raises OSError where the file of anchors cannot be read."""
    for attempt in range(TRIES):
        # Whoever else verified meanwhile knows more than this look, unless it goes through everything.
        found = checking.look(whole=whole or attempt == TRIES - 1, outside=_outside())
        if why == checking.START and found.says_nothing_new:
            break
        with writing():
            kept = checking.note(found, why, now=now)
        if kept:
            break
    for problem in found.report.problems:
        log.error(problem.sentence)
    return found.report


def accept_rollback(reason: str, *, now: datetime) -> Noted:
    """Say that an older state was put back on purpose, and remark it in the file. Raises as `checking` does."""
    found: Look = checking.look(whole=True, outside=_outside())
    with writing():
        noted = checking.accept_rollback(found, reason, now=now)
    words = f"{now:%Y-%m-%d %H:%M} UTC: an older state was accepted, which ends at {noted.seq}:{noted.hash}"
    anchor_file.remark(current_app.config["SAYSO"].anchors, f"{words}. {reason}")
    return noted


def night(message: Claimed, now: datetime) -> None:
    """Go through the whole ledger; where it holds, note its head outside. A second run finds today's anchor."""
    report = checked(checking.NIGHTLY, now=now, whole=True)
    if report.ok and report.seq:
        anchor(Noted(report.seq, report.hash, now), now=now)


def anchor(noted: Noted, *, now: datetime) -> None:
    """Note a head in the file, then in the database with where it goes; mails and calls follow by the outbox."""
    folder = current_app.config["SAYSO"].anchors
    if folder is not None:
        anchor_file.add(folder, noted)
    with writing():
        checking.take_anchor(noted, sent_to=_places(), now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the night's run: once a day (UTC)."""
    return [(NIGHT, f"{NIGHT}:{now.astimezone(UTC).date()}")]


def _outside() -> list[Noted]:
    return anchor_file.read(current_app.config["SAYSO"].anchors)


def _places() -> Iterator[str]:
    settings = current_app.config["SAYSO"]
    if settings.anchors is not None:
        yield f"file {anchor_file.NAME}"
    yield from (f"mail {address}" for address in settings.anchor_mail)
    if settings.anchor_url:
        yield f"call {settings.anchor_url.partition('?')[0]}"


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {NIGHT: night}
