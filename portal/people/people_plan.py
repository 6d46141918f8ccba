"""What a file of people would change, decided before anything is touched. Pure.

People are known by staff number, else by e-mail address. An empty cell changes nothing. A file takes no role away
but one: of team leader and frontline, which go with a place, it leaves the one it names.
"""

from collections.abc import Iterable

from portal.people.people_changes import Change, KnownPerson, KnownPlace, PlaceKey, Plan
from portal.people.people_csv import Parsed, PersonRow, Problem, key
from portal.people.reporting import rings
from portal.people.roles import PlaceKind, Role

STANDING = (Role.FRONTLINE, Role.TEAM_LEADER)  # roles that go with the place where somebody works


def plan(
    parsed: Parsed, people: Iterable[KnownPerson], places: Iterable[KnownPlace], *, deactivate_missing: bool
) -> Plan:
    """Compare a file with who and what is here."""
    made = Plan(problems=list(parsed.problems))
    world = _World(people, places)
    made.colleagues = sum(person.active and person.counts for person in world.people.values())
    world.has_a_row = {row.staff_number: row for row in parsed.rows if row.staff_number}
    changes = [change for row in _once_each(parsed.rows, world, made)
               if (change := _change(row, world, made)) is not None]  # fmt: skip
    changes = _refuse_taken_addresses(changes, world, made)
    changes = _refuse_two_zones(changes, made)
    changes = _with_managers(changes, parsed, world, made)
    _set_zones(changes, world, made)
    for change in changes:
        _add_places(change, world, made)
        if not change.person.id:
            made.new.append(change)
        elif change.anything:
            made.changed.append(change)
        else:
            made.unchanged += 1
    if deactivate_missing:
        gone = {person.id for person in made.leaving}
        made.leaving += [person for person in world.people.values() if person.id not in gone and person.active
                         and person.from_file and not parsed.mentioned & _keys(person)]  # fmt: skip
    made.problems.sort(key=lambda problem: problem.row)
    return made


class _World:
    """Who and what is here, by the ways a file names them."""

    def __init__(self, people: Iterable[KnownPerson], places: Iterable[KnownPlace]) -> None:
        self.people = {person.id: person for person in people}
        self.by_email = {person.email: person for person in self.people.values() if person.email}
        self.by_number = {person.staff_number: person for person in self.people.values() if person.staff_number}
        nodes = {place.id: place for place in places}
        self.top = next(place for place in nodes.values() if place.kind is PlaceKind.ORGANISATION)
        self.keys = {place.id: _key_of(place, nodes) for place in nodes.values()}
        self.places = {key_: nodes[place_id] for place_id, key_ in self.keys.items()}
        self.has_a_row: dict[str, PersonRow] = {}  # by staff number

    def known(self, login: str) -> KnownPerson | None:
        """The person with this address or number."""
        return self.by_email.get(login) if "@" in login else self.by_number.get(login)

    def meant_by(self, row: PersonRow) -> KnownPerson | None:
        """The person a row is about: by staff number, else by address, unless its holder gives it up in this file."""
        by_number, by_email = self.by_number.get(row.staff_number), self.by_email.get(row.email)
        if by_number is not None or by_email is None or not by_email.staff_number:
            return by_number or by_email
        own = self.has_a_row.get(by_email.staff_number)
        passed_on = row.staff_number and own is not None and own.email not in ("", row.email)
        return None if passed_on else by_email

    def place_of(self, row: PersonRow) -> PlaceKey:
        """Where a row puts somebody."""
        employer = key(row.employer) or key(self.top.name)
        return (employer, key(row.site), key(row.team)) if row.team else (employer, key(row.site))


def _key_of(place: KnownPlace, nodes: dict[int, KnownPlace]) -> PlaceKey:
    line = [place]
    while line[0].parent_id is not None:
        line.insert(0, nodes[line[0].parent_id])
    # A partner is an employer beside the organisation, not below it.
    if len(line) > 1 and line[1].kind is PlaceKind.PARTNER:
        line = line[1:]
    return tuple(key(node.name) for node in line)


def _keys(person: KnownPerson) -> set[str]:
    return {person.email, person.staff_number} - {None}  # type: ignore[return-value]


def _once_each(rows: list[PersonRow], world: _World, made: Plan) -> list[PersonRow]:
    """Rows that name one known person twice, once by number and once by address: the later is a problem."""
    first: dict[int, int] = {}
    kept = []
    for row in rows:
        person = world.meant_by(row)
        before = first.setdefault(person.id, row.row) if person is not None else row.row
        if before == row.row:
            kept.append(row)
        else:
            words = f"is the person of row {before}"
            remedy = "Keep one row for each person."
            made.problems.append(Problem(row.row, "name", row.name, words, remedy, "person_twice"))
    return kept


def _change(row: PersonRow, world: _World, made: Plan) -> Change | None:
    """What one row means for one person; None where nothing (more) is to be done with it."""
    person = world.meant_by(row)
    if person is not None and row.staff_number and person.staff_number not in (None, row.staff_number):
        words, remedy = (
            f"belongs to staff number {person.staff_number}",
            "Correct one of the two, or clear the address.",
        )
        made.problems.append(Problem(row.row, "email", row.email, words, remedy, "login_conflict"))
        return None
    if not row.active:
        if person is not None and person.active:
            made.leaving.append(person)
        else:
            made.unchanged += 1
        return None
    place = world.place_of(row)
    if person is None:
        stand_in = KnownPerson(0, "", None, None, "", 0, None, True, True, True)
        return Change(stand_in, row, place, grant=[row.role or Role.FRONTLINE])
    said = {"name": row.name, "email": row.email, "staff_number": row.staff_number, "job_title": row.job_title}
    values = {name: value for name, value in said.items() if value and value != (getattr(person, name) or "")}
    change = Change(person, row, place, values, moved=world.keys[person.place_id] != place, back=not person.active)
    _place_roles(change, world)
    return change


def _place_roles(change: Change, world: _World) -> None:
    """Roles that go with the place move with the person; the role that the file names is held at the new place."""
    here = world.places[change.place].id if change.place in world.places else None
    held_here = {role for _, role, place_id in change.person.grants if place_id == here}
    before = [held for held in change.person.grants if held[2] == change.person.place_id]
    goes_along = {role for _, role, _ in before if role in STANDING}
    named = change.row.role
    wanted = ({named} if named in STANDING else goes_along) | ({named} if named else set())
    change.grant = sorted(wanted - held_here)
    if change.back:  # what they could do before they left is not given back by a file
        change.revoke = [held[0] for held in change.person.grants if held[1] not in wanted or held[2] != here]
        return
    for grant_id, role, _ in before:
        if (role in STANDING and (change.moved or role not in wanted)) or (change.moved and role == named):
            change.revoke.append(grant_id)


def _refuse_taken_addresses(changes: list[Change], world: _World, made: Plan) -> list[Change]:
    """An address may pass from one person to another within a file, but not be held by two."""
    gives_up = {change.person.id for change in changes if "email" in change.values}
    kept = []
    for change in changes:
        holder = world.by_email.get(change.row.email) if change.row.email else None
        if holder is None or holder.id == change.person.id or holder.id in gives_up:
            kept.append(change)
            continue
        words = f"belongs to {holder.name}"
        remedy = "Correct the address, or the staff number."
        made.problems.append(Problem(change.row.row, "email", change.row.email, words, remedy, "email_taken"))
    return kept


def _with_managers(changes: list[Change], parsed: Parsed, world: _World, made: Plan) -> list[Change]:
    """Name everybody's manager; a manager who is nowhere, has left, or closes a circle is a problem."""
    in_file = {login: change for change in changes for login in (change.row.email, change.row.staff_number) if login}
    leaving = {person.id for person in made.leaving}
    kept = []
    for change in changes:
        login = change.row.manager
        other, known = in_file.get(login), world.known(login)
        if not login:
            kept.append(change)
        elif other is not None or (known is not None and known.active and known.id not in leaving):
            wanted = _node(other) if other is not None else known.id  # type: ignore[union-attr]
            change.manager = wanted if wanted != change.person.manager_id else None
            kept.append(change)
        elif known is None and login in parsed.mentioned:
            made.without_manager += 1  # mended with the manager's row, when the file comes again
            kept.append(change)
        else:
            words = "has left" if known is not None else "is nobody here, nor in this file"
            code = "manager_left" if known is not None else "manager_unknown"
            remedy = "Name somebody who works here, or leave it empty."
            made.problems.append(Problem(change.row.row, "manager", login, words, remedy, code))
    return _without_circles(kept, world, made)


def _without_circles(changes: list[Change], world: _World, made: Plan) -> list[Change]:
    """Leave out the rows that close a circle, until none is left: without them an earlier manager counts again."""
    while True:
        managers = {person.id: person.manager_id for person in world.people.values()}
        managers |= {_node(change): change.manager for change in changes if change.manager is not None}
        by_node = {_node(change): change for change in changes}
        wrong = {node for ring in rings(managers) for node in _refuse_circle(ring, by_node, world, made)}
        if not wrong:
            return changes
        changes = [change for change in changes if _node(change) not in wrong]
        for change in changes:
            # They answer to somebody who would have been new: they come without a manager for now.
            if change.manager is not None and change.manager < 0 and change.manager in wrong:
                change.manager = None
                made.without_manager += 1


def _refuse_circle(ring: list[int], by_node: dict[int, Change], world: _World, made: Plan) -> list[int]:
    names = [by_node[node].row.name if node in by_node else world.people[node].name for node in ring]
    shown = [*names[:5], "…"] if len(names) > 5 else names
    words = f"closes a circle: {' → '.join([*shown, names[0]])}"
    wrong = [node for node in ring if node in by_node and by_node[node].manager is not None]
    for node in wrong:
        row = by_node[node].row
        remedy = "Name another manager for one of them."
        made.problems.append(Problem(row.row, "manager", row.manager, words, remedy, "manager_circle"))
    return wrong


def _node(change: Change) -> int:
    return change.person.id or -change.row.row


def _refuse_two_zones(changes: list[Change], made: Plan) -> list[Change]:
    """The time zone of a row is its site's, so rows of one site must agree."""
    first: dict[PlaceKey, Change] = {}
    kept = []
    for change in changes:
        zone = change.row.timezone
        leader = first.setdefault(change.place[:2], change) if zone else change
        if leader.row.timezone == zone:
            kept.append(change)
        else:
            words = f"differs from {leader.row.timezone} in row {leader.row.row} for the same site"
            remedy = "Give a site one time zone."
            made.problems.append(Problem(change.row.row, "timezone", zone, words, remedy, "two_timezones"))
    return kept


def _set_zones(changes: list[Change], world: _World, made: Plan) -> None:
    for change in changes:
        known, zone = world.places.get(change.place[:2]), change.row.timezone
        if zone and (known is None or known.timezone != zone):
            made.zones[change.place[:2]] = zone


def _add_places(change: Change, world: _World, made: Plan) -> None:
    names = (change.row.employer or world.top.name, change.row.site, change.row.team)
    for depth in range(1, len(change.place) + 1):
        if change.place[:depth] not in world.places:
            made.places.setdefault(change.place[:depth], names[depth - 1])
