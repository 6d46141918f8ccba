"""What somebody is asked to host, over HTTP."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.frontline import buddies, buddy_queries, slot_queries, slot_shown
from portal.frontline.slot_forms import HostForm
from portal.frontline.words import BuddyState
from portal.people.access import requires, the_viewer
from portal.web.transactions import writing

bp = Blueprint("hosting", __name__)
SHOWN = 50


@bp.get("/shifts/hosting")
@requires("shift.host")
def index() -> ResponseReturnValue:
    """What one is asked to host, and what one has agreed to."""
    rows, following = buddy_queries.asked_of(
        the_viewer(), now=clock.now(), limit=SHOWN, cursor=request.args.get("cursor")
    )
    asked = [row for row in rows if row.Slot.buddy_state is BuddyState.ASKED]
    waiting = [row.Slot.pattern_id for row in asked if row.Slot.pattern_id is not None]
    return render_template(
        "frontline/hosting.html", asked=[_line(row) for row in asked],
        answered=[_line(row) for row in rows if row.Slot.buddy_state is not BuddyState.ASKED],
        patterns=[(one, waiting.count(one)) for one in dict.fromkeys(waiting) if waiting.count(one) > 1],
        more=url_for("hosting.index", cursor=following) if following else None, here="shifts",
    )  # fmt: skip


@bp.post("/shifts/<int:number>/hosting")
@requires("shift.host")
def answer(number: int) -> ResponseReturnValue:
    """Agree, or say no: as often as one's mind changes until it begins."""
    agrees = _agrees()
    with writing():
        buddies.answer(the_viewer(), slot_queries.slot_for(the_viewer(), number), agrees, now=clock.now())
    flash("Thank you. We tell them that you host." if agrees else "That is fine. The site asks somebody else.")
    return redirect(url_for("hosting.index"), 303)


@bp.post("/shifts/patterns/<int:number>/hosting")
@requires("shift.host")
def answer_all(number: int) -> ResponseReturnValue:
    """The same answer to everything to come of one pattern."""
    agrees = _agrees()
    with writing():
        count = buddies.answer_all(the_viewer(), number, agrees, now=clock.now())
    said = "Thank you. We tell them that you host" if agrees else "That is fine. The site asks somebody else for"
    flash(f"{said} all {count}.")
    return redirect(url_for("hosting.index"), 303)


def _agrees() -> bool:
    form = HostForm()
    if not form.validate():
        raise Invalid("unknown_answer", "Say yes or no.", {"answer": "Say yes or no."})
    return form.answer.data == "agree"


def _line(row: Any) -> dict[str, Any]:
    slot = row.Slot
    return {
        "number": slot.id, "when": slot_shown.day_and_hours(slot), "where": row.site,
        "about": f"{slot.queue}, {slot.channel.label.lower()}, {slot.language}", "visitors": row.visitors,
        "agreed": slot.buddy_state is BuddyState.AGREED, "begun": slot.starts_at <= clock.now(), "note": slot.note,
    }  # fmt: skip
