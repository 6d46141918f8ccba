"""What the board says to everybody alike: worked out once a minute by the worker, read as one row.

While there is no row (no worker has run yet) it is worked out for the page that asks: a read never writes.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from portal.db import db, upsert
from portal.home import proof
from portal.home.models import BoardFacts
from portal.home.proof import Killed
from portal.ideas.words import Audience
from portal.people import queries as people
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind

Size = tuple[int, int]  # teams, sites
READ = select(BoardFacts.facts).where(BoardFacts.id == 1)


@dataclass(frozen=True)
class Sizes:
    """How many teams and sites with active people there are: everywhere, of each employer, on each site."""

    everywhere: Size = (0, 0)
    employers: dict[int, Size] = field(default_factory=dict)
    sites: dict[int, Size] = field(default_factory=dict)

    def of(self, audience: Audience, employer_id: int | None, site_id: int | None) -> Size:
        """Teams and sites that may read an idea, as `promoting.audience_size` counts them."""
        if audience is Audience.ORGANISATION:
            return self.everywhere
        if audience is Audience.EMPLOYER:
            return self.employers.get(employer_id or 0, (0, 0))
        return self.sites.get(site_id or 0, (0, 0))


@dataclass(frozen=True)
class Facts:
    """sites: (id, name) by name. strip: (value, what it is). killed: the latest stupid rules done away with."""

    at: datetime
    organisation: str
    people: int
    sites: list[tuple[int, str]]
    strip: list[tuple[str, str]]
    killed: list[Killed]
    sizes: Sizes


def read(*, now: datetime) -> Facts:
    """The facts as the worker left them, else as they are now."""
    return from_row(db.session.connection().execute(READ).scalar(), now=now)


def from_row(text: str | None, *, now: datetime) -> Facts:
    """The facts in a row's text; without a row, as they are now."""
    return _parsed(text) if text else collect(now=now)


def refresh(*, now: datetime) -> None:
    """Write the row. Twice gives the same."""
    upsert(BoardFacts, {"id": 1, "at": now, "facts": _told(collect(now=now))}, key=("id",), update=("at", "facts"))


def collect(*, now: datetime) -> Facts:
    """The facts as they are now; costs as much as there are promises."""
    top = people.organisation()
    here = Person.deactivated_at.is_(None)
    return Facts(
        at=now,
        organisation=top.name if top else "",
        people=db.session.scalar(select(func.count()).select_from(Person).where(here)) or 0,
        sites=[(site.id, site.name) for site in people.sites()],
        strip=proof.strip(now=now),
        killed=proof.latest_killed(),
        sizes=_sizes(),
    )


def _sizes() -> Sizes:
    somebody = select(Person.id).where(Person.team_id == Place.id, Person.deactivated_at.is_(None)).exists()
    rows = db.session.execute(
        select(Place.employer_id, Place.site_id, func.count().label("teams"))
        .where(Place.kind == PlaceKind.TEAM, somebody)
        .group_by(Place.employer_id, Place.site_id)
    ).all()
    employers: dict[int, Size] = {}
    for row in rows:
        teams, sites = employers.get(row.employer_id, (0, 0))
        employers[row.employer_id] = (teams + row.teams, sites + 1)
    everywhere = (sum(row.teams for row in rows), len({row.site_id for row in rows}))
    return Sizes(everywhere, employers, {row.site_id: (row.teams, 1) for row in rows})


def _told(facts: Facts) -> str:
    said: dict[str, Any] = {
        "at": facts.at.isoformat(),
        "organisation": facts.organisation,
        "people": facts.people,
        "sites": facts.sites,
        "strip": facts.strip,
        "gone": [[*one[:-1], one.at.isoformat()] for one in facts.killed],
        "everywhere": facts.sizes.everywhere,
        "employers": list(facts.sizes.employers.items()),
        "sizes": list(facts.sizes.sites.items()),
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


@lru_cache(4)  # the same text for a minute
def _parsed(text: str) -> Facts:
    said = json.loads(text)
    return Facts(
        at=datetime.fromisoformat(said["at"]),
        organisation=said["organisation"],
        people=said["people"],
        sites=[(number, name) for number, name in said["sites"]],
        strip=[(value, what) for value, what in said["strip"]],
        # Not there in a row that an earlier version has left.
        killed=[_killed(one) for one in said.get("gone", ())],
        sizes=Sizes(
            tuple(said["everywhere"]),
            {number: (teams, sites) for number, (teams, sites) in said["employers"]},
            {number: (teams, sites) for number, (teams, sites) in said["sizes"]},
        ),
    )


def _killed(told: list[Any]) -> Killed:
    return Killed._make([*told[:-1], datetime.fromisoformat(told[-1]).astimezone(UTC)])
