"""The rows that looks change: the looks themselves, cells of teams and scores of ideas, many ideas at a time.

The order of locks is that of a vote: the idea's score row first, and several of them by their numbers. Whatever
changes somebody's look at an idea holds the score row of that idea.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, delete, exists, func, insert, select, update

from portal.db import db, table_of
from portal.ideas.models import Idea
from portal.swarm import rescoring, scores
from portal.swarm import score as formula
from portal.swarm.looks_models import Look, LookArchive
from portal.swarm.models import IdeaScore, IdeaTeam, Vote
from portal.swarm.score import Means, Params, TeamCell, Terms

LOOKS, ARCHIVE, CELLS, SCORES = map(table_of, (Look, LookArchive, IdeaTeam, IdeaScore))
Team = tuple[int, int]  # idea, team
UNDECIDED = ~exists().where(Vote.idea_id == Look.idea_id, Vote.person_id == Look.person_id, Vote.revoked_at.is_(None))


class Moved(NamedTuple):
    """By how much the looks of one team change, and where the team is."""

    site_id: int
    m: float


def lock(idea_ids: Collection[int], *, now: datetime) -> dict[int, Row]:
    """The ideas with their sums, held by this transaction; those that have none yet are given a score row."""
    found = _locked(idea_ids)
    if missing := sorted(set(idea_ids) - found.keys()):
        for number in missing:
            scores.make_row(number, now)
        found |= _locked(missing)
    return found


def _locked(idea_ids: Collection[int]) -> dict[int, Row]:
    columns = SCORES.c.idea_id, SCORES.c.s, SCORES.c.d, SCORES.c.m, SCORES.c.params_version
    query = select(*columns, Idea.stage, Idea.hidden_at, Idea.author_id)
    query = query.join(Idea, Idea.id == SCORES.c.idea_id).where(SCORES.c.idea_id.in_(idea_ids))
    query = query.order_by(SCORES.c.idea_id).with_for_update(of=SCORES)
    return {row.idea_id: row for row in db.session.execute(query)}


def decided(idea_ids: Collection[int], person_ids: Collection[int]) -> set[tuple[int, int]]:
    """(idea, person) of every standing vote among them."""
    query = select(Vote.idea_id, Vote.person_id).where(Vote.revoked_at.is_(None), Vote.person_id.in_(person_ids))
    return {(row.idea_id, row.person_id) for row in db.session.execute(query.where(Vote.idea_id.in_(idea_ids)))}


def looks_at(idea_ids: Collection[int], person_ids: Collection[int]) -> dict[tuple[int, int], Row]:
    """(idea, person) → what is kept."""
    query = select(LOOKS).where(LOOKS.c.idea_id.in_(idea_ids), LOOKS.c.person_id.in_(person_ids))
    return {(row.idea_id, row.person_id): row for row in db.session.execute(query)}


def write(new: Sequence[Mapping[str, Any]], changed: Sequence[Mapping[str, Any]]) -> None:
    """Insert and change looks."""
    if new:
        db.session.execute(insert(LOOKS), new)
    if changed:
        here = LOOKS.c.idea_id == bindparam("of_idea"), LOOKS.c.person_id == bindparam("of_person")
        values: dict[str, Any] = {name: bindparam(name) for name in ("p_seen", "shown", "last_at", "last_page")}
        named = [{"of_idea": one["idea_id"], "of_person": one["person_id"], **one} for one in changed]
        db.session.connection().execute(update(LOOKS).where(*here).values(values), named)


def shift(ideas: Mapping[int, Row], moved: Mapping[Team, Moved], *, now: datetime) -> None:
    """Add to the looks of these teams, and bring the ideas' sums and scores after them. ideas: as `lock` gave them."""
    if not moved:
        return
    means, params = scores.standards(now=now)
    ideas = _in_force(ideas, means, params, now=now)
    cells = _cells(moved)
    terms = {idea_id: Terms(ideas[idea_id].s, ideas[idea_id].d, ideas[idea_id].m) for idea_id, _ in moved}
    new, changed = [], []
    for (idea_id, team_id), (site_id, more) in moved.items():
        before = cells.get((idea_id, team_id))
        was = before or TeamCell()
        after = was._replace(m=was.m + more)
        terms[idea_id] = formula.shifted(terms[idea_id], was, after, params)
        if before is None:
            new.append({"idea_id": idea_id, "team_id": team_id, "site_id": site_id, "supporters": 0, **after._asdict()})
        else:
            changed.append({"of_idea": idea_id, "of_team": team_id, "m": after.m})
    _write_cells(new, changed)
    rows = [
        {"of_idea": idea_id, "updated_at": now} | scores.stored_score(one, means, params)
        for idea_id, one in terms.items()
    ]
    values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of_idea"}
    db.session.connection().execute(update(SCORES).where(SCORES.c.idea_id == bindparam("of_idea")).values(values), rows)


def _in_force(ideas: Mapping[int, Row], means: Means, params: Params, *, now: datetime) -> Mapping[int, Row]:
    """The ideas with their sums by the parameters in force; those of older ones are brought up first, as by a vote."""
    behind = [idea_id for idea_id, row in ideas.items() if row.params_version != params.version]
    if not behind:
        return ideas
    rescoring.bring_up(behind, means, params, now=now)
    return {**ideas, **_locked(behind)}


def _cells(teams: Collection[Team]) -> dict[Team, TeamCell]:
    query = select(CELLS.c.idea_id, CELLS.c.team_id, CELLS.c.u, CELLS.c.d, CELLS.c.m)
    of_ideas = CELLS.c.idea_id.in_({idea_id for idea_id, _ in teams})
    rows = db.session.execute(query.where(of_ideas, CELLS.c.team_id.in_({team_id for _, team_id in teams})))
    return {(row.idea_id, row.team_id): TeamCell(row.u, row.d, row.m) for row in rows}


def _write_cells(new: Sequence[Mapping[str, Any]], changed: Sequence[Mapping[str, Any]]) -> None:
    if new:
        db.session.execute(insert(CELLS), new)
    if changed:
        here = CELLS.c.idea_id == bindparam("of_idea"), CELLS.c.team_id == bindparam("of_team")
        db.session.connection().execute(update(CELLS).where(*here).values(m=bindparam("m")), changed)


def archive(moved: Mapping[Team, Moved]) -> None:
    """Add to what is kept per team."""
    for (idea_id, team_id), (site_id, more) in sorted(moved.items()):
        here = ARCHIVE.c.idea_id == idea_id, ARCHIVE.c.team_id == team_id
        if db.session.execute(update(ARCHIVE).where(*here).values(m=ARCHIVE.c.m + more)).rowcount == 0:  # type: ignore[attr-defined]
            values = {"idea_id": idea_id, "team_id": team_id, "site_id": site_id, "m": more}
            db.session.execute(insert(ARCHIVE).values(values))


def delete_looks(pairs: Collection[tuple[int, int]]) -> None:
    """Delete the looks of these (idea, person)."""
    if not pairs:
        return
    here = LOOKS.c.idea_id == bindparam("of_idea"), LOOKS.c.person_id == bindparam("of_person")
    numbers = [{"of_idea": idea_id, "of_person": person_id} for idea_id, person_id in pairs]
    db.session.connection().execute(delete(LOOKS).where(*here), numbers)


def delete_all(idea_ids: Collection[int]) -> None:
    """Delete everything kept of looks at these ideas."""
    for table in (LOOKS, ARCHIVE):
        db.session.execute(delete(table).where(table.c.idea_id.in_(idea_ids)))


def counting(idea_ids: Collection[int] | None = None) -> Iterator[Row]:
    """(idea, team, site, m): what looks and archived ones give each team's cell now, by the ideas' numbers.

    idea_ids: only of these. A team comes twice where it has both.
    """
    parts = []
    for table, conditions in ((LOOKS, [UNDECIDED]), (ARCHIVE, [])):
        m = table.c.p_seen if table is LOOKS else table.c.m
        here = table.c.idea_id, table.c.team_id
        query = select(*here, func.min(table.c.site_id).label("site_id"), func.sum(m).label("m"))
        if idea_ids is not None:
            query = query.where(table.c.idea_id.in_(idea_ids))
        query = query.where(*conditions).group_by(*here).order_by(*here)
        parts.append(db.session.execute(query.execution_options(yield_per=10_000)))
    return merge(*parts, key=lambda row: row.idea_id)
