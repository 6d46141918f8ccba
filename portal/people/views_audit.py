"""The audit trail on a page."""

import json

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portal.people import audit_trail
from portal.people.access import requires, the_viewer
from portal.people.audit_trail import TrailWanted
from portal.people.moments import moment_words

bp = Blueprint("people_audit", __name__)


@bp.get("/audit")
@requires("audit.read")
def trail() -> ResponseReturnValue:
    """What people with rights did, the newest first."""
    viewer, after = the_viewer(), request.args.get("after")
    rows, following = audit_trail.trail(viewer, TrailWanted(after=after))
    entries = [_entry(row, viewer.timezone) for row in rows]
    more = url_for("people_audit.trail", after=following) if following else None
    first = url_for("people_audit.trail") if after else None
    return render_template("people/audit.html", entries=entries, more=more, first=first, here="people")


def _entry(row: Row, zone: str) -> dict[str, str]:
    detail = json.loads(row.detail)
    facts = ", ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in detail.items())
    outcome = "" if row.outcome == "done" else row.outcome.replace("_", " ")
    return {
        "when": moment_words(row.at, zone), "datetime": row.at.isoformat(timespec="seconds"),
        "who": row.actor or "Sayso itself",
        "what": row.action, "subject": row.subject, "facts": facts, "outcome": outcome,
    }  # fmt: skip


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "none" if value is None else str(value)
