"""Making a partner's figures public, and taking that back."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.home.policy import MAY
from portal.home.programme_models import EmployerFigures
from portal.people import service as people
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer


def publish(viewer: Viewer, employer_id: int, *, now: datetime) -> EmployerFigures:
    """From now on everybody sees a partner's figures.

    Raises Invalid `unknown_employer`, Refused, Conflict `published_already`.
    """
    partner = _partner(viewer, employer_id)
    made = EmployerFigures(employer_id=partner.id, published_at=now, published_by_id=viewer.id)
    try:
        # A savepoint: on PostgreSQL a refused INSERT would otherwise end the whole transaction.
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        raise Conflict("published_already", "These figures are public already.") from error
    people.audit("figures.published", f"place:{partner.id}", {"employer": partner.name}, actor_id=viewer.id, now=now)
    db.session.flush()
    return made


def withdraw(viewer: Viewer, employer_id: int, *, now: datetime) -> None:
    """A partner's figures are for its own people and programme again.

    Raises Invalid `unknown_employer`, Refused, Conflict `not_published`.
    """
    partner = _partner(viewer, employer_id)
    public = EmployerFigures.employer_id == partner.id, EmployerFigures.withdrawn_at.is_(None)
    ended = update(EmployerFigures).where(*public).values(withdrawn_at=now, withdrawn_by_id=viewer.id)
    if not db.session.execute(ended).rowcount:  # type: ignore[attr-defined]
        raise Conflict("not_published", "These figures are not public.")
    people.audit("figures.withdrawn", f"place:{partner.id}", {"employer": partner.name}, actor_id=viewer.id, now=now)
    db.session.flush()


def _partner(viewer: Viewer, employer_id: int) -> Place:
    found = db.session.scalar(select(Place).where(Place.id == employer_id, Place.kind == PlaceKind.PARTNER))
    if found is None:
        raise Invalid("unknown_employer", "There is no such partner.", {"employer": "There is no such partner."})
    demand(MAY, "programme.publish", viewer, found)
    return found
