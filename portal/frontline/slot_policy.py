"""Who publishes shifts, hosts visitors, notes what became of them, and sees who has been on the floor."""

from typing import Any

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role
from portal.people.viewer import Viewer

FORECASTS = (Role.FORECASTER, Role.PROGRAMME)  # at the site or above
MANAGES = (Role.EXECUTIVE, Role.TEAM_LEADER)  # of that very site: its director, whoever leads all of it
VISITS = (Role.EXECUTIVE, Role.OWNER, Role.PROGRAMME)  # whoever decides about rules and promises
PUBLISHES = (*FORECASTS, *MANAGES)


def looks_after(viewer: Viewer | None, subject: Any = None) -> bool:
    """Forecasts for a site, or manages it. subject: the site, with its `path`."""
    path = getattr(subject, "path", None)
    if viewer is None or path is None:
        return viewer is not None and viewer.holds(*PUBLISHES)
    return viewer.holds(*FORECASTS, at=path) or any(path == held for held in viewer.scope(*MANAGES))


MAY: dict[str, Rule] = {
    "shift.see": signed_in,
    "shift.publish": looks_after,
    "shift.host": signed_in,  # whoever is asked to sit beside the visitor
    "shift.mark": signed_in,  # the site, its buddy, and for their own arrival the visitor
    "shift.brief": holds(Role.PROGRAMME, *MANAGES),  # managers of a site; the verb asks of which
    "shift.floor": holds(Role.EXECUTIVE, Role.PROGRAMME),
}
