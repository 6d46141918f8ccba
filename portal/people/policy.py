"""The policy mechanism, and what concerns people. Each capability has such a table; one test holds them all. Pure.

A rule answers for a viewer and a subject. Without a subject it answers whether the viewer could ever do it,
which is what a route asks before it loads anything; the verb asks again with the subject.
"""

from collections.abc import Callable, Mapping
from typing import Any

from portal.errors import Refused
from portal.people.roles import Role
from portal.people.viewer import Viewer

Rule = Callable[[Viewer | None, Any], bool]


def anyone(viewer: Viewer | None, subject: Any = None) -> bool:
    """No sign-in needed."""
    return True


def signed_in(viewer: Viewer | None, subject: Any = None) -> bool:
    """Anybody who works here."""
    return viewer is not None


def in_a_team(viewer: Viewer | None, subject: Any = None) -> bool:
    """Works in a team, so that a vote can be counted for it."""
    return viewer is not None and viewer.team_id is not None


def holds(*roles: Role) -> Rule:
    """Holds one of the roles; where the subject has a `path`, holds it there or above."""

    def rule(viewer: Viewer | None, subject: Any = None) -> bool:
        return viewer is not None and viewer.holds(*roles, at=getattr(subject, "path", None))

    rule.__name__ = "holds_" + "_or_".join(roles)
    return rule


def either(*rules: Rule) -> Rule:
    """One of the rules is enough."""

    def rule(viewer: Viewer | None, subject: Any = None) -> bool:
        return any(one(viewer, subject) for one in rules)

    rule.__name__ = "_or_".join(one.__name__ for one in rules)
    return rule


def demand(table: Mapping[str, Rule], action: str, viewer: Viewer | None, subject: Any = None) -> None:
    """Raise Refused (403, `not_allowed`) unless the table lets the viewer do it."""
    if not table[action](viewer, subject):
        raise Refused("not_allowed", "Your role does not include this. Ask your programme lead if it should.")


MAY: dict[str, Rule] = {
    "public": anyone,
    "self.see": signed_in,
    "keys.make": signed_in,
    "keys.revoke": signed_in,  # one's own
    "keys.revoke_any": holds(Role.ADMINISTRATOR),
    "people.list": holds(Role.ADMINISTRATOR, Role.PROGRAMME),
    "people.add": holds(Role.ADMINISTRATOR),
    "people.import": holds(Role.ADMINISTRATOR),
    "people.codes": holds(Role.ADMINISTRATOR),
    "people.deactivate": holds(Role.ADMINISTRATOR),
    "people.grant": holds(Role.ADMINISTRATOR),
    "sign_ins.end_own": signed_in,
    "absence.note": holds(Role.TEAM_LEADER, Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME, Role.ADMINISTRATOR),
    "delegate.name": holds(Role.EXECUTIVE),
    "calendar.set": holds(Role.ADMINISTRATOR, Role.PROGRAMME),  # at the place or above
    "audit.read": holds(Role.AUDITOR, Role.ADMINISTRATOR),
}
