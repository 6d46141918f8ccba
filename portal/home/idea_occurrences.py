"""*It happened again* on the page of an idea: how often, what it costs, and what the viewer noted.

Everything comes as columns of the page's own statement, so that it takes no further one.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam

from portal.db import UtcDateTime
from portal.home.cards import may_see_numbers
from portal.ideas.words import Stage
from portal.people.viewer import Viewer
from portal.swarm import occurrence_queries as queries
from portal.swarm import occurrence_wording as wording
from portal.swarm.occurrence_cost import from_text
from portal.swarm.occurrence_rules import CHANGE_MINUTES
from portal.web.dates import local_day

CLOSED = (Stage.WITHDRAWN, Stage.MERGED)
CHANGEABLE = timedelta(minutes=CHANGE_MINUTES)
QUIET = "Nobody has noted it in the last eight weeks."
HIDDEN = "How often colleagues note it stays hidden until you weigh in."


@dataclass(frozen=True)
class Again:
    """See templates/swarm/_again.html."""

    number: int
    may_note: bool
    mine: str
    undo: int | None
    reported: str = ""
    cost: str = ""
    where: str = ""
    how: str = wording.HOW
    quiet: str = ""


def columns(looker: Viewer) -> tuple[Any, ...]:
    """What the statement of the page asks for. Its parameters: `number`, and those of `parameters`."""
    number: BindParameter[int] = bindparam("number", type_=Integer)
    since = bindparam("noted_since", type_=UtcDateTime())
    return (
        queries.sums_column(number),
        *queries.hour_columns(),
        queries.own_times_query(looker.id, number).scalar_subquery().label("noted_by_me"),
        queries.just_noted_query(looker.id, number, since).scalar_subquery().label("just_noted"),
    )


def parameters(now: datetime) -> dict[str, Any]:
    """For `columns`."""
    return {"noted_since": now - CHANGEABLE}


def again(viewer: Viewer, row: Any, *, now: datetime) -> Again:
    """The part as this viewer may see it. row: of a statement with `columns`, and the viewer's `vote`."""
    told = Again(
        number=row.id,
        may_note=viewer.is_frontline and row.stage not in CLOSED and row.hidden_at is None,
        mine=wording.mine(row.noted_by_me, queries.OWN_COUNTED) if row.noted_by_me else "",
        undo=row.just_noted,
    )
    if not may_see_numbers(row, viewer, row.vote):
        return replace(told, quiet=HIDDEN)
    return _with_figures(told, row, local_day(now, viewer.timezone))


def _with_figures(told: Again, row: Any, today: date) -> Again:
    found = from_text(row.occurrence_facts)
    if found is None:
        return replace(told, quiet=QUIET)
    cost = wording.cost(found, queries.hour_of(row))
    return replace(told, reported=wording.reported(found, today), cost=cost, where=wording.where(found))
