"""The tree and the people of a generated firm, numbered from one, in memory before they are rows."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.demo.bulk_size import Size
from portal.demo.names import NAMES
from portal.ideas.rules import origin_label
from portal.ideas.words import Audience, Names
from portal.people.roles import GROUP_MIN, PlaceKind, Role

TEAM_SIZE = 12
TEAMS_A_SITE = 35
ORGANISATION = "Larkfield Home Services"
PARTNERS = ("Copperline Contact", "Fernbridge", "Oakline Services", "Saltmarsh Care", "Bluegate", "Harrow and Lane")
TOWNS = (
    ("Leeds", "Europe/London"), ("Cebu", "Asia/Manila"), ("Durban", "Africa/Johannesburg"), ("Cork", "Europe/Dublin"),
    ("Gdansk", "Europe/Warsaw"), ("Pune", "Asia/Kolkata"), ("Halifax", "America/Halifax"), ("Porto", "Europe/Lisbon"),
    ("Accra", "Africa/Accra"), ("Leipzig", "Europe/Berlin"), ("Swansea", "Europe/London"), ("Iloilo", "Asia/Manila"),
    ("Tampa", "America/New_York"), ("Sofia", "Europe/Sofia"), ("Dundee", "Europe/London"),
)  # fmt: skip
QUARTERS = ("", " Quayside", " North", " Station", " Park", " Old Mill", " East", " Bridge")
SKILLS = ("Billing", "Moves", "Repairs", "Orders", "Complaints", "Retentions", "Chat", "Welcome desk", "Email",
          "Night desk", "Appointments", "Collections")  # fmt: skip


@dataclass(frozen=True)
class Node:
    """A place as its row will be."""

    id: int
    kind: PlaceKind
    name: str
    parent_id: int | None
    path: str
    employer_id: int
    site_id: int | None
    timezone: str


@dataclass
class World:
    """Places and people by number; lists of people have a place 0 that nobody holds.

    team, site, employer: of each person (0: none). voters: everybody in a team, and the same by site and by employer,
    the busy ones several times, so that a blind draw meets them as often as a portal does.
    """

    nodes: list[Node] = field(default_factory=list)
    name: list[str] = field(default_factory=lambda: [""])
    title: list[str] = field(default_factory=lambda: [""])
    place: list[int] = field(default_factory=lambda: [0])
    manager: list[int] = field(default_factory=lambda: [0])
    team: list[int] = field(default_factory=lambda: [0])
    site: list[int] = field(default_factory=lambda: [0])
    employer: list[int] = field(default_factory=lambda: [0])
    grants: list[tuple[int, Role, int]] = field(default_factory=list)  # person, role, place
    voters: list[int] = field(default_factory=list)
    voters_of_site: dict[int, list[int]] = field(default_factory=dict)
    voters_of_employer: dict[int, list[int]] = field(default_factory=dict)
    answering: dict[int, list[int]] = field(default_factory=dict)  # place → executives
    owning: dict[int, list[int]] = field(default_factory=dict)  # place → who can keep a promise
    sizes: dict[int, dict[int | None, int]] = field(default_factory=dict)  # employer → site → people
    audience: dict[tuple[Audience, int], tuple[int, int]] = field(default_factory=dict)  # → teams, sites
    programme: list[int] = field(default_factory=list)

    @property
    def sites(self) -> list[Node]:
        """Every site."""
        return [node for node in self.nodes if node.kind is PlaceKind.SITE]

    def node(self, place_id: int) -> Node:
        """The place with this number."""
        return self.nodes[place_id - 1]

    def label(self, person: int) -> str:
        """How somebody without a shown name reads."""
        site, employer = self.site[person] or None, self.node(self.employer[person])
        name, partner = self.node(site).name if site else "", employer.kind is PlaceKind.PARTNER
        sizes = self.sizes[employer.id]
        return origin_label(sizes, site_id=site, site=name, employer=employer.name, is_partner=partner)

    def origin(self, person: int, names: Names, audience: Audience) -> tuple[int | None, int | None, int | None]:
        """(employer, site, team) as they may be kept with words: what `ideas.origin` says, for a known size."""
        employer, site = self.employer[person], self.site[person] or None
        sizes = self.sizes[employer]
        shown, none = names is Names.SHOWN, names is Names.NONE
        named_site = shown or audience is Audience.SITE or sizes.get(site, 0) >= GROUP_MIN
        named_employer = not none or audience is not Audience.ORGANISATION or sum(sizes.values()) >= GROUP_MIN
        team = None if none else self.team[person] or None
        return employer if named_employer else None, site if named_site else None, team


def make_world(size: Size) -> World:
    """A tree and people for this size; the same for the same seed."""
    world, rng = World(), random.Random(f"{size.seed}:world")
    top = _node(world, PlaceKind.ORGANISATION, ORGANISATION, None, "Europe/London")
    bosses, owners = max(1, min(8, size.people // 2500)), max(1, min(150, size.people // 120))
    admins, programme = 1 + min(4, size.people // 5000), 1 + min(8, size.people // 2500)
    office = bosses + owners + admins + programme
    teams = max(2, round((size.people - office - size.people / 420) / (TEAM_SIZE + 1)))
    sites = max(2, min(60, round(teams / TEAMS_A_SITE)))
    _make_places(world, top, teams, sites)
    for _ in range(bosses):
        _person(world, rng, top, "Director", Role.EXECUTIVE, manager=1)
    for _ in range(admins):
        _person(world, rng, top, "Systems administrator", Role.ADMINISTRATOR, manager=1)
    for _ in range(programme):
        world.programme.append(_person(world, rng, top, "Frontline programme", Role.PROGRAMME, manager=1))
    places = world.sites
    heads = {site.id: _person(world, rng, site, "Site director", Role.EXECUTIVE, manager=1) for site in places}
    for number in range(owners):
        here = top if number % 3 == 0 else places[number % len(places)]
        _person(world, rng, here, "Head of service", Role.OWNER, manager=heads.get(here.id, 1))
    _make_teams(world, rng, size.people, heads)
    _remember(world, rng)
    return world


def _make_places(world: World, top: Node, teams: int, sites: int) -> None:
    partners = [_node(world, PlaceKind.PARTNER, name, top, top.timezone) for name in PARTNERS[: min(6, sites // 2)]]
    made = []
    for number in range(sites):
        town, zone = TOWNS[number % len(TOWNS)]
        above = partners[number // 2 % len(partners)] if number % 2 else top
        made.append(_node(world, PlaceKind.SITE, town + QUARTERS[number // len(TOWNS)], above, zone))
    for number in range(teams):
        within = number // sites
        name = f"{SKILLS[within % len(SKILLS)]} {within // len(SKILLS) + 1}"
        _node(world, PlaceKind.TEAM, name, made[number % sites], "")


def _node(world: World, kind: PlaceKind, name: str, above: Node | None, zone: str) -> Node:
    number = len(world.nodes) + 1
    employs = kind in (PlaceKind.ORGANISATION, PlaceKind.PARTNER)
    node = Node(
        number, kind, name, above.id if above else None, f"{above.path if above else '/'}{number}/",
        number if employs or above is None else above.employer_id,
        number if kind is PlaceKind.SITE else above.site_id if above else None,
        zone or (above.timezone if above else "UTC"),
    )  # fmt: skip
    world.nodes.append(node)
    return node


def _make_teams(world: World, rng: random.Random, people: int, heads: dict[int, int]) -> None:
    """A leader for each team, then everybody else in turn, so that no team is empty."""
    teams = [node for node in world.nodes if node.kind is PlaceKind.TEAM]
    leaders = {
        team.id: _person(world, rng, team, "Team leader", Role.TEAM_LEADER, manager=heads[team.site_id or 0])
        for team in teams
    }
    for number in range(people - len(world.name) + 1):
        team = teams[number % len(teams)]
        _person(world, rng, team, "Adviser", Role.FRONTLINE, manager=leaders[team.id])


def _person(world: World, rng: random.Random, place: Node, title: str, role: Role, *, manager: int) -> int:
    number = len(world.name)
    pools = NAMES[(place.site_id or 0) % len(NAMES)][1]
    pool = rng.choices(pools, [one.share for one in pools])[0]
    world.name.append(f"{rng.choice(pool.first)} {rng.choice(pool.last)}")
    world.title.append(title)
    world.place.append(place.id)
    world.manager.append(manager if manager != number else 0)
    world.team.append(place.id if place.kind is PlaceKind.TEAM else 0)
    world.site.append(place.site_id or 0)
    world.employer.append(place.employer_id)
    world.grants.append((number, role, place.id))
    return number


def _remember(world: World, rng: random.Random) -> None:
    for person, role, place in world.grants:
        if role is Role.EXECUTIVE:
            world.answering.setdefault(place, []).append(person)
        if role is Role.OWNER:
            world.owning.setdefault(place, []).append(person)
        if role is Role.TEAM_LEADER:
            world.owning.setdefault(world.site[person], []).append(person)
        sizes = world.sizes.setdefault(world.employer[person], {})
        sizes[world.site[person] or None] = sizes.get(world.site[person] or None, 0) + 1
        if world.team[person]:
            _remember_voter(world, person, min(12, int(rng.paretovariate(1.2))))
    for audience, place, teams in _audiences(world):
        world.audience[audience, place] = (len(teams), len({team.site_id for team in teams}))


def _remember_voter(world: World, person: int, busy: int) -> None:
    for deck in (
        world.voters,
        world.voters_of_site.setdefault(world.site[person], []),
        world.voters_of_employer.setdefault(world.employer[person], []),
    ):
        deck.extend([person] * busy)


def _audiences(world: World) -> Iterator[tuple[Audience, int, list[Node]]]:
    manned = [node for node in world.nodes if node.kind is PlaceKind.TEAM]  # each has at least its leader
    yield Audience.ORGANISATION, 0, manned
    for node in world.nodes:
        if node.kind in (PlaceKind.ORGANISATION, PlaceKind.PARTNER):
            yield Audience.EMPLOYER, node.id, [team for team in manned if team.employer_id == node.id]
        if node.kind is PlaceKind.SITE:
            yield Audience.SITE, node.id, [team for team in manned if team.site_id == node.id]
