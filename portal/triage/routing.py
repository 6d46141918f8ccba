"""Who owes an idea a first reply or an answer, and who is called when it is late. Pure.

Whom the programme has named for the site and barrier comes first, then the nearest place above and every barrier;
without a name a site's team leaders share the barriers, and an executive is the one whose node is nearest. Where there
is none, the programme; where there is no programme, an administrator: nobody is never the answer while one of them
works here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from portal.ideas.words import Audience, Barrier
from portal.people.roles import Role
from portal.triage.clock import Duty

ACTS = {
    Duty.FIRST_REPLY: (Role.TEAM_LEADER, Role.PROGRAMME, Role.EXECUTIVE),
    Duty.ANSWER: (Role.EXECUTIVE,),
}
Key = TypeVar("Key")
SEES_ALL = (Role.EXECUTIVE, Role.PROGRAMME, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds at a node. own: not on somebody's behalf."""

    person_id: int
    role: Role
    path: str
    own: bool = True


@dataclass(frozen=True, slots=True)
class Stands:
    """Where somebody works, and who is above them."""

    path: str
    site_id: int | None
    employer_id: int
    manager_id: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """A line of the programme's table. barrier None: every one."""

    duty: Duty
    path: str
    barrier: Barrier | None
    person_id: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of an idea to route it. path: of its site, else its employer, else the organisation.

    author_id: only where the name is shown; who hides it could be known by who is passed over.
    """

    path: str
    barrier: Barrier
    audience: Audience
    site_id: int | None
    employer_id: int | None
    author_id: int | None = None


@dataclass(frozen=True)
class Chart:
    """Everybody who can answer something. people: id → where they stand. named: the programme's table."""

    held: Sequence[Held]
    people: Mapping[int, Stands]
    named: Sequence[Named] = ()
    lines: dict[tuple[Duty, Asked], list[int]] = field(default_factory=dict, compare=False, repr=False)

    def line(self, duty: Duty, asked: Asked) -> list[int]:
        """Everybody whose it could be, the first in line first. Worked out once for all ideas that are alike."""
        alike = duty, replace(asked, author_id=None)
        if alike not in self.lines:
            self.lines[alike] = _in_question(self, *alike)
        return self.lines[alike]

    @cached_property
    def by_person(self) -> Mapping[int, Sequence[Held]]:
        """What each person holds."""
        return _grouped(self.held, lambda one: one.person_id)

    @cached_property
    def by_role(self) -> Mapping[Role, Sequence[Held]]:
        """Who holds each role."""
        return _grouped(self.held, lambda one: one.role)

    def may_act(self, person_id: int, duty: Duty, asked: Asked) -> bool:
        """Whether somebody can see the idea and has the right to answer it in this way."""
        return self._holds(person_id, ACTS[duty], asked) and self.may_see(person_id, asked)

    def may_see(self, person_id: int, asked: Asked) -> bool:
        """Whether the idea is meant for somebody's eyes."""
        stands = self.people.get(person_id)
        if stands is None:
            return False
        audience = asked.audience
        if audience is Audience.ORGANISATION or self._holds(person_id, SEES_ALL, asked):
            return True
        if audience is Audience.EMPLOYER:
            return stands.employer_id == asked.employer_id
        return stands.site_id is not None and stands.site_id == asked.site_id

    def _holds(self, person_id: int, roles: Sequence[Role], asked: Asked) -> bool:
        held = self.by_person.get(person_id, ())
        # A leader of one team answers for the site: nobody is told which team an idea comes from.
        return any(
            one.role in roles
            and (asked.path.startswith(one.path) or (one.role is Role.TEAM_LEADER and _at_its_site(one, asked)))
            for one in held
        )


def _grouped(held: Sequence[Held], key: Callable[[Held], Key]) -> dict[Key, list[Held]]:
    found: dict[Key, list[Held]] = {}
    for one in held:
        found.setdefault(key(one), []).append(one)
    return found


def _at_its_site(held: Held, asked: Asked) -> bool:
    return asked.site_id is not None and held.path.startswith(asked.path)


def answerer(
    chart: Chart, duty: Duty, asked: Asked, acting: Callable[[int], int | None] = lambda one: one
) -> int | None:  # fmt: skip
    """The person who owes it: of those in line the first who is here, or whose cover can answer; where everybody is
    away, the first of all. None only where nobody could ever answer.

    acting: who acts for somebody today: themselves, their cover, or None where they are away and nobody covers.
    """
    line = [one for one in chart.line(duty, asked) if one != asked.author_id]
    for one in line:
        here = acting(one)
        if here == one or (here is not None and here != asked.author_id and chart.may_act(here, duty, asked)):
            return here
    return line[0] if line else None


def called(
    chart: Chart,
    duty: Duty,
    asked: Asked,
    person_id: int,
    managers: Callable[[int], Iterable[int]],
    beside: Iterable[int] = (),
) -> int | None:
    """Who is called because somebody is late: the next in their line of managers who can answer, else the executive
    of a place above theirs, else the programme. None where nobody is left. beside: who was called before.

    managers: the line above somebody, nearest first, without cycles.
    """
    passed = {person_id, asked.author_id, *beside}
    for above in managers(person_id):
        if above not in passed and chart.may_act(above, duty, asked):
            return above
    stands = chart.people.get(person_id)
    start = stands.path if stands and asked.path.startswith(stands.path) else asked.path
    higher = [one for one in chart.by_role.get(Role.EXECUTIVE, ()) if one.own and start.startswith(one.path)]
    ranked = sorted(higher, key=lambda one: (-len(one.path), one.person_id))
    rest = [one.person_id for one in ranked] + _people(chart, Role.PROGRAMME, asked)
    return next((one for one in rest if one not in passed and chart.may_see(one, asked)), None)


def _in_question(chart: Chart, duty: Duty, asked: Asked) -> list[int]:
    """Everybody whose it could be, the first in line first."""
    named = _named(chart, duty, asked)
    usual = _leaders(chart, asked) if duty is Duty.FIRST_REPLY else _executives(chart, asked)
    last = [*_people(chart, Role.PROGRAMME, asked), *_people(chart, Role.ADMINISTRATOR, asked)]
    line = [*(one for one in named if chart.may_act(one, duty, asked)), *usual, *last]
    return [one for one in dict.fromkeys(line) if chart.may_see(one, asked)]


def _named(chart: Chart, duty: Duty, asked: Asked) -> list[int]:
    """Whom the table names: the nearest place first, there this barrier before every barrier."""
    fits = [one for one in chart.named if one.duty is duty and asked.path.startswith(one.path)
            and one.barrier in (None, asked.barrier)]  # fmt: skip
    return [one.person_id for one in sorted(fits, key=lambda one: (-len(one.path), one.barrier is None))]


def _leaders(chart: Chart, asked: Asked) -> list[int]:
    """The team leaders of a site: those of the whole site before those of one team; they share the barriers."""
    if asked.site_id is None:
        return []
    found = [one for one in chart.by_role.get(Role.TEAM_LEADER, ()) if _at_its_site(one, asked)]
    whole = sorted({one.person_id for one in found if one.path == asked.path})
    teams = sorted({one.person_id for one in found} - set(whole))
    return [*_shared(whole, asked.barrier), *_shared(teams, asked.barrier)]


def _executives(chart: Chart, asked: Asked) -> list[int]:
    """The executives whose node covers it, the nearest node first; those of one node share the barriers."""
    nodes: dict[str, set[int]] = {}
    for one in chart.by_role.get(Role.EXECUTIVE, ()):
        if one.own and asked.path.startswith(one.path):
            nodes.setdefault(one.path, set()).add(one.person_id)
    return [one for path in sorted(nodes, key=len, reverse=True) for one in _shared(sorted(nodes[path]), asked.barrier)]


def _people(chart: Chart, role: Role, asked: Asked) -> list[int]:
    """Who holds a role that covers it, the nearest first."""
    held = [one for one in chart.by_role.get(role, ()) if asked.path.startswith(one.path)]
    return [one.person_id for one in sorted(held, key=lambda one: (-len(one.path), one.person_id))]


def _shared(people: list[int], barrier: Barrier) -> list[int]:
    """The same people, beginning with the one whose turn this barrier is: stable as long as they are the same."""
    if not people:
        return []
    turn = list(Barrier).index(barrier) % len(people)
    return people[turn:] + people[:turn]
