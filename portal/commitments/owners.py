"""Who can be given a promise: active people who hold a role in which they can keep one."""

from collections.abc import Iterable

from sqlalchemy import Select, or_, select

from portal.people.models import Grant, Person, Place
from portal.people.roles import Role

CAN_OWN = (Role.OWNER, Role.EXECUTIVE, Role.TEAM_LEADER)
EVERYWHERE = ("/",)


def owners_below(paths: Iterable[str], *, only: int | None = None) -> Select[int, str, str]:
    """(id, name, job title) of everybody below one of the nodes who can be given a promise, by name; or of one."""
    held = select(Grant.person_id).where(Grant.role.in_(CAN_OWN), Grant.revoked_at.is_(None))
    below = or_(*(Place.path.startswith(path, autoescape=True) for path in paths))
    query = (
        select(Person.id, Person.name, Person.job_title)
        .join(Place, Place.id == Person.place_id)
        .where(Person.deactivated_at.is_(None), Person.id.in_(held), below)
        .order_by(Person.name, Person.id)
    )
    return query if only is None else query.where(Person.id == only)
