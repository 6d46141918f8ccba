"""Where somebody says something from, as far as it may be known: counted once, then frozen."""

from dataclasses import dataclass

from sqlalchemy import func, select

from portal.db import db
from portal.ideas.models import Idea
from portal.ideas.rules import origin_label
from portal.ideas.words import Audience, Names
from portal.people.models import Person, Place
from portal.people.roles import GROUP_MIN, PlaceKind
from portal.people.viewer import Viewer


@dataclass(frozen=True)
class Origin:
    """The label that stands instead of a name, and the places that are kept with the text."""

    label: str
    employer_id: int | None
    site_id: int | None
    team_id: int | None


def origin_of(viewer: Viewer, names: Names, audience: Audience = Audience.ORGANISATION) -> Origin:
    """The origin of something that the viewer says now. See `origin_at`."""
    return origin_at(viewer.employer_id, viewer.site_id, viewer.team_id, names, audience)


def origin_at(
    employer_id: int, site_id: int | None, team_id: int | None, names: Names,
    audience: Audience = Audience.ORGANISATION,
) -> Origin:  # fmt: skip
    """The origin of something that somebody who stands there says.

    Without a shown name a site of fewer than GROUP_MIN people is not kept as what the text is about, unless the
    audience is that site. Without any name the team is not kept, and the employer only where it is large enough.
    """
    sizes = _active_people(employer_id)
    places = {row.id: row for row in db.session.execute(
        select(Place.id, Place.name, Place.kind).where(Place.id.in_([employer_id, site_id]))
    )}  # fmt: skip
    employer = places[employer_id]
    label = origin_label(
        sizes,
        site_id=site_id,
        site=places[site_id].name if site_id else "",
        employer=employer.name,
        is_partner=employer.kind is PlaceKind.PARTNER,
    )
    named_site = names is Names.SHOWN or audience is Audience.SITE or sizes.get(site_id, 0) >= GROUP_MIN
    named_employer = (
        names is not Names.NONE or audience is not Audience.ORGANISATION or sum(sizes.values()) >= GROUP_MIN
    )
    return Origin(
        label,
        employer_id if named_employer else None,
        site_id if named_site else None,
        team_id if names is not Names.NONE else None,
    )


def path_of(idea: Idea) -> str:
    """The node of the tree that an idea belongs to: its site, its employer, else the organisation."""
    place_id = idea.site_id or idea.employer_id
    here = Place.id == place_id if place_id is not None else Place.kind == PlaceKind.ORGANISATION
    return db.session.scalars(select(Place.path).where(here)).one()


def _active_people(employer_id: int) -> dict[int | None, int]:
    """Active people of an employer by site."""
    mine = Person.employer_id == employer_id, Person.deactivated_at.is_(None)
    rows = db.session.execute(
        select(Person.site_id, func.count().label("people")).where(*mine).group_by(Person.site_id)
    )
    return {row.site_id: row.people for row in rows}
