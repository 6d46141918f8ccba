"""A rotation of Leeds Billing for tests: its people, and who has the turn."""

from datetime import datetime, timedelta

from portal.db import db, writing
from portal.frontline import representatives
from portal.frontline.representative_models import Rotation, Turn
from portal.frontline.representative_queries import turn_of
from portal.people.models import Person
from tests.factories import NOON, Cast
from tests.ideas.making import viewer

TODAY = NOON.date()


def begin(cast: Cast, place: str = "Leeds/Billing", *, weeks: int = 2, now: datetime = NOON) -> int:
    """A rotation that begins today; its number."""
    with writing():
        made = representatives.start_rotation(viewer(cast.mia), cast.places[place], weeks, now.date(), now=now)
        return made.id


def speaking(rotation: int, now: datetime = NOON) -> Turn:
    """The turn of the day."""
    found = turn_of(db.session.get_one(Rotation, rotation).place_id, now.date())
    assert found is not None
    return found


def colleagues(cast: Cast, place: str = "Leeds/Billing") -> set[int]:
    """Everybody who works there in a team."""
    return set(db.session.scalars(db.select(Person.id).where(Person.team_id == cast.places[place])))


def weeks_later(weeks: int) -> datetime:
    """A moment so much later."""
    return NOON + timedelta(weeks=weeks)
