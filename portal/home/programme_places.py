"""The groups whose figures are told apart: employers, their sites, and where those who answer stand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.db import db
from portal.home.programme_rules import NOWHERE, TOP, Place
from portal.home.programme_words import SILENT_DAYS
from portal.people.calendars import calendars_of
from portal.people.models import Person
from portal.people.models import Place as Node
from portal.people.roles import PlaceKind
from portal.people.working_time import WorkingCalendar

LOOKED_BACK = timedelta(days=90)  # further than any run of days off
PRECISELY = timedelta(minutes=1)


@dataclass(frozen=True)
class Tree:
    """tree: everybody, employers and sites. departments: every node at which somebody may stand. zone: of the top.

    employers: site → employer.
    """

    tree: tuple[Place, ...]
    departments: tuple[Place, ...]
    employers: dict[int, int]
    zone: str

    def keys_of(self, site_id: int | None, employer_id: int | None) -> tuple[str, str]:
        """The keys of the site and of the employer that an idea or a person counts for."""
        if site_id is not None:
            return str(site_id), f"e{self.employers.get(site_id, employer_id)}"
        return (NOWHERE, NOWHERE) if employer_id is None else (f"at{employer_id}", f"e{employer_id}")


def read_tree() -> Tree:
    """The tree as it stands, with how many people work in each part. Two queries."""
    nodes = {node.id: node for node in db.session.execute(_nodes())}
    here: Counter[int] = Counter()
    for place_id, count in db.session.execute(_people_at()):
        here[place_id] = count
    employers = [node for node in nodes.values() if node.kind in (PlaceKind.ORGANISATION, PlaceKind.PARTNER)]
    sites = [node for node in nodes.values() if node.kind is PlaceKind.SITE]
    at_site, at_none = _people_of(nodes, here)
    tree = [Place(TOP, None, "Everybody", sum(here.values()), None)]
    for one in employers:
        people = at_none[one.id] + sum(at_site[site.id] for site in sites if site.employer_id == one.id)
        partner = one.kind is PlaceKind.PARTNER
        tree.append(Place(f"e{one.id}", TOP, one.name, people, one.id, partner))
        tree.append(Place(f"at{one.id}", f"e{one.id}", f"{one.name}, at no site", at_none[one.id], one.id, partner))
    for site in sites:
        partner = nodes[site.employer_id].kind is PlaceKind.PARTNER
        tree.append(Place(str(site.id), f"e{site.employer_id}", site.name, at_site[site.id], site.employer_id, partner))
    tree.append(Place(NOWHERE, TOP, "Not said", None, None))
    top = next((node for node in employers if node.kind is PlaceKind.ORGANISATION), None)
    zone = (top.timezone if top else None) or "UTC"
    below = _people_below(nodes, here)
    departments = tuple(_department(node, nodes, below[node.id]) for node in nodes.values())
    return Tree(tuple(tree), departments, {site.id: site.employer_id for site in sites}, zone)


def _nodes() -> Any:
    return select(Node.id, Node.kind, Node.name, Node.parent_id, Node.employer_id, Node.site_id, Node.timezone)


def _people_at() -> Any:
    here = Person.deactivated_at.is_(None)
    return select(Person.place_id, func.count()).where(here).group_by(Person.place_id)


def _people_of(nodes: dict[int, Any], here: Counter[int]) -> tuple[Counter[int], Counter[int]]:
    """(people by site, people at no site by employer)."""
    at_site: Counter[int] = Counter()
    at_none: Counter[int] = Counter()
    for node in nodes.values():
        if node.site_id is not None:
            at_site[node.site_id] += here[node.id]
        else:
            at_none[node.employer_id] += here[node.id]
    return at_site, at_none


def _people_below(nodes: dict[int, Any], here: Counter[int]) -> Counter[int]:
    """People at each node and below it: a department is everybody for whom the one who answers stands."""
    found: Counter[int] = Counter()
    for number, count in here.items():
        at: int | None = number
        while at is not None:
            found[at] += count
            at = nodes[at].parent_id
    return found


def _department(node: Any, nodes: dict[int, Any], people: int) -> Place:
    site = nodes.get(node.site_id) if node.kind is PlaceKind.TEAM else None
    name = f"{node.name}, {site.name}" if site else node.name
    partner = nodes[node.employer_id].kind is PlaceKind.PARTNER
    return Place(str(node.id), TOP, name, people, node.employer_id, partner)


def silent_before(sites: Iterable[int], *, now: datetime) -> dict[int | None, datetime]:
    """Site (None: no site) → what was said there before this moment has waited too long by `now`."""
    calendars = calendars_of([None, *sites])
    return {site: _silent_before(calendar, now) for site, calendar in calendars.items()}


def _silent_before(calendar: WorkingCalendar, now: datetime) -> datetime:
    """The moment since which as many working days have passed as somebody may wait."""
    low, high = now - LOOKED_BACK, now
    while high - low > PRECISELY:
        middle = low + (high - low) / 2
        if calendar.days_between(middle, now) >= SILENT_DAYS:
            low = middle
        else:
            high = middle
    return low
