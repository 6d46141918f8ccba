"""Whether points may move: the newest verification of the ledger says so."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.errors import Unavailable
from portal.ledger.models import LedgerCheck

STOPPED = (
    "The books of points do not add up, so points stand still until somebody has looked into it. "
    "Nothing you earn meanwhile is lost. Everything else works as always."
)
# For the select list of another query: False where points stand still, NULL before the first verification.
NEWEST_OK = select(LedgerCheck.ok).order_by(LedgerCheck.id.desc()).limit(1).scalar_subquery()


@dataclass(frozen=True)
class Checked:
    """One verification as it is kept. problems: sentences, at most the first fifty."""

    id: int
    at: datetime
    why: str
    since: int
    seq: int
    hash: str
    ok: bool
    first_broken: int | None
    problems: tuple[str, ...]


def sound() -> bool:
    """False from a verification that found something until one that finds nothing: points may not move meanwhile."""
    return db.session.scalar(select(NEWEST_OK)) is not False


def demand_sound() -> None:
    """Raise Unavailable `ledger_broken` where points stand still."""
    if not sound():
        raise broken()


def broken() -> Unavailable:
    """The refusal of every movement of points while they stand still (503)."""
    return Unavailable("ledger_broken", STOPPED)


def newest(*, ok: bool | None = None, whole: bool = False) -> Checked | None:
    """The newest verification, or the newest that ended like this, or went through everything; None before any."""
    query = select(LedgerCheck).order_by(LedgerCheck.id.desc()).limit(1)
    if ok is not None:
        query = query.where(LedgerCheck.ok == ok)
    found = db.session.scalar(query.where(LedgerCheck.since_seq == 0) if whole else query)
    return None if found is None else _checked(found)


def latest(*, limit: int, before: int | None = None) -> list[Checked]:
    """The newest verifications, or the newest before that number."""
    query = select(LedgerCheck).order_by(LedgerCheck.id.desc()).limit(limit)
    if before is not None:
        query = query.where(LedgerCheck.id < before)
    return [_checked(row) for row in db.session.scalars(query)]


def _checked(row: LedgerCheck) -> Checked:
    return Checked(
        row.id, row.at, row.why, row.since_seq, row.head_seq, row.head_hash, row.ok, row.first_broken,
        tuple(json.loads(row.problems)),
    )  # fmt: skip
