"""Who is looking, and what they hold. Pure; loaded once per request."""

from dataclasses import dataclass
from functools import cached_property

from portal.people.roles import Role


@dataclass(frozen=True)
class Held:
    """A role and the node (by path) from which it is valid downwards."""

    role: Role
    path: str


@dataclass(frozen=True)
class Viewer:
    """The facts about a signed-in person that decide what they see and may do.

    Detached from the database: it stays readable after a rollback and cannot be changed by accident.
    """

    id: int
    name: str
    initials: str
    job_title: str
    place_id: int
    path: str
    team_id: int | None
    site_id: int | None
    employer_id: int
    organisation_id: int
    timezone: str
    held: tuple[Held, ...]
    token: str = ""  # the sign-in, as Flask-Login keeps it
    sign_in_id: int | None = None

    is_authenticated = True
    is_active = True
    is_anonymous = False  # a name of Flask-Login's

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(held.role for held in self.held)

    def holds(self, *roles: Role, at: str | None = None) -> bool:
        """True if one of the roles is held; with `at` (a path), if it is held there or above."""
        return any(held.role in roles and (at is None or at.startswith(held.path)) for held in self.held)

    def scope(self, *roles: Role) -> tuple[str, ...]:
        """The paths below which one of the roles is held."""
        return tuple(held.path for held in self.held if held.role in roles)

    @property
    def is_frontline(self) -> bool:
        """Works in a team: their votes count."""
        return self.team_id is not None

    @property
    def is_executive(self) -> bool:
        """Answers promoted ideas."""
        return Role.EXECUTIVE in self.roles

    @property
    def is_owner(self) -> bool:
        """May be given promises."""
        return Role.OWNER in self.roles

    @property
    def is_programme(self) -> bool:
        """Runs the portal's programme."""
        return Role.PROGRAMME in self.roles

    @property
    def is_administrator(self) -> bool:
        """Runs the installation."""
        return Role.ADMINISTRATOR in self.roles
