"""Thanking a colleague, saying "me too", asking for a look at it, and deciding about it."""

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, literal, select, update

from portal.db import db, insert_missing, take_turns
from portal.errors import Conflict
from portal.ledger import service as ledger
from portal.ledger.checks import demand_sound
from portal.ledger.postings import AccountKind
from portal.outbox import service as outbox
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.service import audit
from portal.people.viewer import Viewer
from portal.rewards.months import month_of
from portal.rewards.policy import MAY
from portal.rewards.purse import Purse
from portal.rewards.settings_queries import settings
from portal.rewards.thanks_models import Thanks, ThanksAllowance, ThanksEcho, ThanksReport
from portal.rewards.thanks_rules import (
    NOT_SENT_BACK_FOR,
    NewThanks,
    ThanksRefusal,
    allowance_spent,
    thanks_refusal,
    words_refusal,
)

THANKED = "rewards.thanked"
MEMO = "Thanks from a colleague"


class ThanksDecision(StrEnum):
    """What is decided about a thanks that somebody asked to look at."""

    HIDE = "hide"
    RESTORE = "restore"
    KEEP = "keep"


def say(viewer: Viewer, wanted: NewThanks, *, key: str, now: datetime) -> Thanks:
    """Thank a colleague for everybody to read. key: of the form or the call; sent twice, it is said once.

    Points come from a budget of today, up to the month's allowance, and are not sent back within 30 days.
    Raises Conflict (`allowance_spent`, `idempotency_mismatch`) and the refusals of `ThanksRefusal`.
    """
    demand(MAY, "thanks.say", viewer)
    if refusal := thanks_refusal(wanted, from_id=viewer.id):
        raise refusal.as_error()
    take_turns(f"thanks:{viewer.id}")
    own_key = _key(viewer.id, key)
    if (earlier := _said_with(own_key)) is not None:
        if (earlier.to_id, earlier.words, earlier.points) != (wanted.to_id, wanted.words.strip(), wanted.points):
            raise Conflict("idempotency_mismatch", "This key was used before for another thanks. Use a new one.")
        return earlier
    if not _is_here(wanted.to_id):
        raise ThanksRefusal.UNKNOWN.as_error()
    thanks = _write(viewer, wanted.to_id, wanted.words, key=own_key, points=wanted.points, now=now)
    if wanted.points:
        _give_points(viewer, thanks, now=now)
    return thanks


def say_to_hidden(viewer: Viewer, author_id: int | None, idea_number: int, words: str, *, key: str,
                  now: datetime) -> None:  # fmt: skip
    """Thank whoever said an idea without showing their name: they alone read it, and no points go with it.

    author_id: None where no name is kept: nothing is stored then, and nobody can tell the difference.
    Raises the refusals of `ThanksRefusal` about the words.
    """
    demand(MAY, "thanks.say", viewer)
    if refusal := words_refusal(words):
        raise refusal.as_error()
    take_turns(f"thanks:{viewer.id}")
    own_key = _key(viewer.id, key)
    # Oneself is passed over in silence: a refusal would tell whoever looks over the shoulder.
    if author_id is None or author_id == viewer.id or not _is_here(author_id) or _said_with(own_key) is not None:
        return
    _write(viewer, author_id, words, key=own_key, for_hidden_idea=idea_number, now=now)


def echo(viewer: Viewer, thanks: Thanks, *, on: bool, now: datetime) -> None:
    """Say "me too, thanks", or take it back. Twice gives the same."""
    demand(MAY, "thanks.echo", viewer)
    mine = ThanksEcho.thanks_id == thanks.id, ThanksEcho.person_id == viewer.id
    if not on:
        db.session.query(ThanksEcho).where(*mine).delete(synchronize_session=False)
        return
    row = select(literal(thanks.id), literal(viewer.id), literal(now, ThanksEcho.at.type))
    insert_missing(ThanksEcho, ["thanks_id", "person_id", "at"], row)


def report(viewer: Viewer, thanks: Thanks, words: str, *, now: datetime) -> None:
    """Ask those who moderate for a look. Raises Conflict `already_reported`, Invalid `too_short`, `too_long`."""
    demand(MAY, "thanks.report", viewer)
    if refusal := words_refusal(words):
        raise refusal.as_error()
    columns = ["thanks_id", "by_id", "words", "at"]
    row = select(literal(thanks.id), literal(viewer.id), literal(words.strip()), literal(now, ThanksReport.at.type))
    if insert_missing(ThanksReport, columns, row) != 1:
        raise ThanksRefusal.REPORTED.as_error()


def decide(viewer: Viewer, thanks: Thanks, decision: ThanksDecision, reason: str, *, now: datetime) -> None:
    """Hide, show again or keep a thanks; what was asked about it is answered with that.

    Raises Refused `own_thanks`, Conflict (`already_hidden`, `not_hidden`, `not_reported`), Invalid.
    """
    demand(MAY, "thanks.moderate", viewer)
    if viewer.id in (thanks.from_id, thanks.to_id):
        raise ThanksRefusal.OWN_THANKS.as_error()
    if refusal := words_refusal(reason):
        raise refusal.as_error()
    if decision is not ThanksDecision.KEEP:
        _set_hidden(viewer, thanks, decision, reason, now)
    waiting = ThanksReport.thanks_id == thanks.id, ThanksReport.closed_at.is_(None)
    closed = db.session.execute(update(ThanksReport).where(*waiting).values(closed_at=now))
    if decision is ThanksDecision.KEEP and closed.rowcount == 0:  # type: ignore[attr-defined]
        raise ThanksRefusal.NOT_REPORTED.as_error()
    audit(f"thanks.{decision}", f"thanks:{thanks.id}", {"reason": reason}, actor_id=viewer.id, now=now)
    db.session.refresh(thanks)


def _set_hidden(viewer: Viewer, thanks: Thanks, decision: ThanksDecision, reason: str, now: datetime) -> None:
    hides = decision is ThanksDecision.HIDE
    standing = Thanks.hidden_at.is_(None) if hides else Thanks.hidden_at.is_not(None)
    values = {"hidden_at": now if hides else None, "hidden_by_id": viewer.id, "hidden_reason": reason.strip()}
    changed = db.session.execute(update(Thanks).where(Thanks.id == thanks.id, standing).values(**values))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise (ThanksRefusal.ALREADY_HIDDEN if hides else ThanksRefusal.NOT_HIDDEN).as_error()


def _write(
    viewer: Viewer, to_id: int, words: str, *, key: str, now: datetime, points: int = 0,
    for_hidden_idea: int | None = None,
) -> Thanks:  # fmt: skip
    thanks = Thanks(from_id=viewer.id, to_id=to_id, words=words.strip(), points=points, key=key, at=now,
                    for_hidden_idea=for_hidden_idea)  # fmt: skip
    db.session.add(thanks)
    db.session.flush()
    outbox.emit(THANKED, {"thanks": thanks.id}, now=now)
    return thanks


def _give_points(viewer: Viewer, thanks: Thanks, *, now: datetime) -> None:
    demand_sound()
    ledger.lock_chain()  # before anything is read: points of two who thank each other come one after the other
    if _got_points(viewer.id, thanks.to_id, now=now):
        raise ThanksRefusal.SENT_BACK.as_error()
    _take_allowance(viewer, thanks.points, now=now)
    budget = Purse.open(now).take(thanks.points)
    if budget is None:
        raise ThanksRefusal.NO_BUDGET.as_error()
    moved = ledger.post(
        budget, ledger.account(AccountKind.PERSON, f"person:{thanks.to_id}"), thanks.points,
        cause=f"thanks:{thanks.id}", reason_code="thanks", memo=MEMO, actor_ref=f"person:{viewer.id}", now=now,
    )  # fmt: skip
    thanks.transfer_seq = moved.seq
    db.session.flush()


def _got_points(person_id: int, from_id: int, *, now: datetime) -> bool:
    pair = Thanks.from_id == from_id, Thanks.to_id == person_id, Thanks.points > 0
    query = select(Thanks.id).where(*pair, Thanks.at > now - NOT_SENT_BACK_FOR).limit(1)
    return db.session.scalar(query) is not None


def _take_allowance(viewer: Viewer, points: int, *, now: datetime) -> None:
    month = str(month_of(now, viewer.timezone))
    values = {"person_id": viewer.id, "month": month, "allowed": settings().thanks_monthly, "used": 0}
    if db.session.get(ThanksAllowance, (viewer.id, month)) is None:
        row = select(*(literal(value) for value in values.values()))
        insert_missing(ThanksAllowance, list(values), row)
    mine = ThanksAllowance.person_id == viewer.id, ThanksAllowance.month == month
    room = ThanksAllowance.used + points <= ThanksAllowance.allowed
    taken = update(ThanksAllowance).where(*mine, room).values(used=ThanksAllowance.used + points)
    if db.session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        left = db.session.scalar(select(ThanksAllowance.allowed - ThanksAllowance.used).where(*mine))
        raise allowance_spent(left or 0)


def _is_here(person_id: int) -> bool:
    here = select(func.count()).select_from(Person).where(Person.id == person_id, Person.deactivated_at.is_(None))
    return bool(db.session.scalar(here))


def _said_with(key: str) -> Thanks | None:
    return db.session.scalar(select(Thanks).where(Thanks.key == key))


def _key(person_id: int, key: str) -> str:
    return f"{person_id}:{hashlib.sha256(key.encode()).hexdigest()}"
