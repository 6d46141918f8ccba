"""Who replies first, and who answers what the swarm has carried. Pure."""

from typing import Any

from portal.people.policy import Rule, either, holds, in_a_team, signed_in
from portal.people.roles import Role
from portal.people.viewer import Viewer

LANE = (Role.TEAM_LEADER, Role.EXECUTIVE, Role.PROGRAMME, Role.ADMINISTRATOR)


def leads(viewer: Viewer | None, subject: Any = None) -> bool:
    """Is a team leader at a site, of all of it or of a team there, or above it. subject: see `Where`."""
    if viewer is None or subject is None:
        return viewer is not None and viewer.holds(Role.TEAM_LEADER)
    below = viewer.scope(Role.TEAM_LEADER) if subject.is_site else ()
    return viewer.holds(Role.TEAM_LEADER, at=subject.path) or any(path.startswith(subject.path) for path in below)


def directs(viewer: Viewer | None, subject: Any = None) -> bool:
    """Is executive or programme of this very site. subject: see `Where`."""
    if viewer is None or subject is None:
        return viewer is not None and viewer.holds(Role.EXECUTIVE, Role.PROGRAMME)
    return subject.is_site and subject.path in viewer.scope(Role.EXECUTIVE, Role.PROGRAMME)


def owes_it(viewer: Viewer | None, subject: Any = None) -> bool:
    """Owes the first reply now, whatever they hold. subject: see `Where`."""
    if viewer is None or subject is None:
        return viewer is not None and viewer.holds(Role.ADMINISTRATOR)  # the last whom it can come to
    return viewer.id in subject.owed_by


MAY: dict[str, Rule] = {
    "triage.see": holds(Role.EXECUTIVE),
    "triage.decide": holds(Role.EXECUTIVE),  # where the idea was said, or above
    "answerers.set": holds(Role.PROGRAMME),  # at the place or above
    "clock.see": signed_in,  # as far as the idea may be seen
    "triage.keys": holds(Role.EXECUTIVE),  # one's own
    "question.see": signed_in,  # whoever was asked, and whoever may answer the idea
    "question.answer": signed_in,  # whoever was asked
    "decision.see": signed_in,  # as far as the idea may be seen
    "decision.new_fact": holds(Role.EXECUTIVE, Role.PROGRAMME),  # where the idea was said, or above
    "decision.ask_again": in_a_team,  # new voices are counted by team
    "lane.see": holds(*LANE),
    "reply.see": signed_in,  # as far as the idea may be seen
    "reply.give": either(leads, holds(Role.EXECUTIVE, Role.PROGRAMME), owes_it),  # where the idea was said
    "fix.see": signed_in,  # as far as the idea may be seen
    "fix.promise": either(leads, directs),  # for one's own site
    "fix.work": signed_in,  # its owner alone
    "fix.confirm": either(leads, holds(Role.EXECUTIVE, Role.PROGRAMME)),  # there, and never its owner
}
