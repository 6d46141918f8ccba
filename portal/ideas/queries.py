"""Reading ideas, always through the viewer: what somebody may not see does not exist for them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.words import Audience, Stage
from portal.people.models import Place
from portal.people.roles import Role
from portal.people.viewer import Viewer

SEES_ALL = (Role.EXECUTIVE, Role.PROGRAMME, Role.ADMINISTRATOR)


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Idea` for everything that the viewer may read: lists, counts, search and single pages alike.

    organisation: everybody. employer: the same employer. site: the same site. Executives, programme and
    administrators also see what was said below the node of their role; owners see what they were given elsewhere.
    Hidden by moderation: only those who moderate. Withdrawn: only the author.
    """
    open_to_viewer = or_(
        Idea.audience == Audience.ORGANISATION,
        and_(Idea.audience == Audience.EMPLOYER, Idea.employer_id == viewer.employer_id),
        and_(Idea.audience == Audience.SITE, Idea.site_id == viewer.site_id) if viewer.site_id else false(),
        Idea.author_id == viewer.id,
        *(_said_below(path) for path in viewer.scope(*SEES_ALL)),
    )
    moderates = viewer.holds(Role.PROGRAMME, Role.ADMINISTRATOR)
    shown = true() if moderates else or_(Idea.hidden_at.is_(None), Idea.author_id == viewer.id)
    standing = or_(Idea.stage != Stage.WITHDRAWN, Idea.author_id == viewer.id)
    return and_(open_to_viewer, shown, standing)


def _said_below(path: str) -> ColumnElement[bool]:
    below = select(Place.id).where(Place.path.startswith(path, autoescape=True))
    return or_(Idea.site_id.in_(below), and_(Idea.site_id.is_(None), Idea.employer_id.in_(below)))


def ideas_for(viewer: Viewer) -> Select[Any]:
    """Ideas that the viewer may read."""
    return select(Idea).where(visible_to(viewer))


def idea_for(viewer: Viewer, number: int) -> Idea:
    """The idea with this number, as far as the viewer may read it; raises Missing otherwise."""
    found = db.session.scalar(ideas_for(viewer).where(Idea.id == number))
    if found is None:
        raise Missing("idea")
    return found
