"""The board's tabs: how many ideas each view holds, counted no further than is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from portal.db import db, placed, places
from portal.home.proof import Killed
from portal.home.wanted import STAGES, conditions, undecided
from portal.home.wanted import Filters as NoFilters
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.people.shapes import SHAPES_KEPT, Shape, person_of, shape_of, stand_in
from portal.people.viewer import Viewer
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


def tabs(viewer: Viewer, killed: Sequence[Killed] = ()) -> Tabs:
    """What stands around the board's list for this viewer: one query. killed: the latest ones, newest first."""
    room = max(len(killed), 1)
    parameters = person_of(viewer) | placed("killed", [one.number for one in killed], room)
    row = db.session.connection().execute(_statement(shape_of(viewer), room), parameters).one()
    counts = row._asdict()
    readable, looks_kept = counts.pop("killed"), counts.pop("looks") is not False
    return Tabs(counts, next((one for one in killed if one.number == readable), None), looks_kept)


@lru_cache(SHAPES_KEPT)
def _statement(shape: Shape, room: int) -> Select:
    looker = stand_in(shape)
    readable = conditions(looker, NoFilters())
    ideas = select(Idea.id).where(*readable)
    views = {name: ideas.where(Idea.stage.in_(stages)) for name, stages in STAGES.items()}
    views["needs-you"] = ideas.where(*undecided(looker))
    mine = Vote.person_id == looker.id, Vote.revoked_at.is_(None)
    views["rising"] = ideas.join(Vote, Vote.idea_id == Idea.id).where(
        # Not by the index on the stage, which SQLite would prefer: a person has few votes.
        *mine,
        func.lower(Idea.stage) == Stage.OPEN.value,
    )
    counted = [_capped(query).label(name) for name, query in views.items()]
    gone = ideas.where(Idea.id.in_(places("killed", room)))
    latest = gone.order_by(Idea.moved_at.desc(), Idea.id.desc()).limit(1).scalar_subquery()
    return select(*counted, latest.label("killed"), kept_query().label("looks"))


def _capped(query: Select) -> Any:
    return select(func.count()).select_from(query.limit(COUNTED_TO + 1).subquery()).scalar_subquery()
