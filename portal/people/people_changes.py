"""What an import knows about who is here, and what it would change. Pure."""

from dataclasses import dataclass, field

from portal.people.people_csv import PersonRow, Problem
from portal.people.roles import PlaceKind, Role

LEAVING_SHARE_MAX = 0.10  # of everybody: above it somebody has to say that it is meant
PlaceKey = tuple[str, ...]  # casefolded names: employer, site, team


@dataclass(frozen=True)
class KnownPlace:
    """A node of the tree as it is."""

    id: int
    kind: PlaceKind
    name: str
    parent_id: int | None
    timezone: str | None


@dataclass(frozen=True)
class KnownPerson:
    """Somebody as they are. `from_file`: came by an import, so that a later file may miss them."""

    id: int
    name: str
    email: str | None
    staff_number: str | None
    job_title: str
    place_id: int
    manager_id: int | None
    active: bool
    from_file: bool
    counts: bool  # a real colleague, not part of a demonstration
    grants: tuple[tuple[int, Role, int], ...] = ()  # (grant, role, place)


@dataclass
class Change:
    """A known person and what the file says differently."""

    person: KnownPerson
    row: PersonRow
    place: PlaceKey
    values: dict[str, str] = field(default_factory=dict)
    moved: bool = False
    back: bool = False  # had left and works here again
    revoke: list[int] = field(default_factory=list)  # grants
    grant: list[Role] = field(default_factory=list)  # at the place
    manager: int | None = None  # a person's id, or minus the row of a new one

    @property
    def anything(self) -> bool:
        """False where the file repeats what is known."""
        return bool(self.values or self.moved or self.back or self.revoke or self.grant or self.manager)


@dataclass
class Plan:
    """Everything a file would do."""

    places: dict[PlaceKey, str] = field(default_factory=dict)  # to be made: the names as first written, parents first
    zones: dict[PlaceKey, str] = field(default_factory=dict)  # sites and the time zone they get
    new: list[Change] = field(default_factory=list)  # `person` is a stand-in with id 0
    changed: list[Change] = field(default_factory=list)
    leaving: list[KnownPerson] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    without_manager: int = 0  # imported without their manager, whose own row has a problem
    colleagues: int = 0  # active before the import

    @property
    def needs_a_word(self) -> bool:
        """True if so many would leave that somebody has to confirm it."""
        return len(self.leaving) > LEAVING_SHARE_MAX * self.colleagues

    @property
    def anything(self) -> bool:
        """False for a file that is already applied."""
        return bool(self.new or self.changed or self.leaving or self.zones)
