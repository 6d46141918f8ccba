"""The first human reply on an idea's page, from the steps of its story: it costs no statement."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.home.storytelling import Moment, local_title
from portal.ideas.words import Stage, StoryKind
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.web.dates import day_words

REPLIES = {StoryKind.REPLIED: "{who} replied.", StoryKind.LEFT_TO_SWARM: "{who} read it, and leaves it to your votes."}
MANAGES = (Role.EXECUTIVE, Role.PROGRAMME)


def first_reply(
    viewer: Viewer, idea: Any, moments: Mapping[StoryKind, Moment], *, today: date, zone: str
) -> dict[str, Any] | None:
    """Who replied first and what, the newest of the local fixes, and what the viewer may do; None without any."""
    given = next((moments[kind] for kind in REPLIES if kind in moments), None)
    fix = moments.get(StoryKind.FIXED_HERE)
    way = _way(viewer, idea, replied=given is not None or fix is not None)
    if not (given or fix or way):
        return None
    return {
        "reply": given and _part(given, REPLIES[given.kind].format(who=given.actor or "A colleague"), today, zone),
        "fix": fix and _fix(fix, today, zone),
        "href": f"/ideas/{idea.id}/replies" if way else None,
        "label": way,
    }


def _fix(step: Moment, today: date, zone: str) -> dict[str, Any]:
    told = local_title(step.facts).format(who=step.actor or "A colleague")
    return _part(step, told, today, zone) | {"href": f"/local-fixes/{step.facts['fix']}"}


def _part(step: Moment, title: str, today: date, zone: str) -> dict[str, Any]:
    return {"title": title, "words": step.words, "when": day_words(step.at, today=today, zone=zone),
            "datetime": step.at.isoformat(timespec="seconds"), "href": None}  # fmt: skip


def _way(viewer: Viewer, idea: Any, *, replied: bool) -> str | None:
    """What the button says, or None: by the roles alone, the page behind it knows exactly."""
    if idea.stage not in (Stage.OPEN, Stage.PROMOTED) or idea.hidden_at is not None or idea.author_id == viewer.id:
        return None
    if not replied and _answers_for(viewer, idea):
        return "Reply first"
    return "Fix it at your site" if viewer.holds(Role.TEAM_LEADER) else None


def _answers_for(viewer: Viewer, idea: Any) -> bool:
    here = f"/{idea.site_id}/" if idea.site_id is not None else None
    above = (f"/{viewer.organisation_id}/", f"/{idea.employer_id}/")
    leads = any(here in path for path in viewer.scope(Role.TEAM_LEADER)) if here else False
    manages = viewer.scope(*MANAGES)
    return leads or any(path.endswith(above) or (here is not None and path.endswith(here)) for path in manages)
