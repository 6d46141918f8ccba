"""Who answers to whom. Escalation walks up these lines, so they must end."""

from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.errors import Conflict
from portal.people import service
from portal.people.models import Person


def set_manager(person: Person, manager: Person | None, *, by_id: int | None, now: datetime) -> None:
    """Name the manager of a person, or nobody. Raises Conflict `manager_cycle`."""
    service.lock_tree()
    if manager is not None and person.id in line_above(manager.id):
        raise Conflict("manager_cycle", f"{manager.name} answers to {person.name}, directly or further down.")
    person.manager_id = manager.id if manager else None
    facts = {"manager": person.manager_id}
    service.audit("manager.set", f"person:{person.id}", facts, actor_id=by_id, now=now)
    db.session.flush()


def line_above(person_id: int) -> list[int]:
    """The person, their manager, and so on to the top; it ends where it would begin again."""
    line: list[int] = []
    above: int | None = person_id
    while above is not None and above not in line:
        line.append(above)
        above = db.session.scalar(select(Person.manager_id).where(Person.id == above))
    return line
