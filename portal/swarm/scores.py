"""The score rows of ideas, and the one row of the typical idea that they are measured against."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal, select, true, update

from portal.db import db, insert_missing, table_of, upsert
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.statements import run
from portal.swarm import parameters
from portal.swarm import score as formula
from portal.swarm.audience import all_sizes
from portal.swarm.models import IdeaScore, PortalStat
from portal.swarm.rules import VoteKind
from portal.swarm.score import Means, Params, Terms

STAT_LASTS = timedelta(minutes=5)
MU0_MOVES = 0.01  # beyond this every stored score is computed again, below it each with its next vote
BATCH = 5_000
COUNTED = {VoteKind.SUPPORT: "n_support", VoteKind.STRONG: "n_strong", VoteKind.PASS: "n_pass", VoteKind.STOP: "n_stop"}

# Built once: putting a statement together costs more than running it.
SCORES, STAT = table_of(IdeaScore), table_of(PortalStat)
READ_TYPICAL = select(STAT.c.sum_s, STAT.c.sum_d, STAT.c.sum_m, STAT.c.params_version).where(STAT.c.id == 1)
SET_OPEN = update(SCORES).where(SCORES.c.idea_id == bindparam("idea")).values(open=bindparam("is_open"))
READ_TYPICAL_AGE = select(STAT.c.at).where(STAT.c.id == 1)


def stored_score(terms: Terms, means: Means, params: Params) -> dict[str, Any]:
    """The columns of a score row that follow from the sums and the typical idea."""
    s, d, m = terms
    value = formula.listed(formula.score(s, d, m, means.mu0, params))
    hope = value + params.feed_ucb * formula.sd(m, means.var, params)
    evidence = formula.evidence(s, d, m, means.mu0, params)
    return {"s": s, "d": d, "m": m, "mu0": means.mu0, "score": value, "ucb": hope, "evidence": evidence}


def typical(*, now: datetime) -> Means:
    """The typical idea as it is kept; made with the very first vote."""
    return standards(now=now)[0]


def standards(*, now: datetime) -> tuple[Means, Params]:
    """The typical idea, as `typical`, and the parameters in force."""
    return kept() or (refresh_typical(now=now), parameters.newest())


def kept_typical() -> Means | None:
    """The typical idea as it is kept, or None before the first vote. A read."""
    found = kept()
    return found[0] if found else None


def kept() -> tuple[Means, Params] | None:
    """The typical idea as it is kept, and the parameters in force; None before the first vote. A read."""
    row = run(READ_TYPICAL).one_or_none()
    if row is None:
        return None
    params = parameters.of_version(row.params_version)
    return formula.portal_means(row.sum_s, row.sum_d, row.sum_m, params), params


def refresh_if_due(*, now: datetime) -> bool:
    """Refresh the typical idea if it is older than five minutes."""
    at = run(READ_TYPICAL_AGE).scalar()
    if at is not None and now - at < STAT_LASTS:
        return False
    refresh_typical(now=now)
    return True


def keep_rows(*, now: datetime) -> None:
    """Give every idea its score row, and mark those that have left the board, so that the feed passes them over."""
    (means, params), left = standards(now=now), Idea.stage != Stage.OPEN
    values = _with_counts(
        {"updated_at": now, "open": True, "params_version": params.version} | stored_score(Terms(), means, params)
    )
    new = select(Idea.id, *(literal(value, SCORES.c[name].type) for name, value in values.items()))
    new = new.outerjoin(IdeaScore, IdeaScore.idea_id == Idea.id).where(IdeaScore.idea_id.is_(None), ~left)
    insert_missing(SCORES, ("idea_id", *values), new)
    closed = update(SCORES).where(SCORES.c.open == true(), SCORES.c.idea_id.in_(select(Idea.id).where(left)))
    db.session.execute(closed.values(open=False))


def refresh_typical(*, now: datetime, every_score: bool = False) -> Means:
    """Add up all standing ideas; where the typical idea has moved (or `every_score`), compute all scores again."""
    standing = Idea.stage.not_in((Stage.WITHDRAWN, Stage.MERGED)), Idea.hidden_at.is_(None)
    sums = select(func.sum(IdeaScore.s), func.sum(IdeaScore.d), func.sum(IdeaScore.m))
    row = db.session.execute(sums.join(Idea, Idea.id == IdeaScore.idea_id).where(*standing)).one()
    s, d, m = (float(value or 0) for value in row)
    params = parameters.newest()
    means = formula.portal_means(s, d, m, params)
    values: dict[str, Any] = {"id": 1, "sum_s": s, "sum_d": d, "sum_m": m, "mu0": means.mu0, "var": means.var}
    values |= {"params_version": params.version, "sizes": all_sizes().text(), "at": now}
    upsert(PortalStat, values, key=("id",), update=tuple(values)[1:])
    if every_score or _farthest(means.mu0) > MU0_MOVES:
        rescore_all(means, now=now)
    return means


def rescore_all(means: Means, *, now: datetime) -> int:
    """Compute every stored score from its sums with this typical idea, in batches; returns how many."""
    done, last = 0, 0
    columns = IdeaScore.idea_id, IdeaScore.s, IdeaScore.d, IdeaScore.m, IdeaScore.params_version
    while True:
        batch = select(*columns).where(IdeaScore.idea_id > last).order_by(IdeaScore.idea_id).limit(BATCH)
        # Locked (on PostgreSQL): a vote between this read and the write would be overwritten by the sums of before.
        rows = db.session.execute(batch.with_for_update()).all()
        if not rows:
            return done
        changed = [
            # Each by the parameters that gave its sums: those of before, until it is brought up.
            {"of_idea": row.idea_id, "updated_at": now}
            | stored_score(Terms(row.s, row.d, row.m), means, parameters.of_version(row.params_version))
            for row in rows
        ]
        values: dict[str, Any] = {name: bindparam(name) for name in changed[0] if name != "of_idea"}
        statement = update(SCORES).where(SCORES.c.idea_id == bindparam("of_idea")).values(values)
        db.session.connection().execute(statement, changed)
        done, last = done + len(rows), rows[-1].idea_id


def close(idea_id: int) -> None:
    """The idea has left the board: the feed need not pass it any more."""
    run(SET_OPEN, {"idea": idea_id, "is_open": False})


def reopen(idea_id: int) -> None:
    """The idea is on the board again."""
    run(SET_OPEN, {"idea": idea_id, "is_open": True})


def make_row(idea_id: int, now: datetime) -> None:
    """Give an idea its score row, if there is such an idea."""
    if db.session.scalar(select(Idea.id).where(Idea.id == idea_id)) is None:
        return
    means, params = standards(now=now)
    values = {"idea_id": idea_id, "updated_at": now, "params_version": params.version}
    values |= stored_score(Terms(), means, params)
    # Two first votes at once: the second finds the row of the first.
    upsert(IdeaScore, _with_counts(values), key=("idea_id",), update=("idea_id",))


def _with_counts(values: dict[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys((*COUNTED.values(), "n_team", "n_site"), 0), **values}


def _farthest(mu0: float) -> float:
    """How far the most outdated score is from the typical idea of now."""
    low, high = db.session.execute(select(func.min(IdeaScore.mu0), func.max(IdeaScore.mu0))).one()
    return 0.0 if low is None else max(abs(low - mu0), abs(high - mu0))
