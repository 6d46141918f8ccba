"""The rows that one vote changes: the vote, one cell for the team, one score for the idea."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Integer,
    Row,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    true,
    update,
)

from portal.db import is_postgres, table_of
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.statements import run
from portal.swarm import parameters, rescoring, scores
from portal.swarm import score as formula
from portal.swarm.looks_models import Look
from portal.swarm.models import IdeaTeam, Vote
from portal.swarm.rules import VoteKind
from portal.swarm.score import Means, Params, TeamCell, Terms
from portal.swarm.scores import COUNTED, SCORES, STAT

# Built once: putting a statement together costs more than running it, and every vote runs three of them.
IDEAS, VOTES, CELLS, LOOKS = table_of(Idea), table_of(Vote), table_of(IdeaTeam), table_of(Look)
IDEA, TEAM, SITE = (bindparam(name, type_=Integer) for name in ("idea", "team", "site"))
LOCK_ROW = select(SCORES.c.idea_id).where(SCORES.c.idea_id == IDEA).with_for_update()
CELL_HERE = CELLS.c.idea_id == IDEA, CELLS.c.team_id == TEAM
CELL = CELLS.c.u, CELLS.c.d, CELLS.c.m, CELLS.c.supporters, CELLS.c.site_id
READ_CELL = select(*CELL).where(*CELL_HERE)
SUPPORTED = CELLS.c.idea_id == IDEA, CELLS.c.supporters > 0
READ_SPREAD = select(func.count(), func.count(CELLS.c.site_id.distinct())).where(*SUPPORTED)
OTHERS = (
    select(
        func.count().label("teams"),
        func.count(CELLS.c.site_id.distinct()).label("sites"),
        func.count(case((CELLS.c.site_id == SITE, 1))).label("on_site"),
    )
    .where(*SUPPORTED, CELLS.c.team_id != TEAM)
    .subquery("others")
)
STANDING_HERE = VOTES.c.idea_id == IDEAS.c.id, VOTES.c.person_id == bindparam("person"), VOTES.c.revoked_at.is_(None)
READ_ROW = (
    select(
        IDEAS.c.author_id, IDEAS.c.stage, IDEAS.c.first_vote_at, IDEAS.c.audience, IDEAS.c.employer_id, IDEAS.c.site_id,
        SCORES.c.s, SCORES.c.d, SCORES.c.m, SCORES.c.n_support, SCORES.c.n_strong, SCORES.c.n_pass, SCORES.c.n_stop,
        SCORES.c.n_team, SCORES.c.n_site, STAT.c.sum_s, STAT.c.sum_d, STAT.c.sum_m, STAT.c.sizes,
        STAT.c.params_version, SCORES.c.params_version.label("scored_by"),
        VOTES.c.id.label("vote_id"), VOTES.c.kind, VOTES.c.reason, VOTES.c.sentence, VOTES.c.via,
        VOTES.c.team_id.label("vote_team"), VOTES.c.site_id.label("vote_site"),
        LOOKS.c.p_seen, LOOKS.c.team_id.label("look_team"), LOOKS.c.site_id.label("look_site"),
        *(column.label(f"cell_{column.name}") for column in CELL), OTHERS.c.teams, OTHERS.c.sites, OTHERS.c.on_site,
    )
    .select_from(IDEAS)
    .join(SCORES, SCORES.c.idea_id == IDEAS.c.id)
    .join(OTHERS, true())
    .outerjoin(STAT, STAT.c.id == 1)
    .outerjoin(VOTES, and_(*STANDING_HERE))
    .outerjoin(LOOKS, and_(LOOKS.c.idea_id == IDEAS.c.id, LOOKS.c.person_id == bindparam("person")))
    .outerjoin(CELLS, and_(CELLS.c.idea_id == IDEAS.c.id, CELLS.c.team_id == TEAM))
    .where(IDEAS.c.id == IDEA)
)  # fmt: skip


def _values(table: Table, *names: str) -> dict[str, BindParameter[Any]]:
    """A parameter for each column, named after table and column, so that several statements can be one."""
    return {name: bindparam(f"{table.name}_{name}", type_=table.c[name].type) for name in names}


VOTE_COLUMNS = "idea_id", "person_id", "team_id", "site_id", "kind", "reason", "sentence", "via", "at"
CELL_COLUMNS = "u", "d", "m", "supporters"
SCORE_COLUMNS = ("s", "d", "m", "mu0", "score", "ucb", "evidence", *COUNTED.values(), "n_team", "n_site", "updated_at")
NEW_VOTE = insert(VOTES).values(_values(VOTES, *VOTE_COLUMNS)).inline()
NEW_CELL = insert(CELLS).values(_values(CELLS, *CELL_COLUMNS) | {"idea_id": IDEA, "team_id": TEAM, "site_id": SITE})
NEW_CELL = NEW_CELL.inline()
WRITE_CELL = update(CELLS).where(*CELL_HERE).values(_values(CELLS, *CELL_COLUMNS))
WRITE_SCORE = update(SCORES).where(SCORES.c.idea_id == IDEA).values(_values(SCORES, *SCORE_COLUMNS))
# PostgreSQL does all three in one trip. None of them reads what another writes.
WRITE_ALL = {cell: WRITE_SCORE.add_cte(NEW_VOTE.cte("vote"), cell.cte("cell")) for cell in (NEW_CELL, WRITE_CELL)}


@dataclass(frozen=True)
class Change:
    """A vote of one kind added to (`cast`) or taken from a team's cell."""

    team_id: int
    site_id: int
    kind: VoteKind
    cast: bool


@dataclass(frozen=True)
class Seen:
    """What somebody's looking without a decision counts in a team's cell: added, or (below nought) taken back.

    A vote stands in its place as one whole look and a stop signal as none; when the vote is taken back, the look
    counts again.
    """

    team_id: int
    site_id: int
    m: float


@dataclass(frozen=True)
class Cell:
    """What one team has said about an idea; `new` while it has no row."""

    sums: TeamCell
    supporters: int
    site_id: int
    new: bool


@dataclass(frozen=True)
class Locked:
    """An idea and its sums, held by this transaction, with all that a vote of one person on it needs.

    row: the columns of `READ_ROW`. team_id: the voter's. means: the typical idea as it is kept.
    params: in force.
    """

    id: int
    row: Any
    team_id: int | None
    site_id: int | None
    means: Means | None
    params: Params


@dataclass(frozen=True)
class Scored:
    """What an idea stands at after a change."""

    terms: Terms
    means: Means
    params: Params
    evidence: float
    n_team: int
    n_site: int


def lock(idea_id: int, person_id: int, team_id: int | None, site_id: int | None, *, now: datetime) -> Locked:
    """Read the idea with its score row under a lock, the person's standing vote and their team's cell.

    Makes the row with the first vote. Raises Missing.
    """
    asked = {"idea": idea_id, "person": person_id, "team": team_id, "site": site_id}
    row = _locked_row(asked)
    if row is None:
        scores.make_row(idea_id, now)
        row = _locked_row(asked)
    if row is None:
        raise Missing("idea")
    params = parameters.of_version(row.params_version) if row.sum_m is not None else parameters.newest()
    means = formula.portal_means(row.sum_s, row.sum_d, row.sum_m, params) if row.sum_m is not None else None
    if means is not None and row.scored_by != params.version:
        # The parameters have just changed, and the worker has not come here yet: one idea's sums have one version.
        rescoring.bring_up([idea_id], means, params, now=now)
        row = run(READ_ROW, asked).one()
    return Locked(idea_id, row, team_id, site_id, means, params)


def _locked_row(asked: dict[str, Any]) -> Row | None:
    # First the lock, then the read: a join that waited for the lock shows the idea's stage of before the wait.
    # Without a row there is no lock: another first vote may make one before the read, which would show it unlocked.
    if is_postgres() and run(LOCK_ROW, {"idea": asked["idea"]}).first() is None:
        return None
    return run(READ_ROW, asked).one_or_none()


def apply(idea: Locked, changes: Iterable[Change | Seen], vote: dict[str, Any] | None, *, now: datetime) -> Scored:
    """Write the changed cells, the idea's score row and the new vote (its columns), if there is one."""
    row, before = idea.row, _own_cell(idea)
    terms, counts = Terms(row.s, row.d, row.m), {name: getattr(row, name) for name in COUNTED.values()}
    cells = dict(before)
    for change in changes:
        if change.team_id not in cells:
            before[change.team_id] = cells[change.team_id] = _read_cell(idea.id, change)
        terms = _apply_to_cell(cells, terms, change, idea.params)
        if isinstance(change, Seen):
            continue
        step = 1 if change.cast else -1
        counts[COUNTED[change.kind]] += step
        if change.kind is VoteKind.STRONG:
            counts["n_support"] += step  # strong counts as support too
    means = idea.means or scores.typical(now=now)
    score = scores.stored_score(terms, means, idea.params) | counts | {"updated_at": now}
    n_team, n_site = _write(idea, cells, before, score, vote)
    return Scored(terms, means, idea.params, score["evidence"], n_team, n_site)


def _own_cell(idea: Locked) -> dict[int, Cell]:
    row = idea.row
    if idea.team_id is None or idea.site_id is None:
        return {}
    if row.cell_u is None:
        return {idea.team_id: Cell(TeamCell(), 0, idea.site_id, new=True)}
    sums = TeamCell(row.cell_u, row.cell_d, row.cell_m)
    return {idea.team_id: Cell(sums, row.cell_supporters, row.cell_site_id, new=False)}


def _read_cell(idea_id: int, change: Change | Seen) -> Cell:
    row = run(READ_CELL, {"idea": idea_id, "team": change.team_id}).one_or_none()
    if row is None:
        return Cell(TeamCell(), 0, change.site_id, new=True)
    return Cell(TeamCell(row.u, row.d, row.m), row.supporters, row.site_id, new=False)


def _write(
    idea: Locked, cells: dict[int, Cell], before: dict[int, Cell], score: dict[str, Any],
    vote: dict[str, Any] | None,
) -> tuple[int, int]:  # fmt: skip
    """Write it all; returns in how many teams and on how many sites the idea has supporters now."""
    changed = [(team_id, cell) for team_id, cell in cells.items() if cell is not before[team_id]]
    new_vote = _named(VOTES, vote) if vote else None
    known = _known_spread(idea, cells, before)
    if known and new_vote and len(changed) == 1 and is_postgres():
        statement, cell = _cell_write(idea.id, *changed[0])
        whole = _score_write(idea.id, score, known)
        run(WRITE_ALL[statement], new_vote | cell | whole)
        return known
    if new_vote:
        run(NEW_VOTE, new_vote)
    for one in changed:
        run(*_cell_write(idea.id, *one))
    spread = known or _spread(idea.id)
    run(WRITE_SCORE, _score_write(idea.id, score, spread))
    return spread


def _known_spread(idea: Locked, cells: dict[int, Cell], before: dict[int, Cell]) -> tuple[int, int] | None:
    """In how many teams and on how many sites the idea has supporters, if it follows from what was read."""
    row = idea.row
    if all((cell.supporters > 0) == (before[team_id].supporters > 0) for team_id, cell in cells.items()):
        return row.n_team, row.n_site
    own = cells.get(idea.team_id) if idea.team_id is not None else None
    if len(cells) != 1 or own is None or own.site_id != idea.site_id:
        return None
    has = own.supporters > 0
    return row.teams + has, row.sites + (has and not row.on_site)


def _named(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{table.name}_{name}": value for name, value in values.items()}


def _cell_write(idea_id: int, team_id: int, cell: Cell) -> tuple[Any, dict[str, Any]]:
    u, d, m = cell.sums
    here = {"idea": idea_id, "team": team_id}
    values = here | _named(CELLS, {"u": u, "d": d, "m": m, "supporters": cell.supporters})
    return (NEW_CELL, values | {"site": cell.site_id}) if cell.new else (WRITE_CELL, values)


def _score_write(idea_id: int, score: dict[str, Any], spread: tuple[int, int]) -> dict[str, Any]:
    return {"idea": idea_id} | _named(SCORES, score | {"n_team": spread[0], "n_site": spread[1]})


def _apply_to_cell(cells: dict[int, Cell], terms: Terms, change: Change | Seen, params: Params) -> Terms:
    """The idea's sums after the change, which is made in `cells`."""
    cell = cells[change.team_id]
    if isinstance(change, Seen):
        looks = cell.sums._replace(m=cell.sums.m + change.m)
        cells[change.team_id] = Cell(looks, cell.supporters, cell.site_id, cell.new)
        return formula.shifted(terms, cell.sums, looks, params)
    after = (formula.cast if change.cast else formula.revoke)(cell.sums, change.kind, params)
    supports = change.kind in (VoteKind.SUPPORT, VoteKind.STRONG)
    has = cell.supporters + (1 if change.cast else -1) * supports
    cells[change.team_id] = Cell(after, has, cell.site_id, cell.new)
    return formula.shifted(terms, cell.sums, after, params)


def _spread(idea_id: int) -> tuple[int, int]:
    """In how many teams and on how many sites the idea has supporters."""
    row = run(READ_SPREAD, {"idea": idea_id}).one()
    return row[0], row[1]
