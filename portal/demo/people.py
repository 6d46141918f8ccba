"""The people of the demo: the cast that the stories mention, and colleagues drawn for the rest of the headcount."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from portal.demo import content
from portal.people import queries, service
from portal.people.models import Origin, Place
from portal.people.models import Person as PersonRow
from portal.people.roles import PlaceKind, Role
from portal.people.viewer import Viewer


@dataclass
class Crowd:
    """Keys of the stories → places and viewers; `teams` holds everybody of a team who may vote."""

    places: dict[str, Place] = field(default_factory=dict)
    cast: dict[str, Viewer] = field(default_factory=dict)
    teams: dict[str, list[Viewer]] = field(default_factory=dict)

    def somebody_of(self, team: str, rng: random.Random) -> Viewer:
        """Anybody of a team."""
        return rng.choice(self.teams[team])


def make_crowd(rng: random.Random, *, now: datetime) -> Crowd:
    """Create the tree, the cast with their roles, and as many colleagues as each team has."""
    crowd = Crowd()
    _make_places(crowd)
    people = [_make_cast_member(person, crowd, now) for person in content.CAST]
    used = {person.name for person in people}
    leaders = {
        row.place_id: row.id for row, person in zip(people, content.CAST, strict=True) if "team_leader" in person.roles
    }
    for team in content.TEAMS:
        here = crowd.places[team.key]
        missing = team.headcount - sum(row.place_id == here.id for row in people)
        for _ in range(missing):
            people.append(_make_colleague(here, _new_name(team.site, used, rng), leaders.get(here.id), now))
    _remember(crowd, people)
    return crowd


def _make_places(crowd: Crowd) -> None:
    key, name = content.ORGANISATION
    top = crowd.places[key] = service.add_place(PlaceKind.ORGANISATION, name, timezone="Europe/London")
    for partner in content.PARTNERS:
        crowd.places[partner.key] = service.add_place(PlaceKind.PARTNER, partner.name, top)
    for site in content.SITES:
        above = crowd.places[site.employer]
        crowd.places[site.key] = service.add_place(PlaceKind.SITE, site.name, above, timezone=site.timezone)
    for team in content.TEAMS:
        crowd.places[team.key] = service.add_place(PlaceKind.TEAM, team.name, crowd.places[team.site])


def _make_cast_member(person: content.Person, crowd: Crowd, now: datetime) -> PersonRow:
    place = crowd.places[person.place]
    row = service.add_person(
        person.name, place, origin=Origin.DEMO, now=now, job_title=person.job_title, staff_number=f"demo-{person.key}"
    )
    for role in person.roles:
        service.grant(row, Role(role), place, by_id=None, now=now)
    return row


def _make_colleague(team: Place, name: str, leader_id: int | None, now: datetime) -> PersonRow:
    number = f"demo-{name.casefold().replace(' ', '-')}"
    row = service.add_person(name, team, origin=Origin.DEMO, now=now, job_title="Adviser", staff_number=number)
    row.manager_id = leader_id
    service.grant(row, Role.FRONTLINE, team, by_id=None, now=now)
    return row


def _new_name(site: str, used: set[str], rng: random.Random) -> str:
    pools = dict(content.NAMES)[site]
    weights = [pool.share for pool in pools]
    while True:
        pool = rng.choices(pools, weights)[0]
        name = f"{rng.choice(pool.first)} {rng.choice(pool.last)}"
        if name not in used:
            used.add(name)
            return name


def _remember(crowd: Crowd, people: list[PersonRow]) -> None:
    by_place = {place.id: key for key, place in crowd.places.items()}
    for row in people:
        viewer = queries.viewer_of(row.id)
        assert viewer is not None
        if viewer.team_id is not None and Role.FRONTLINE in viewer.roles:
            crowd.teams.setdefault(by_place[viewer.team_id], []).append(viewer)
    for row, person in zip(people, content.CAST, strict=False):
        viewer = queries.viewer_of(row.id)
        assert viewer is not None
        crowd.cast[person.key] = viewer
