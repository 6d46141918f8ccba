"""Who is told about something at a place of the organisation."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.db import db
from portal.people.models import Grant, Origin, Person
from portal.people.roles import Role


def holders(role: Role, path: str) -> Sequence[int]:
    """The active people who hold a role at a node (by its path) or above it."""
    nodes = [int(part) for part in path.split("/") if part]
    held = Grant.role == role, Grant.revoked_at.is_(None), Grant.place_id.in_(nodes)
    query = select(Grant.person_id).join(Person, Person.id == Grant.person_id)
    return db.session.scalars(
        query.where(*held, Person.deactivated_at.is_(None)).distinct().order_by(Grant.person_id)
    ).all()


def reachable(person_id: int) -> Person | None:
    """The person, if a mail can reach them; nobody of a demonstration gets any."""
    person = db.session.get(Person, person_id)
    if person is None or not person.active or not person.email or person.origin is Origin.DEMO:
        return None
    return person
