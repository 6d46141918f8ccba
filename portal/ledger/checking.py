"""Verifying the ledger and acting on what is found: one row for each verification, and whoever must know is told."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.db import db, take_turns
from portal.errors import Conflict, Invalid
from portal.ledger.anchor_rules import Noted, standing
from portal.ledger.checks import Checked, newest
from portal.ledger.models import Anchor, LedgerCheck
from portal.ledger.replay import Problem
from portal.ledger.verify import Report, head, verify
from portal.outbox import service as outbox
from portal.people import service as people

BROKEN, ANCHORED = "ledger.broken", "ledger.anchored"
START, NIGHTLY, COMMAND, ACCEPTED = "start", "nightly", "command", "accepted"
REASON_CHARS = (3, 300)


@dataclass(frozen=True)
class Look:
    """What a verification found, and the one before it that it started from."""

    report: Report
    since: int
    base: Checked | None

    @property
    def says_nothing_new(self) -> bool:
        """True where nothing was entered since the last good verification, and all still holds."""
        base = self.base
        return self.report.ok and base is not None and base.ok and base.seq == self.report.seq


def look(*, whole: bool, outside: Iterable[Noted] = ()) -> Look:
    """Verify against every anchor, in a snapshot of its own; changes nothing.

    whole: from the first entry, else from the last good verification. outside: the anchors of the file.
    """
    base, good = newest(), newest(ok=True)
    since = 0 if whole or base is None or not base.ok else base.seq
    if since > head()[0]:
        since = 0  # the end was cut off: all of it is gone through, and `noted` says what is missing
    noted = [*outside, *_stored(), *([Noted(good.seq, good.hash, good.at)] if good else [])]
    held = [*standing(noted, _accepted())]
    return Look(verify(since=since or None, noted=held), since, base)


def note(found: Look, why: str, *, now: datetime) -> bool:
    """Keep what a look found; points stand still from a bad one until a good one. Tells whoever must know.

    Returns False, and keeps nothing, where somebody kept another verification meanwhile and this one did not go
    through everything: look again.
    """
    take_turns("ledger checks")
    before = newest()
    if found.since and (before.id if before else 0) != (found.base.id if found.base else 0):
        return False
    row = _row(found.report, why, since=found.since, now=now)
    db.session.add(row)
    db.session.flush()
    if not found.report.ok:
        # Told at once, and again every night while it lasts; not to whoever looks again meanwhile.
        if before is None or before.ok or why == NIGHTLY:
            _alarm(row, found.report, now)
    elif before is not None and not before.ok:
        people.audit("ledger.sound_again", "ledger", {"head": found.report.anchor}, actor_id=None, now=now)
    return True


def accept_rollback(found: Look, reason: str, *, now: datetime) -> Noted:
    """Say that an older state was put back on purpose: points move again, and later anchors no longer count.

    found: a look at the whole ledger. Raises Invalid `reason_needed`, Conflict (`nothing_to_accept`, `ledger_broken`
    where more than the end is missing).
    """
    words = " ".join(reason.split())
    if not REASON_CHARS[0] <= len(words) <= REASON_CHARS[1]:
        raise Invalid("reason_needed", "Say in 3 to 300 characters why an older state was put back.")
    if found.report.ok:
        raise Conflict("nothing_to_accept", "The ledger holds against every anchor: there is nothing to accept.")
    if worse := [problem for problem in found.report.problems if problem.code != "rolled_back"]:
        raise Conflict("ledger_broken", f"This is more than an older state: {worse[0].sentence}")
    missing = [problem.sentence for problem in found.report.problems]
    sound = Report(found.report.checked, found.report.seq, found.report.hash, ())
    db.session.add(_row(sound, ACCEPTED, since=0, now=now))
    facts = {"reason": words, "head": sound.anchor, "missing": missing}
    people.audit("ledger.rollback_accepted", "ledger", facts, actor_id=None, now=now)
    return Noted(sound.seq, sound.hash, now)


def take_anchor(noted: Noted, *, sent_to: Iterable[str], now: datetime) -> bool:
    """Keep today's head (a day in UTC) and where it was sent; False where today has one already."""
    day = now.date()
    if db.session.get(Anchor, day) is not None:
        return False
    places = list(sent_to)
    db.session.add(Anchor(day=day, seq=noted.seq, hash=noted.hash, at=now, sent_to="\n".join(places)))
    db.session.flush()
    outbox.emit(ANCHORED, {"day": day.isoformat()}, now=now, unique_key=f"{ANCHORED}:{day}")
    return True


def _stored() -> list[Noted]:
    query = select(Anchor.seq, Anchor.hash, Anchor.at).order_by(Anchor.day)
    return [Noted(*row) for row in db.session.execute(query)]


def _accepted() -> list[Noted]:
    query = select(LedgerCheck.head_seq, LedgerCheck.head_hash, LedgerCheck.at).where(LedgerCheck.why == ACCEPTED)
    return [Noted(*row) for row in db.session.execute(query)]


def _row(report: Report, why: str, *, since: int, now: datetime) -> LedgerCheck:
    sentences = json.dumps([problem.sentence for problem in report.problems])
    return LedgerCheck(
        at=now, why=why, since_seq=since, head_seq=report.seq, head_hash=report.hash, ok=report.ok,
        first_broken=report.first_broken, problems=sentences, by_id=None,
    )  # fmt: skip


def _alarm(row: LedgerCheck, report: Report, now: datetime) -> None:
    first: Problem = report.problems[0]
    facts = {"first_broken": report.first_broken, "code": first.code, "problems": len(report.problems)}
    people.audit("ledger.broken", "ledger", facts, actor_id=None, now=now)
    outbox.emit(BROKEN, {"check_id": row.id}, now=now, unique_key=f"{BROKEN}:{row.id}")
