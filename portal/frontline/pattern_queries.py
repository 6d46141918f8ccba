"""Reading patterns of the sites that somebody looks after."""

from collections.abc import Sequence

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.errors import Missing
from portal.frontline.models import Pattern, Slot
from portal.frontline.slot_queries import managed_by
from portal.people.models import Person, Place
from portal.people.viewer import Viewer
from portal.web.paging import cut, decode_cursor

SLOTS_MAX = 366


def pattern_for(viewer: Viewer, number: int) -> Pattern:
    """The pattern, ended or not, of a site that the viewer looks after. Raises Missing."""
    query = select(Pattern).join(Place, Place.id == Pattern.site_id)
    found = db.session.scalar(query.where(Pattern.id == number, managed_by(viewer)))
    if found is None:
        raise Missing("pattern")
    return found


def pattern_with_names(viewer: Viewer, number: int) -> Row:
    """(Pattern, site, buddy, by, slots) of one pattern. Raises Missing."""
    found = db.session.execute(_with_names(viewer).where(Pattern.id == number)).one_or_none()
    if found is None:
        raise Missing("pattern")
    return found


def patterns_page(
    viewer: Viewer, *, limit: int, cursor: str | None, running: bool = False
) -> tuple[Sequence[Row], str | None]:
    """(Pattern, site, buddy, by, slots), the newest first, and the next cursor. running: without ended ones.

    Raises Invalid `bad_cursor`.
    """
    query = _with_names(viewer)
    if running:
        query = query.where(Pattern.ended_at.is_(None))
    if after := decode_cursor(cursor, int):
        query = query.where(Pattern.id < after[0])
    rows = db.session.execute(query.order_by(Pattern.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.Pattern.id,))


def slots_of(pattern_id: int) -> Sequence[Slot]:
    """Every slot that was made from a pattern, by the day it was made for."""
    query = select(Slot).where(Slot.pattern_id == pattern_id).order_by(Slot.pattern_day)
    return db.session.scalars(query.limit(SLOTS_MAX)).all()


def _with_names(viewer: Viewer) -> Select:
    buddy, by = aliased(Person), aliased(Person)
    count = select(func.count()).where(Slot.pattern_id == Pattern.id).scalar_subquery().label("slots")
    query = select(Pattern, Place.name.label("site"), buddy.name.label("buddy"), by.name.label("by"), count)
    query = query.join(Place, Place.id == Pattern.site_id).join(by, by.id == Pattern.made_by_id)
    return query.outerjoin(buddy, buddy.id == Pattern.buddy_id).where(managed_by(viewer))
