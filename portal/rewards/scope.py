"""Points are the whole organisation's: who keeps them does so at its top. Pure."""

from dataclasses import dataclass

from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.rewards.policy import MAY


@dataclass(frozen=True)
class Top:
    """The organisation, for the policy."""

    path: str


def top_of(viewer: Viewer) -> Top:
    """The organisation that the viewer works for."""
    return Top(f"/{viewer.organisation_id}/")


def demand_at_top(action: str, viewer: Viewer) -> None:
    """Raise Refused `not_allowed` unless the viewer may do it for the whole organisation, not for a part of it."""
    demand(MAY, action, viewer, top_of(viewer))
