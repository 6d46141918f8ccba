"""What representatives say about an idea, as columns beside what everybody else says about it: see `voices`."""

from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from portal.frontline.representative_models import Carried, RepresentativeVoice, Rotation, Turn
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind

SPOKEN_READ = 10


def spoken(number: int) -> tuple[Any, Any, Select]:
    """(words, who, the query to narrow by columns) of the voices on an idea that stand, the oldest first."""
    standing = RepresentativeVoice.idea_id == number, RepresentativeVoice.withdrawn_at.is_(None)
    place, above = aliased(Place), aliased(Place)
    query = (
        select()
        .select_from(RepresentativeVoice)
        .join(Turn, Turn.id == RepresentativeVoice.turn_id)
        .join(Person, Person.id == RepresentativeVoice.person_id)
    )
    query = _with_place(query, place, above).where(*standing)
    order = RepresentativeVoice.at, RepresentativeVoice.id
    return RepresentativeVoice, _who(place, above), query.order_by(*order).limit(SPOKEN_READ)


def carried(number: int) -> tuple[Any, Any, Select]:
    """The same of whoever put the idea before the executives outside the quorum."""
    place, above = aliased(Place), aliased(Place)
    query = (
        select().select_from(Carried).join(Turn, Turn.id == Carried.turn_id).join(Person, Person.id == Carried.by_id)
    )
    return Carried, _who(place, above), _with_place(query, place, above).where(Carried.idea_id == number)


def _with_place(query: Select, place: Any, above: Any) -> Select:
    query = query.join(Rotation, Rotation.id == Turn.rotation_id).join(place, place.id == Rotation.place_id)
    return query.outerjoin(above, above.id == place.parent_id)


def _who(place: Any, above: Any) -> Any:
    """ "Joyce Mbeki, for Billing, Leeds"."""
    site = case((place.kind == PlaceKind.TEAM, func.coalesce(", " + above.name, "")), else_="")
    return Person.name + ", for " + place.name + site
