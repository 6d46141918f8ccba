"""Rebuilding every score from votes and looks, and comparing what is kept with what these say."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import delete, or_, select, update

from portal.append_only import FIRST_HASH
from portal.bulk_write import bulk_insert
from portal.db import db, is_postgres, table_of
from portal.ideas.models import Story
from portal.ideas.words import StoryKind
from portal.swarm import score as formula
from portal.swarm.counting import Counted, counted
from portal.swarm.line import swarm_line
from portal.swarm.models import IdeaScore, IdeaTeam, Promotion, PromotionTeam, Vote
from portal.swarm.parameters import of_version
from portal.swarm.promoting import link_hash, linked
from portal.swarm.score import Means, TeamCell, Terms
from portal.swarm.scores import refresh_typical, standards, stored_score
from portal.swarm.vote_rows import Scored

SCORES, CELLS = table_of(IdeaScore), table_of(IdeaTeam)
TOLERANCE = 1e-9
COUNTS = ("n_support", "n_strong", "n_stop", "n_pass", "n_team", "n_site")
CELL_COLUMNS = ("idea_id", "team_id", "site_id", "supporters", "u", "d", "m")
AT_ONCE = 500  # ideas written together by a rebuild: each costs a row of its own and one for every team


def rebuild(*, now: datetime) -> int:
    """Replace every cell and score by what votes and looks say; returns how many ideas have any."""
    db.session.execute(delete(IdeaTeam))
    db.session.execute(delete(IdeaScore))
    means, params = standards(now=now)
    done = 0
    for ideas in _batches(counted(lambda _: params)):
        _write_cells(ideas)
        told = {"updated_at": now, "params_version": params.version, "open": True}
        _write_scores([{"idea_id": idea.idea_id, **_score_of(idea, means), **told} for idea in ideas])
        done += len(ideas)
    refresh_typical(now=now, every_score=True)
    return done


def _batches(ideas: Iterator[Counted]) -> Iterator[list[Counted]]:
    while batch := list(islice(ideas, AT_ONCE)):
        yield batch


def rebuild_some(numbers: Collection[int], *, now: datetime) -> dict[int, Scored]:
    """Replace cells and scores of these ideas by what the votes say; what each of them stands at.

    Call it with their score rows there and locked.
    """
    means, params = standards(now=now)
    db.session.execute(delete(IdeaTeam).where(IdeaTeam.idea_id.in_(numbers)))
    ideas = {number: Counted(number, params) for number in numbers}
    ideas |= {idea.idea_id: idea for idea in counted(lambda _: params, numbers)}
    _write_cells(ideas.values())
    for idea in ideas.values():
        row = _score_of(idea, means) | {"params_version": params.version}
        db.session.execute(update(SCORES).where(SCORES.c.idea_id == idea.idea_id).values(updated_at=now, **row))
    return {
        number: Scored(
            idea.terms, means, params, formula.evidence(*idea.terms, means.mu0, params), idea.n_team, idea.n_site
        )
        for number, idea in ideas.items()
    }


def _write_cells(ideas: Iterable[Counted]) -> None:
    bulk_insert(CELLS, CELL_COLUMNS, chain.from_iterable(idea.rows() for idea in ideas))


def _write_scores(rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    bulk_insert(SCORES, columns, (tuple(row.values()) for row in rows))


def _score_of(idea: Counted, means: Means) -> dict[str, Any]:
    return stored_score(idea.terms, means, idea.params) | idea.counts | {"n_team": idea.n_team, "n_site": idea.n_site}


def verify() -> list[str]:
    """What does not agree, one sentence each: nothing when votes, scores and promotions tell the same story."""
    return [*_wrong_scores(), *_wrong_promotions()]


def verify_at_once() -> list[str]:
    """`verify` on one moment of the database: votes that come meanwhile are no drift."""
    db.session.rollback()
    if is_postgres():  # SQLite's readers see one moment anyway
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        return verify()
    finally:
        db.session.rollback()


def _wrong_scores() -> Iterator[str]:
    kept = {row.idea_id: row for row in db.session.execute(select(table_of(IdeaScore)))}
    cells = _kept_cells()
    versions = {number: row.params_version for number, row in kept.items()}
    for idea in counted(lambda number: of_version(versions.get(number))):
        row = kept.pop(idea.idea_id, None)
        if row is None:
            yield f"idea {idea.idea_id} has votes or looks but no score"
            continue
        yield from _cell_differences(idea, cells.pop(idea.idea_id, {}))
        yield from _differences(idea, row)
    for row in kept.values():
        if max(abs(row.s), abs(row.d), abs(row.m)) > TOLERANCE or any(getattr(row, name) for name in COUNTS):
            yield f"idea {row.idea_id} has a score but neither votes nor looks"
    for idea_id, rest in cells.items():
        yield from _cell_differences(Counted(idea_id), rest)


def _kept_cells() -> dict[int, dict[int, tuple[int, TeamCell, int]]]:
    found: dict[int, dict[int, tuple[int, TeamCell, int]]] = {}
    for row in db.session.execute(select(table_of(IdeaTeam))):
        found.setdefault(row.idea_id, {})[row.team_id] = (row.site_id, TeamCell(row.u, row.d, row.m), row.supporters)
    return found


def _cell_differences(idea: Counted, kept: dict[int, tuple[int, TeamCell, int]]) -> Iterator[str]:
    nothing = (0, TeamCell(), 0)
    for team_id in sorted(idea.cells.keys() | kept.keys()):
        (_, has, backing), (_, wants, supporters) = kept.get(team_id, nothing), idea.cells.get(team_id, nothing)
        far = max(abs(one - other) for one, other in zip(has, wants, strict=True))
        if far > TOLERANCE or backing != supporters:
            yield f"idea {idea.idea_id}: team {team_id} is kept as {has}, the votes say {wants}"


def _differences(idea: Counted, row: Any) -> Iterator[str]:
    wanted: dict[str, float] = dict(zip(("s", "d", "m"), idea.terms, strict=True))
    wanted |= idea.counts | {"n_team": idea.n_team, "n_site": idea.n_site}
    wanted["score"] = formula.score(row.s, row.d, row.m, row.mu0, idea.params)
    wanted["evidence"] = formula.evidence(row.s, row.d, row.m, row.mu0, idea.params)
    for name, value in wanted.items():
        if abs(getattr(row, name) - value) > TOLERANCE:
            yield f"idea {idea.idea_id}: {name} is kept as {getattr(row, name)}, the votes say {value}"


def agrees(promotion: Promotion) -> bool:
    """Whether the votes of that moment give what a promotion says, and what it says gives its link of the chain."""
    values = linked(promotion)
    before = promotion.prev_hash
    follows = (
        before == FIRST_HASH or db.session.scalar(select(Promotion.id).where(Promotion.hash == before)) is not None
    )
    return follows and promotion.hash == link_hash(before, values) and not any(_wrong_inputs(promotion))


def _wrong_promotions() -> Iterator[str]:
    previous = FIRST_HASH
    for promotion in list(db.session.scalars(select(Promotion).order_by(Promotion.id))):
        values = linked(promotion)
        if promotion.prev_hash != previous or promotion.hash != link_hash(previous, values):
            yield f"promotion {promotion.id} of idea {promotion.idea_id}: the chain is broken"
        previous = promotion.hash
        yield from _wrong_inputs(promotion)


def _wrong_inputs(promotion: Promotion) -> Iterator[str]:
    """The votes that stood at that moment must give the cells, and the cells the sums and the evidence."""
    told = f"promotion {promotion.id} of idea {promotion.idea_id}"
    snapshot = {
        row.team_id: TeamCell(row.u, row.d, row.m)
        for row in db.session.scalars(select(PromotionTeam).where(PromotionTeam.promotion_id == promotion.id))
    }
    idea = _as_of(promotion)
    for team_id in snapshot.keys() | idea.cells.keys():
        _, cell, _ = idea.cells.get(team_id, (0, TeamCell(), 0))
        seen = snapshot.get(team_id, TeamCell())
        # Supports and stops are checked against history, looks against the snapshot: they are folded away in time.
        if abs(cell.u - seen.u) > TOLERANCE or cell.d != seen.d or seen.m < cell.m - TOLERANCE:
            yield f"{told}: team {team_id} stood at {cell}, not at {seen}"
    terms = formula.idea_terms(snapshot.values(), idea.params)
    for name, value in (*zip("sdm", terms, strict=True), *_follows(promotion, terms, idea)):
        if abs(getattr(promotion, name) - value) > TOLERANCE:
            yield f"{told}: {name} was {getattr(promotion, name)}, its inputs give {value}"
    if promotion.carried:
        yield from _wrong_carrying(promotion, told)
    elif promotion.evidence < promotion.line - TOLERANCE:
        yield f"{told}: its evidence is below the line"


def _wrong_carrying(promotion: Promotion, told: str) -> Iterator[str]:
    """Outside the quorum is only what a representative carried, in public."""
    steps = Story.idea_id == promotion.idea_id, Story.kind == StoryKind.CARRIED, Story.at == promotion.at
    if db.session.scalar(select(Story.id).where(*steps)) is None:
        yield f"{told}: outside the quorum, and its story names nobody who carried it"


def _follows(promotion: Promotion, terms: Terms, idea: Counted) -> Iterator[tuple[str, float]]:
    """What the formula of its version gives from the inputs of a promotion."""
    yield "evidence", formula.evidence(*terms, promotion.mu0, idea.params)
    yield "delta", formula.delta(promotion.mu0, idea.params)
    yield "line", swarm_line(promotion.teams, idea.params)
    yield from (("n_team", idea.n_team), ("n_site", idea.n_site))


def _as_of(promotion: Promotion) -> Counted:
    then = Vote.idea_id == promotion.idea_id, Vote.id <= promotion.vote_id_max
    standing = or_(Vote.revoked_at.is_(None), Vote.revoked_at > promotion.at)
    idea = Counted(promotion.idea_id, of_version(promotion.params_version))
    for row in db.session.execute(select(Vote.team_id, Vote.site_id, Vote.kind).where(*then, standing)):
        idea.add(row.team_id, row.site_id, row.kind)
    return idea
