"""Where an idea was said, so that a role held on part of the tree reaches what was said there; and when days begin."""

from sqlalchemy import ColumnElement, false, func, or_, select, true

from portal.db import db
from portal.ideas.models import Idea
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.swarm.models import Promotion


def said_within(viewer: Viewer, paths: tuple[str, ...]) -> ColumnElement[bool]:
    """The condition on `Idea` for what was said below one of the nodes; the top of the tree covers everything."""
    if f"/{viewer.organisation_id}/" in paths:
        return true()
    below = or_(false(), *(Place.path.startswith(path, autoescape=True) for path in paths))
    return func.coalesce(Idea.site_id, Idea.employer_id).in_(select(Place.id).where(below))


def said_at(idea_id: int) -> str:
    """The path of the node at which an idea was said: its site, else its employer, else the organisation."""
    top = select(Place.id).where(Place.kind == PlaceKind.ORGANISATION).scalar_subquery()
    query = select(Place.path).join(Idea, Place.id == func.coalesce(Idea.site_id, Idea.employer_id, top))
    return db.session.scalars(query.where(Idea.id == idea_id)).one()


def was_promoted(idea_id: int) -> bool:
    """True if the idea ever was with the executives; what somebody promised of themselves need not have been."""
    return db.session.scalar(select(Promotion.id).where(Promotion.idea_id == idea_id)) is not None


def organisation_zone() -> str:
    """The organisation's time zone, in which promised days begin and end."""
    return db.session.scalar(select(Place.timezone).where(Place.kind == PlaceKind.ORGANISATION)) or "UTC"
