"""What the board says to everybody alike: worked out once a minute by the worker, read as one row.

While there is no row (no worker has run yet) it is worked out for the page that asks: a read never writes.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from portal.db import db, upsert
from portal.home import proof
from portal.home.models import BoardFacts
from portal.home.proof import Killed
from portal.home.tabs import full_views
from portal.people import queries as people
from portal.people.models import Person
from portal.statements import run
from portal.swarm.audience import Sizes, all_sizes
from portal.swarm.audience import from_text as sizes_from_text

FORM = 3  # of the text: changed with it
READ = select(BoardFacts.facts).where(BoardFacts.id == 1)
HERE = select(func.count()).select_from(Person).where(Person.deactivated_at.is_(None))


@dataclass(frozen=True)
class Facts:
    """sites: (id, name) by name. strip: (value, what it is). killed: the latest stupid rules done away with.

    full: the board's views with more ideas than are counted, for every viewer.
    """

    at: datetime
    organisation: str
    people: int
    sites: list[tuple[int, str]]
    strip: list[tuple[str, str]]
    killed: list[Killed]
    sizes: Sizes
    full: frozenset[str]


def read(*, now: datetime) -> Facts:
    """The facts as the worker left them, else as they are now."""
    return from_row(run(READ).scalar(), now=now)


def from_row(text: str | None, *, now: datetime) -> Facts:
    """The facts in a row's text; without a row, as they are now."""
    found = _parsed(text) if text else None
    return found or collect(now=now)


def refresh(*, now: datetime) -> None:
    """Write the row. Twice gives the same."""
    upsert(BoardFacts, {"id": 1, "at": now, "facts": _told(collect(now=now))}, key=("id",), update=("at", "facts"))


def collect(*, now: datetime) -> Facts:
    """The facts as they are now; costs as much as there are promises."""
    top = people.organisation()
    return Facts(
        at=now,
        organisation=top.name if top else "",
        people=db.session.connection().execute(HERE).scalar() or 0,
        sites=[(site.id, site.name) for site in people.sites()],
        strip=proof.strip(now=now),
        killed=proof.latest_killed(),
        sizes=all_sizes(),
        full=full_views(),
    )


def _told(facts: Facts) -> str:
    said: dict[str, Any] = {
        "form": FORM,
        "at": facts.at.isoformat(),
        "organisation": facts.organisation,
        "people": facts.people,
        "sites": facts.sites,
        "strip": facts.strip,
        "gone": [[*one[:-1], one.at.isoformat()] for one in facts.killed],
        "sizes": facts.sizes.text(),
        "full": sorted(facts.full),
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


@lru_cache(4)  # the same text for a minute
def _parsed(text: str) -> Facts | None:
    said = json.loads(text)
    if said.get("form") != FORM:  # a worker of another release wrote it
        return None
    return Facts(
        at=datetime.fromisoformat(said["at"]),
        organisation=said["organisation"],
        people=said["people"],
        sites=[(number, name) for number, name in said["sites"]],
        strip=[(value, what) for value, what in said["strip"]],
        killed=[_killed(one) for one in said["gone"]],
        sizes=sizes_from_text(said["sizes"]),
        full=frozenset(said["full"]),
    )


def _killed(told: list[Any]) -> Killed:
    return Killed._make([*told[:-1], datetime.fromisoformat(told[-1]).astimezone(UTC)])
