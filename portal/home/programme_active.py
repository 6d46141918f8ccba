"""Who said or backed something in which week, read once from every vote and every idea."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.db import db, is_postgres
from portal.home.programme_models import ActiveWeek, ProgrammeState
from portal.home.programme_weeks import monday_of
from portal.home.programme_words import WEEKS_SHOWN, WEEKS_TOLD
from portal.ideas.models import Idea
from portal.swarm.models import Vote
from portal.swarm.rules import VoteKind
from portal.web.dates import local_day

READ_AT_ONCE = 10_000
OVERLAP = 200  # rows read again: a number may become visible after a higher one
KEPT = timedelta(weeks=WEEKS_SHOWN + WEEKS_TOLD)
BACKS = (VoteKind.SUPPORT, VoteKind.STRONG)


class Seen(NamedTuple):
    """Weeks and people that a read has found, how far it came, and whether there is more."""

    pairs: set[tuple[date, int]]
    vote_id: int
    idea_id: int
    more: bool


def progress() -> tuple[int, int]:
    """The numbers of the last vote and of the last idea that were read."""
    row = db.session.execute(select(ProgrammeState.vote_id, ProgrammeState.idea_id)).one_or_none()
    return (row.vote_id, row.idea_id) if row else (0, 0)


def read(after: tuple[int, int], zone: str, *, today: date) -> Seen:
    """The next votes and ideas; what is too old to be shown is left out."""
    votes = _page(select(Vote.id, Vote.person_id, Vote.at).where(Vote.kind.in_(BACKS)), Vote.id, after[0])
    said = select(Idea.id, Idea.author_id.label("person_id"), Idea.said_at.label("at"))
    ideas = _page(said, Idea.id, after[1])
    oldest = monday_of(today) - KEPT
    pairs = {
        (monday, row.person_id)
        for row in (*votes, *ideas)
        if row.person_id is not None and (monday := monday_of(local_day(row.at, zone))) >= oldest
    }
    last = [rows[-1].id if rows else start for rows, start in ((votes, after[0]), (ideas, after[1]))]
    return Seen(pairs, last[0], last[1], READ_AT_ONCE in (len(votes), len(ideas)))


def _page(query: Any, number: Any, after: int) -> Sequence[Any]:
    return db.session.execute(query.where(number > after).order_by(number).limit(READ_AT_ONCE)).all()


def keep(seen: Seen, *, now: datetime) -> None:
    """Write down what a read has found; twice gives the same."""
    made: Any = (postgresql if is_postgres() else sqlite).insert(ActiveWeek)
    if seen.pairs:
        rows = [{"monday": monday, "person_id": person} for monday, person in sorted(seen.pairs)]
        db.session.execute(made.on_conflict_do_nothing(), rows)
    reached = {"vote_id": seen.vote_id, "idea_id": seen.idea_id}
    known = db.session.execute(update(ProgrammeState).where(ProgrammeState.id == 1).values(**reached))
    if not known.rowcount:  # type: ignore[attr-defined]
        db.session.add(ProgrammeState(id=1, **reached))
        db.session.flush()


def forget(today: date) -> None:
    """Delete the weeks that are shown no more."""
    db.session.execute(delete(ActiveWeek).where(ActiveWeek.monday < monday_of(today) - KEPT))


def start_again() -> None:
    """Delete everything, so that it is read from the first vote on."""
    db.session.execute(delete(ActiveWeek))
    db.session.execute(update(ProgrammeState).where(ProgrammeState.id == 1).values(vote_id=0, idea_id=0))
