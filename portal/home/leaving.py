"""Somebody leaves: what they still owe in every capability, and who has it then."""

from datetime import datetime

from portal.commitments import handover
from portal.commitments.handover import Duty
from portal.commitments.policy import MAY
from portal.errors import Conflict
from portal.people import directory
from portal.people.models import Person
from portal.people.policy import demand
from portal.people.roles import Role
from portal.people.viewer import Viewer

HANDS_OVER = (Role.ADMINISTRATOR, Role.PROGRAMME)


def leaver(viewer: Viewer, person_id: int) -> Person:
    """The person, as far as the viewer may hand over what they owe. Raises Missing."""
    return directory.person_for(viewer, person_id, *HANDS_OVER)


def duties_of(person_id: int) -> list[Duty]:
    """Everything that somebody still owes."""
    return handover.open_duties(person_id)


def hand_over(viewer: Viewer, person_id: int, to_id: int, *, now: datetime) -> int:
    """Give all of it to somebody else; returns how much it was.

    Raises Conflict `nothing_owed`, Invalid `unknown_successor`.
    """
    demand(MAY, "commitment.hand_over", viewer)
    person = leaver(viewer, person_id)
    if not duties_of(person_id):
        raise Conflict("nothing_owed", f"{person.name} owes nothing any more.")
    return handover.hand_over(person_id, to_id, by_id=viewer.id, now=now)


def hand_over_after_leaving(person_id: int, *, by_id: int | None, now: datetime) -> int:
    """Nobody said to whom: the manager has it, else the sponsor of a promise, else programme."""
    return handover.hand_over_to_whoever_is_next(person_id, by_id=by_id, now=now)
