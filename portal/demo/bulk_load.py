"""Loads a generated firm of any size into an empty database: worked out in memory, then written table by table.

Nothing here decides what a vote is worth or when an idea passes the line: `bulk_swarm` asks the same functions as the
portal does, `bulk_thanks` the ledger's. One transaction: a load that stops leaves an empty database behind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.append_only import FIRST_HASH
from portal.bulk_write import Tell, bulk_insert, next_numbers_follow, roomy, silent, take_stock
from portal.db import Base, table_of
from portal.demo import bulk_numbers, bulk_rows, bulk_rules
from portal.demo.bulk_places import ORGANISATION, make_world
from portal.demo.bulk_rows import Batch
from portal.demo.bulk_size import Size
from portal.demo.bulk_thanks import Thanks
from portal.demo.bulk_years import Years
from portal.errors import Conflict
from portal.home import search_jobs
from portal.ideas.words import Stage
from portal.people import queries
from portal.swarm import score, scores
from portal.swarm.audience import all_sizes
from portal.swarm.line import swarm_line
from portal.swarm.models import IdeaScore, PortalStat
from portal.swarm.promoting import HASHED, link_hash
from portal.swarm.rules import VoteKind

PROMOTED = ("id", *HASHED, "prev_hash", "hash")
SCORED = tuple(table_of(IdeaScore).c.keys())
STAT = ("id", "sum_s", "sum_d", "sum_m", "mu0", "var", "params_version", "sizes", "at")

LEARNED_AT_ONCE = 10_000  # thousand texts: all of them


@dataclass(frozen=True)
class Firm:
    """Everything that will be written, in memory. until: the last midnight, where generated time ends."""

    years: Years
    thanks: Thanks
    until: datetime


def refuse_unless_empty() -> None:
    """Raise Conflict `not_empty` where an organisation exists already."""
    if queries.organisation() is not None:
        raise Conflict("not_empty", "This database already holds an organisation. The demo goes into an empty one.")


def work_out(size: Size, *, now: datetime, tell: Tell = silent) -> Firm:
    """A firm of this size without a database: the same for the same size, seed and day.

    Outside any transaction: it takes minutes, after which PostgreSQL would have given up on an idle one.
    """
    until, began = bulk_rows.midnight(now), bulk_rows.first_day(now, size.days)
    years = Years(size, make_world(size), began)
    years.run(tell)
    thanks = Thanks(years, until)
    thanks.work_out()
    return Firm(years, thanks, until)


def write(firm: Firm, *, tell: Tell = silent) -> str:
    """Write it into an empty database, in the caller's transaction; returns one line about it. Raises `not_empty`."""
    refuse_unless_empty()
    years = firm.years
    with roomy():
        _write(years, firm.thanks, firm.until, tell)
    sites, people, votes = len(years.world.sites), len(years.world.name) - 1, len(years.swarm.votes)
    return f"{ORGANISATION}: {sites} sites, {people:,} people, {len(years.talks):,} ideas, {votes:,} votes"


def let_be_found(*, tell: Tell = silent) -> None:
    """Put everything into the index of search, in transactions of its own: what stops here the worker completes."""
    search_jobs.complete(tell)
    search_jobs.learn(most=LEARNED_AT_ONCE)


def _write(years: Years, thanks: Thanks, until: datetime, tell: Tell) -> None:
    """Every table after those it refers to."""
    written: list[type[Base]] = []
    batches: tuple[Iterable[Batch], ...] = (
        bulk_rows.tree(years.world, years.began), [bulk_numbers.metrics()], bulk_rows.said(years),
        bulk_rows.weighed(years), _standings(years, until), bulk_rows.carried(years, _chain(years), PROMOTED),
        bulk_rows.answered(years), bulk_rules.rules(years), thanks.batches(), [bulk_numbers.observations(years)],
    )  # fmt: skip
    for group in batches:
        for model, columns, rows, total in group:
            bulk_insert(table_of(model), columns, rows, tell=tell, total=total)
            written.append(model)
    thanks.close_books()
    tables = [table_of(model) for model in written]
    next_numbers_follow(table for table in tables if "id" in table.c and table.c.id.autoincrement is not False)
    take_stock(tables)


def _standings(years: Years, until: datetime) -> Iterable[Batch]:
    """A score for every idea, voted on or not, by the typical idea of the last day."""
    sums = score.portal_sums(talk.terms for talk in years.talks if talk.stands)
    means = score.portal_means(*sums)
    rows = (_scored(talk, means, until) for talk in years.talks)
    yield IdeaScore, SCORED, rows, len(years.talks)
    yield PortalStat, STAT, [(1, *sums, means.mu0, means.var, score.DEFAULTS.version, all_sizes().text(), until)], 1


def _scored(talk: Any, means: score.Means, until: datetime) -> tuple[Any, ...]:
    counts = talk.counts
    strong = counts[VoteKind.STRONG]
    row = (
        {"idea_id": talk.id, "updated_at": until, "open": talk.stage is Stage.OPEN}
        | scores.stored_score(talk.terms, means, score.DEFAULTS)
        | {"params_version": score.DEFAULTS.version}
    )
    row |= {"n_support": counts[VoteKind.SUPPORT] + strong, "n_strong": strong, "n_stop": counts[VoteKind.STOP],
            "n_pass": counts[VoteKind.PASS], "n_team": talk.n_team, "n_site": talk.n_site}  # fmt: skip
    return tuple(row[name] for name in SCORED)


def _chain(years: Years) -> list[tuple[Any, ...]]:
    """Promotions in order, each bound to the one before it."""
    rows, newest = [], FIRST_HASH
    for number, one in enumerate(years.carried, start=1):
        s, d, m = one.terms
        values: dict[str, Any] = {
            "idea_id": one.talk.id, "at": years.moment(one.at), "s": s, "d": d, "m": m, "mu0": one.mu0,
            "delta": score.delta(one.mu0), "evidence": one.evidence, "line": swarm_line(one.talk.teams),
            "teams": one.talk.teams, "sites": one.talk.sites, "n_team": one.n_team, "n_site": one.n_site,
            "params_version": score.DEFAULTS.version, "vote_id_max": one.vote,
        }  # fmt: skip
        own = link_hash(newest, values)
        rows.append((number, *(values[name] for name in HASHED), newest, own))
        newest = own
    return rows
