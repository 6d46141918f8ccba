"""The board's tabs: how many ideas each view holds, counted no further than is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from portal.db import db
from portal.home.proof import Killed
from portal.home.wanted import STAGES, conditions, undecided
from portal.home.wanted import Filters as NoFilters
from portal.ideas.models import Idea
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_queries import rules_in_scope
from portal.ideas.words import Audience, Stage
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
from portal.statements import placed, places, run
from portal.swarm.looks_queries import kept_query
from portal.swarm.models import Vote
from portal.web.paging import COUNTED_TO


@dataclass(frozen=True)
class Tabs:
    """counts: view → ideas in it, at most COUNTED_TO + 1. killed: the latest rule that is gone and readable.

    looks_kept: whether the organisation wants to know what was on screen.
    """

    counts: dict[str, int]
    killed: Killed | None
    looks_kept: bool


def tabs(viewer: Viewer, killed: Sequence[Killed] = (), full: frozenset[str] = frozenset()) -> Tabs:
    """What stands around the board's list for this viewer: one query.

    killed: the latest ones, newest first. full: views that hold more than is counted for everybody (`full_views`).
    """
    room = max(len(killed), 1)
    parameters = person_of(viewer) | placed("killed", [one.number for one in killed], room)
    row = run(_statement(shape_of(viewer), room, full), parameters).one()
    counts = row._asdict() | dict.fromkeys(full, COUNTED_TO + 1)
    readable, looks_kept = counts.pop("killed"), counts.pop("looks") is not False
    return Tabs(counts, next((one for one in killed if one.number == readable), None), looks_kept)


def full_views() -> frozenset[str]:
    """The views with more ideas that everybody may read than are ever counted."""
    row = db.session.connection().execute(_full_query()).one()
    return frozenset(name for name, count in row._asdict().items() if count > COUNTED_TO)


@cache
def _full_query() -> Select:
    for_all = select(Idea.id).where(Idea.audience == Audience.ORGANISATION, Idea.hidden_at.is_(None))
    return select(*[_capped(for_all.where(Idea.stage.in_(stages))).label(name) for name, stages in STAGES.items()])


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape, room: int, full: frozenset[str]) -> Select:
    looker = stand_in(shape)
    readable = conditions(looker, NoFilters())
    ideas = select(Idea.id).where(*readable)
    views = {name: ideas.where(Idea.stage.in_(stages)) for name, stages in STAGES.items() if name not in full}
    views["needs-you"] = ideas.where(*undecided(looker))
    mine = Vote.person_id == looker.id, Vote.revoked_at.is_(None)
    views["rising"] = ideas.join(Vote, Vote.idea_id == Idea.id).where(
        # Not by the index on the stage, which SQLite would prefer: a person has few votes.
        *mine,
        func.lower(Idea.stage) == Stage.OPEN.value,
    )
    counted = [_capped(query).label(name) for name, query in views.items()]
    gone = select(RuleRecord.id).where(RuleRecord.id.in_(places("killed", room)), rules_in_scope(looker))
    latest = gone.order_by(RuleRecord.decided_at.desc(), RuleRecord.id.desc()).limit(1).scalar_subquery()
    return select(*counted, latest.label("killed"), kept_query().label("looks"))


def _capped(query: Select) -> Any:
    return select(func.count()).select_from(query.limit(COUNTED_TO + 1).subquery()).scalar_subquery()
