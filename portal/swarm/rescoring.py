"""Bringing ideas to the parameters in force: their cells, sums and scores, some ideas at a time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from portal.db import db, table_of
from portal.swarm import scores
from portal.swarm.models import IdeaScore, IdeaTeam, Vote
from portal.swarm.rules import VoteKind
from portal.swarm.score import Means, Params, idea_terms

BATCH = 500
CELLS, SCORES = table_of(IdeaTeam), table_of(IdeaScore)


def bring_up_some(*, now: datetime, limit: int = BATCH) -> int:
    """Bring the next ideas of an older version up to the one in force; returns how many there were."""
    means, params = scores.standards(now=now)
    behind = select(SCORES.c.idea_id).where(SCORES.c.params_version != params.version).order_by(SCORES.c.idea_id)
    ideas = db.session.scalars(behind.limit(limit)).all()
    bring_up(ideas, means, params, now=now)
    return len(ideas)


def bring_up(ideas: Sequence[int], means: Means, params: Params, *, now: datetime) -> None:
    """Compute the cells, sums and scores of these ideas again with these parameters.

    Looks and stop signals of a cell stay; what its supports weigh follows from how many of them are strong.
    """
    # Locked (on PostgreSQL): a vote on one of them waits, and then reads what is written here.
    lock = select(SCORES.c.idea_id).where(SCORES.c.idea_id.in_(ideas)).order_by(SCORES.c.idea_id).with_for_update()
    db.session.execute(lock)
    strong = _strong(ideas)
    cells: dict[int, list[tuple[float, int, float]]] = defaultdict(list)
    changed: list[dict[str, Any]] = []
    query = select(CELLS).where(CELLS.c.idea_id.in_(ideas)).order_by(CELLS.c.idea_id, CELLS.c.team_id)
    for row in db.session.execute(query):
        u = row.supporters + params.w_strong * strong.get((row.idea_id, row.team_id), 0)
        cells[row.idea_id].append((u, row.d, row.m))
        if u != row.u:
            changed.append({"idea_id": row.idea_id, "team_id": row.team_id, "u": u})
    if changed:
        db.session.execute(update(IdeaTeam), changed)
    told = {"updated_at": now, "params_version": params.version}
    rows = [
        {"idea_id": number} | told | scores.stored_score(idea_terms(cells[number], params), means, params)
        for number in ideas
    ]
    if rows:
        db.session.execute(update(IdeaScore), rows)


def _strong(ideas: Sequence[int]) -> dict[tuple[int, int], int]:
    standing = Vote.idea_id.in_(ideas), Vote.kind == VoteKind.STRONG, Vote.revoked_at.is_(None)
    query = select(Vote.idea_id, Vote.team_id, func.count()).where(*standing).group_by(Vote.idea_id, Vote.team_id)
    return {(idea_id, team_id): count for idea_id, team_id, count in db.session.execute(query)}
