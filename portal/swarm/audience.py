"""How many teams and sites may read an idea: counted for a promotion, kept roughly to spare most votes the counting."""

import json
import math
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select

from portal.db import db
from portal.ideas.words import Audience
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind

Size = tuple[int, int]  # teams, sites
SHRINKS = 0.2  # by no more than this does an audience become smaller before the kept sizes are counted again


@dataclass(frozen=True)
class Sizes:
    """How many teams and sites with active people there are: everywhere, of each employer, on each site."""

    everywhere: Size = (0, 0)
    employers: dict[int, Size] = field(default_factory=dict)
    sites: dict[int, Size] = field(default_factory=dict)

    def of(self, audience: Audience, employer_id: int | None, site_id: int | None) -> Size:
        """Teams and sites that may read an idea, as `audience_size` counts them."""
        if audience is Audience.ORGANISATION:
            return self.everywhere
        if audience is Audience.EMPLOYER:
            return self.employers.get(employer_id or 0, (0, 0))
        return self.sites.get(site_id or 0, (0, 0))

    def text(self) -> str:
        """As JSON, for `from_text`."""
        said = [self.everywhere, list(self.employers.items()), list(self.sites.items())]
        return json.dumps(said, separators=(",", ":"))


@lru_cache(4)  # the same text for minutes
def from_text(text: str) -> Sizes:
    """The sizes that `Sizes.text` told."""
    everywhere, employers, sites = json.loads(text)
    return Sizes(
        (everywhere[0], everywhere[1]),
        {number: (teams, places) for number, (teams, places) in employers},
        {number: (teams, places) for number, (teams, places) in sites},
    )


def smallest(text: str, idea: Any) -> Size:
    """The least that `audience_size` could be now, by sizes kept some minutes ago; with no text, nothing.

    An idea that would not pass the quorum in this audience need not have its audience counted. idea: as there.
    """
    if not text:
        return 0, 0
    teams, sites = from_text(text).of(idea.audience, idea.employer_id, idea.site_id)
    return math.floor(teams * (1 - SHRINKS)), math.floor(sites * (1 - SHRINKS))


def all_sizes() -> Sizes:
    """The sizes of every audience: one query."""
    rows = db.session.execute(_teams()).all()
    employers: dict[int, Size] = {}
    for row in rows:
        teams, sites = employers.get(row.employer_id, (0, 0))
        employers[row.employer_id] = (teams + row.teams, sites + 1)
    everywhere = (sum(row.teams for row in rows), len({row.site_id for row in rows}))
    return Sizes(everywhere, employers, {row.site_id: (row.teams, 1) for row in rows})


@cache
def _teams() -> Select:
    return (
        select(Place.employer_id, Place.site_id, func.count().label("teams"))
        .where(Place.kind == PlaceKind.TEAM, _somebody())
        .group_by(Place.employer_id, Place.site_id)
    )


def audience_size(idea: Any) -> Size:
    """How many teams and sites with active people may read the idea, counted now.

    idea: an `Idea`, or a row with its `audience`, `employer_id` and `site_id`.
    """
    whom = {Audience.EMPLOYER: {"employer": idea.employer_id}, Audience.SITE: {"site": idea.site_id}}
    row = db.session.connection().execute(_readers(idea.audience), whom.get(idea.audience, {})).one()
    return row[0], row[1]


@cache
def _readers(audience: Audience) -> Select[int, int]:
    """Built once, as in `vote_rows`: see there."""
    inside = [Place.kind == PlaceKind.TEAM, _somebody()]
    if audience is Audience.EMPLOYER:
        inside.append(Place.employer_id == bindparam("employer", type_=Integer))
    if audience is Audience.SITE:
        inside.append(Place.site_id == bindparam("site", type_=Integer))
    return select(func.count(), func.count(Place.site_id.distinct())).where(*inside)


def _somebody() -> Any:
    return select(Person.id).where(Person.team_id == Place.id, Person.deactivated_at.is_(None)).exists()
