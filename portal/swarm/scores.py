"""The rows kept up to date with every vote: one cell for the team, one score for the idea, one typical idea for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, literal, select, true, update

from portal.db import db, insert_missing, is_postgres, table_of, upsert
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm import score as formula
from portal.swarm.models import IdeaScore, IdeaTeam, PortalStat
from portal.swarm.rules import VoteKind
from portal.swarm.score import DEFAULTS, Means, TeamCell, Terms

STAT_LASTS = timedelta(minutes=5)
MU0_MOVES = 0.01  # beyond this every stored score is computed again, below it each with its next vote
BATCH = 5_000
COUNTED = {VoteKind.SUPPORT: "n_support", VoteKind.STRONG: "n_strong", VoteKind.PASS: "n_pass", VoteKind.STOP: "n_stop"}

# Built once: putting a statement together costs more than running it, and every vote runs six of them.
IDEAS, SCORES, CELLS, STAT = table_of(Idea), table_of(IdeaScore), table_of(IdeaTeam), table_of(PortalStat)
READ_ROW = (
    select(
        IDEAS.c.author_id, IDEAS.c.stage, IDEAS.c.first_vote_at, SCORES.c.s, SCORES.c.d, SCORES.c.m, SCORES.c.n_support,
        SCORES.c.n_strong, SCORES.c.n_pass, SCORES.c.n_stop, SCORES.c.n_team, SCORES.c.n_site,
        STAT.c.sum_s, STAT.c.sum_d, STAT.c.sum_m,
    )
    .join(SCORES, SCORES.c.idea_id == IDEAS.c.id)
    .outerjoin(STAT, STAT.c.id == 1)
    .where(IDEAS.c.id == bindparam("idea"))
)  # fmt: skip
LOCK_ROW = select(SCORES.c.idea_id).where(SCORES.c.idea_id == bindparam("idea")).with_for_update()
WRITE_SCORE = update(SCORES).where(SCORES.c.idea_id == bindparam("idea"))
CELL_HERE = CELLS.c.idea_id == bindparam("idea"), CELLS.c.team_id == bindparam("team")
READ_CELL = select(CELLS.c.u, CELLS.c.d, CELLS.c.m, CELLS.c.supporters).where(*CELL_HERE)
WRITE_CELL = update(CELLS).where(*CELL_HERE)
NEW_CELL = insert(CELLS)
READ_SPREAD = select(func.count(), func.count(CELLS.c.site_id.distinct())).where(
    CELLS.c.idea_id == bindparam("idea"), CELLS.c.supporters > 0
)
READ_TYPICAL = select(STAT.c.sum_s, STAT.c.sum_d, STAT.c.sum_m).where(STAT.c.id == 1)
READ_TYPICAL_AGE = select(STAT.c.at).where(STAT.c.id == 1)


@dataclass(frozen=True)
class Change:
    """A vote of one kind added to (`cast`) or taken from a team's cell."""

    team_id: int
    site_id: int
    kind: VoteKind
    cast: bool


@dataclass(frozen=True)
class Locked:
    """An idea and its sums, held by this transaction, with the typical idea as it is kept."""

    id: int
    author_id: int | None
    stage: Stage
    first_vote_at: datetime | None
    terms: Terms
    counts: dict[str, int]
    n_team: int
    n_site: int
    means: Means | None


@dataclass(frozen=True)
class Scored:
    """What an idea stands at after a change."""

    terms: Terms
    means: Means
    evidence: float
    n_team: int
    n_site: int


def lock(idea_id: int, *, now: datetime) -> Locked:
    """Read the idea with its score row under a lock; makes the row with the first vote. Raises Missing."""
    row = _locked_row(idea_id)
    if row is None:
        _make_row(idea_id, now)
        row = _locked_row(idea_id)
    if row is None:
        raise Missing("idea")
    counts = {name: getattr(row, name) for name in COUNTED.values()}
    terms = Terms(row.s, row.d, row.m)
    # Read along with the idea: one question less to the database in every vote.
    means = formula.portal_means(row.sum_s, row.sum_d, row.sum_m) if row.sum_m is not None else None
    return Locked(idea_id, row.author_id, row.stage, row.first_vote_at, terms, counts, row.n_team, row.n_site, means)


def _locked_row(idea_id: int) -> Row | None:
    connection = db.session.connection()
    if is_postgres():
        # First the lock, then the read: a join that waited for the lock shows the idea's stage of before the wait.
        connection.execute(LOCK_ROW, {"idea": idea_id})
    return connection.execute(READ_ROW, {"idea": idea_id}).one_or_none()


def apply(idea: Locked, changes: Iterable[Change], *, now: datetime) -> Scored:
    """Write the changed cells and the idea's score row."""
    terms, counts, spread = idea.terms, dict(idea.counts), False
    for change in changes:
        terms, moved = _apply_to_cell(idea.id, terms, change)
        spread = spread or moved
        step = 1 if change.cast else -1
        counts[COUNTED[change.kind]] += step
        if change.kind is VoteKind.STRONG:
            counts["n_support"] += step  # strong counts as support too
    n_team, n_site = _spread(idea.id) if spread else (idea.n_team, idea.n_site)
    means = idea.means or typical(now=now)
    values = stored_score(terms, means) | counts | {"n_team": n_team, "n_site": n_site, "updated_at": now}
    db.session.connection().execute(WRITE_SCORE, values | {"idea": idea.id})
    return Scored(terms, means, values["evidence"], n_team, n_site)


def stored_score(terms: Terms, means: Means) -> dict[str, Any]:
    """The columns of a score row that follow from the sums and the typical idea."""
    s, d, m = terms
    value = formula.listed(formula.score(s, d, m, means.mu0))
    hope = value + DEFAULTS.feed_ucb * formula.sd(m, means.var)
    evidence = formula.evidence(s, d, m, means.mu0)
    return {"s": s, "d": d, "m": m, "mu0": means.mu0, "score": value, "ucb": hope, "evidence": evidence}


def typical(*, now: datetime) -> Means:
    """The typical idea as it is kept; made with the very first vote."""
    return kept_typical() or refresh_typical(now=now)


def kept_typical() -> Means | None:
    """The typical idea as it is kept, or None before the first vote. A read."""
    row = db.session.connection().execute(READ_TYPICAL).one_or_none()
    return formula.portal_means(*row) if row is not None else None


def refresh_if_due(*, now: datetime) -> bool:
    """Refresh the typical idea if it is older than five minutes."""
    at = db.session.connection().execute(READ_TYPICAL_AGE).scalar()
    if at is not None and now - at < STAT_LASTS:
        return False
    refresh_typical(now=now)
    return True


def keep_rows(*, now: datetime) -> None:
    """Give every idea its score row, and mark those that have left the board, so that the feed passes them over."""
    means, left = typical(now=now), Idea.stage != Stage.OPEN
    values = _with_counts({"updated_at": now, "open": True} | stored_score(Terms(), means))
    new = select(Idea.id, *(literal(value, SCORES.c[name].type) for name, value in values.items()))
    new = new.outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id).where(IdeaScore.idea_id.is_(None), ~left)
    insert_missing(SCORES, ("idea_id", *values), new)
    closed = update(SCORES).where(SCORES.c.open == true(), SCORES.c.idea_id.in_(select(Idea.id).where(left)))
    db.session.execute(closed.values(open=False))


def refresh_typical(*, now: datetime, every_score: bool = False) -> Means:
    """Add up all standing ideas; where the typical idea has moved (or `every_score`), compute all scores again."""
    standing = Idea.stage != Stage.WITHDRAWN, Idea.hidden_at.is_(None)
    sums = select(func.sum(IdeaScore.s), func.sum(IdeaScore.d), func.sum(IdeaScore.m))
    row = db.session.execute(sums.join(Idea, Idea.id == IdeaScore.idea_id).where(*standing)).one()
    s, d, m = (float(value or 0) for value in row)
    means = formula.portal_means(s, d, m)
    values: dict[str, Any] = {"id": 1, "sum_s": s, "sum_d": d, "sum_m": m, "mu0": means.mu0, "var": means.var}
    values |= {"params_version": DEFAULTS.version, "at": now}
    upsert(PortalStat, values, key=("id",), update=tuple(values)[1:])
    if every_score or _farthest(means.mu0) > MU0_MOVES:
        rescore_all(means, now=now)
    return means


def rescore_all(means: Means, *, now: datetime) -> int:
    """Compute every stored score from its sums with this typical idea, in batches; returns how many."""
    done, last = 0, 0
    columns = IdeaScore.idea_id, IdeaScore.s, IdeaScore.d, IdeaScore.m
    while True:
        batch = select(*columns).where(IdeaScore.idea_id > last).order_by(IdeaScore.idea_id).limit(BATCH)
        # Locked (on PostgreSQL): a vote between this read and the write would be overwritten by the sums of before.
        rows = db.session.execute(batch.with_for_update()).all()
        if not rows:
            return done
        changed = [
            {"idea_id": row.idea_id, "updated_at": now} | stored_score(Terms(row.s, row.d, row.m), means)
            for row in rows
        ]
        db.session.execute(update(IdeaScore), changed)
        done, last = done + len(rows), rows[-1].idea_id


def close(idea_id: int) -> None:
    """The idea has left the board: the feed need not pass it any more."""
    db.session.execute(update(SCORES).where(SCORES.c.idea_id == idea_id).values(open=False))


def _make_row(idea_id: int, now: datetime) -> None:
    if db.session.scalar(select(Idea.id).where(Idea.id == idea_id)) is None:
        return
    values = {"idea_id": idea_id, "updated_at": now} | stored_score(Terms(), typical(now=now))
    # Two first votes at once: the second finds the row of the first.
    upsert(IdeaScore, _with_counts(values), key=("idea_id",), update=("idea_id",))


def _with_counts(values: dict[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys((*COUNTED.values(), "n_team", "n_site"), 0), **values}


def _apply_to_cell(idea_id: int, terms: Terms, change: Change) -> tuple[Terms, bool]:
    """The idea's sums after the change, and whether the team has gained its first or lost its last supporter."""
    connection, here = db.session.connection(), {"idea": idea_id, "team": change.team_id}
    row = connection.execute(READ_CELL, here).one_or_none()
    before = TeamCell(row.u, row.d, row.m) if row else TeamCell()
    after = (formula.cast if change.cast else formula.revoke)(before, change.kind)
    had = row.supporters if row else 0
    supports = change.kind in (VoteKind.SUPPORT, VoteKind.STRONG)
    has = had + (1 if change.cast else -1) * supports
    values = {"u": after.u, "d": after.d, "m": after.m, "supporters": has}
    if row is None:
        keys = {"idea_id": idea_id, "team_id": change.team_id, "site_id": change.site_id}
        connection.execute(NEW_CELL, keys | values)
    else:
        connection.execute(WRITE_CELL, here | values)
    return formula.shifted(terms, before, after), (had > 0) != (has > 0)


def _spread(idea_id: int) -> tuple[int, int]:
    """In how many teams and on how many sites the idea has supporters."""
    row = db.session.connection().execute(READ_SPREAD, {"idea": idea_id}).one()
    return row[0], row[1]


def _farthest(mu0: float) -> float:
    """How far the most outdated score is from the typical idea of now."""
    low, high = db.session.execute(select(func.min(IdeaScore.mu0), func.max(IdeaScore.mu0))).one()
    return 0.0 if low is None else max(abs(low - mu0), abs(high - mu0))
