"""Which sites concern a team leader or a site's director, and where something stands for the policy."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from portal.commitments.scope import said_within
from portal.db import db
from portal.ideas.models import Idea
from portal.people.models import Place
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer
from portal.triage.assignment_models import Assignment
from portal.triage.clock import Duty
from portal.triage.policy import LANE, MAY

FIRST_REPLY_OWED = (Assignment.duty == Duty.FIRST_REPLY, Assignment.until.is_(None))


@dataclass(frozen=True)
class Where:
    """A node of the tree, for the policy. is_site: team leaders of its teams speak for all of it.

    owed_by: who owes the first reply to what was said there.
    """

    path: str
    is_site: bool = True
    owed_by: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Site:
    """A site that concerns the viewer. leads: they may promise something for it."""

    id: int
    name: str
    path: str
    employer_id: int | None
    leads: bool


def sites_of(viewer: Viewer) -> Sequence[Site]:
    """The sites at, below or (for team leaders of a team) above the nodes of the viewer's roles, by name; one query.

    The viewer's own site comes first.
    """
    below = (Place.path.startswith(path, autoescape=True) for path in viewer.scope(*LANE))
    above = {int(part) for path in viewer.scope(Role.TEAM_LEADER) for part in path.split("/") if part}
    query = select(Place.id, Place.name, Place.path, Place.employer_id).where(
        Place.kind == PlaceKind.SITE, or_(Place.id.in_(above), *below)
    )
    rows = db.session.execute(query.order_by(Place.name, Place.id)).all()
    may = MAY["fix.promise"]
    found = [Site(row.id, row.name, row.path, row.employer_id, may(viewer, Where(row.path))) for row in rows]
    return sorted(found, key=lambda site: (site.id != viewer.site_id, not site.leads))


def site_by_id(site_id: int) -> Where | None:
    """Where a site stands; None where there is no such site."""
    path = db.session.scalar(select(Place.path).where(Place.id == site_id, Place.kind == PlaceKind.SITE))
    return Where(path) if path is not None else None


def said_where(idea: Idea) -> Where:
    """Where an idea was said: its site, else its employer, else the organisation."""
    top = select(Place.id).where(Place.kind == PlaceKind.ORGANISATION).scalar_subquery()
    here = func.coalesce(idea.site_id, idea.employer_id, top)
    path = db.session.scalars(select(Place.path).where(Place.id == here)).one()
    owed = db.session.scalars(select(Assignment.person_id).where(Assignment.idea_id == idea.id, *FIRST_REPLY_OWED))
    return Where(path, idea.site_id is not None, frozenset(owed))


def concerns(viewer: Viewer, sites: Sequence[Site]) -> ColumnElement[bool]:
    """The condition on `Idea` for what was said about these sites or below a node the viewer answers for, or is owed
    a first reply by them.
    """
    here = Idea.site_id.in_([site.id for site in sites])
    mine = select(Assignment.idea_id).where(Assignment.person_id == viewer.id, *FIRST_REPLY_OWED)
    return or_(here, Idea.id.in_(mine), said_within(viewer, viewer.scope(Role.EXECUTIVE, Role.PROGRAMME)))
