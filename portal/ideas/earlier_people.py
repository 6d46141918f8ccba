"""Whom and what a file of earlier ideas may name, and where its authors stand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ideas.earlier_csv import Known
from portal.ideas.models import Idea
from portal.ideas.origin import Origin, origin_at
from portal.ideas.words import Names
from portal.people.models import Person, Place
from portal.people.roles import GROUP_MIN, PlaceKind

IDS_AT_ONCE = 500


@dataclass(frozen=True)
class Author:
    """Somebody a row names: where they stand, and whether they still work here."""

    id: int
    active: bool
    origin: Origin


def known(source: str) -> Known:
    """Everything that the rows of one earlier system may speak of."""
    people: dict[str, int] = {}
    names: dict[int, tuple[str, ...]] = {}
    for row in db.session.execute(select(Person.id, Person.name, Person.email, Person.staff_number)):
        logins = [login for login in (row.email, row.staff_number) if login]
        people |= dict.fromkeys(logins, row.id)
        names[row.id] = (row.name, *logins)
    return Known(people, names, _sites(), _small_sites(), refs(source))


def refs(source: str) -> frozenset[str]:
    """References of the ideas that were brought along from one earlier system before."""
    here = Idea.source_ref.startswith(f"import:{source}:", autoescape=True)
    return frozenset(ref for ref in db.session.scalars(select(Idea.source_ref).where(here)) if ref)


def authors(person_ids: Iterable[int], *, show_names: bool) -> dict[int, Author]:
    """Person → author, with few queries however many they are."""
    wanted, names = sorted(set(person_ids)), Names.SHOWN if show_names else Names.HIDDEN
    origins: dict[tuple[int, int | None], Origin] = {}  # the team decides nothing
    found: dict[int, Author] = {}
    columns = Person.id, Person.employer_id, Person.site_id, Person.team_id, Person.deactivated_at
    for start in range(0, len(wanted), IDS_AT_ONCE):
        some = Person.id.in_(wanted[start : start + IDS_AT_ONCE])
        for row in db.session.execute(select(*columns).where(some)).all():
            place = (row.employer_id, row.site_id)
            if place not in origins:
                origins[place] = origin_at(*place, None, names)
            origin = replace(origins[place], team_id=row.team_id)
            found[row.id] = Author(row.id, row.deactivated_at is None, origin)
    return found


def _sites() -> dict[str, tuple[int, ...]]:
    employer = aliased(Place)
    query = select(Place.id, Place.name, employer.name.label("employer")).join(
        employer, employer.id == Place.employer_id
    )
    found: dict[str, tuple[int, ...]] = {}
    for row in db.session.execute(query.where(Place.kind == PlaceKind.SITE)):
        for spelling in (row.name, f"{row.employer}/{row.name}"):
            found[spelling.casefold()] = (*found.get(spelling.casefold(), ()), row.id)
    return found


def _small_sites() -> frozenset[int]:
    people = select(Person.site_id, func.count().label("people")).where(Person.deactivated_at.is_(None))
    sizes = {row.site_id: row.people for row in db.session.execute(people.group_by(Person.site_id))}
    every = db.session.scalars(select(Place.id).where(Place.kind == PlaceKind.SITE))
    return frozenset(site_id for site_id in every if sizes.get(site_id, 0) < GROUP_MIN)
