"""The interface to the audit trail."""

import json
from typing import Any

from flask import Response
from pydantic import Field

from portal.people import audit_trail
from portal.people.access import requires, the_viewer
from portal.people.audit_trail import TrailWanted
from portal.people.scopes import Scope
from portal.web.api import AskedNumber, Line, Moment, PageAsked, Shown, api, listed, page_of

bp = api("audit", "What people with rights did. Never votes, hidden names or secrets.")


class TrailAsked(PageAsked):
    """What the trail is narrowed by."""

    action: Line = Field("", max_length=60, description="Exactly this, such as `role.granted`.")
    subject: Line = Field("", max_length=120, description="Exactly this, such as `person:17`.")
    actor: AskedNumber | None = Field(None, description="Only what this person did.")


class Actor(Shown):
    """Who did it."""

    number: int
    name: str


class AuditShown(Shown):
    """One thing that was done, or refused."""

    number: int
    at: Moment
    actor: Actor | None = Field(description="Null: the portal itself, or the command line.")
    action: str
    subject: str
    outcome: str
    detail: dict[str, Any]


@bp.get("/audit", responses={200: page_of(AuditShown)})
@requires("audit.read", scope=Scope.AUDIT_READ)
def read_audit(query: TrailAsked) -> Response:
    """The audit trail, the newest entry first. The right is needed on the whole organisation."""
    wanted = TrailWanted(query.action, query.subject, query.actor or 0, query.cursor, query.limit)
    rows, following = audit_trail.trail(the_viewer(), wanted)
    items = [
        AuditShown(
            number=row.id, at=row.at, actor=Actor(number=row.actor_id, name=row.actor) if row.actor_id else None,
            action=row.action, subject=row.subject, outcome=row.outcome, detail=json.loads(row.detail),
        )
        for row in rows
    ]  # fmt: skip
    return listed(items, following)
