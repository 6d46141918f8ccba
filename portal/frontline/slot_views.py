"""Publishing, changing and cancelling shifts over HTTP: for whoever forecasts for a site or manages it."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Gone, Invalid
from portal.frontline import pattern_queries, patterns, slot_queries, slot_shown, slots
from portal.frontline.attendance_queries import seats_of
from portal.frontline.buddy_queries import host_named
from portal.frontline.slot_changed_words import told
from portal.frontline.slot_forms import CancelForm, ChangeForm, PublishForm, minutes_of
from portal.frontline.slot_rules import NewSlot, Where, comes_twice
from portal.people.access import may, requires, the_viewer
from portal.people.replies import page, refused
from portal.web.transactions import writing

bp = Blueprint("slots", __name__)
SHOWN, PATTERNS_SHOWN = 50, 20


@bp.get("/shifts/manage")
@requires("shift.publish")
def manage() -> ResponseReturnValue:
    """The shifts of one's sites, by day, and the patterns that they are made from."""
    viewer, past = the_viewer(), request.args.get("past") == "1"
    rows, following = slot_queries.managed_page(
        viewer, now=clock.now(), limit=SHOWN, cursor=request.args.get("cursor"), past=past
    )
    days: dict[Any, list[dict[str, Any]]] = {}
    for line in map(slot_shown.line, rows):
        days.setdefault(line["day"], []).append(line)
    running, _ = pattern_queries.patterns_page(viewer, limit=PATTERNS_SHOWN, cursor=None, running=True)
    more = url_for("slots.manage", cursor=following, past="1" if past else None) if following else None
    return render_template(
        "frontline/manage.html", days=days, past=past, more=more, patterns=running, here="shifts",
        looks_after=slot_queries.sites_looked_after(viewer),
    )  # fmt: skip


@bp.get("/shifts/manage/new")
@requires("shift.publish")
def new() -> ResponseReturnValue:
    """What a shift needs."""
    form = _publish_form()
    if not form.is_submitted() and form.day.data is None:
        form.day.data = clock.now().date()
    return page("frontline/publish.html", form, here="shifts")


@bp.post("/shifts/manage")
@requires("shift.publish")
def publish() -> ResponseReturnValue:
    """Publish one shift, or the same every week."""
    form = _publish_form()
    if not form.validate():
        return page("frontline/publish.html", form, status=422, here="shifts")
    try:
        with writing():
            address, said = _publish(form)
    except (Invalid, Conflict) as error:
        return refused("frontline/publish.html", form, error, here="shifts")
    flash(said)
    return redirect(address, 303)


@bp.get("/shifts/<int:number>/edit")
@requires("shift.publish")
def edit(number: int) -> ResponseReturnValue:
    """One shift to change or cancel, and what was done to it."""
    row = _row(number)
    form = ChangeForm()
    form.offer_lengths(minutes_of(row.Slot))
    form.show(row.Slot, row.buddy)
    return page("frontline/slot.html", form, **_around(row))


@bp.post("/shifts/<int:number>/edit")
@requires("shift.publish")
def change(number: int) -> ResponseReturnValue:
    """Change it; whoever signed up is told."""
    row, form = _row(number), ChangeForm()
    form.offer_lengths(minutes_of(row.Slot))
    if not form.validate():
        return page("frontline/slot.html", form, status=422, **_around(row))
    try:
        with writing():
            slot = slot_queries.slot_for(the_viewer(), number)
            changes = form.changes(_buddy(slot, form.buddy.data or "", row.buddy), slot.zone)
            made = slots.change(the_viewer(), slot, changes, form.reason.data or "", now=clock.now())
    except (Invalid, Conflict, Gone) as error:
        return refused("frontline/slot.html", form, error, **_around(_row(number)))
    flash("Changed. Whoever signed up or hosts is told." if made else "Nothing was different, so nothing was changed.")
    return redirect(url_for("slots.edit", number=number), 303)


@bp.post("/shifts/<int:number>/cancellation")
@requires("shift.publish")
def cancel(number: int) -> ResponseReturnValue:
    """Cancel it, with the reason."""
    row, form = _row(number), CancelForm()
    facts = {"cancelling": form, **_around(row)}
    blank = ChangeForm(formdata=None)
    blank.offer_lengths(minutes_of(row.Slot))
    blank.show(row.Slot, row.buddy)
    if not form.validate():
        return page("frontline/slot.html", blank, status=422, **facts | {"cancelling": form, "wrong": form})
    try:
        with writing():
            slot = slot_queries.slot_for(the_viewer(), number)
            slots.cancel(the_viewer(), slot, form.reason.data or "", now=clock.now())
    except (Invalid, Conflict, Gone) as error:
        return refused("frontline/slot.html", blank, error, **facts | {"cancelling": form})
    flash("Cancelled. Everybody who signed up or hosts is told, with your reason.")
    return redirect(url_for("slots.edit", number=number), 303)


def _publish(form: PublishForm) -> tuple[str, str]:
    """The one verb of the form, where to go then, and what to say."""
    viewer, now = the_viewer(), clock.now()
    slots.demand_site(viewer, form.site.data)
    buddy_id = host_named(form.site.data, form.buddy.data or "")
    if form.until.data is not None:
        pattern = patterns.make(viewer, form.new_pattern(buddy_id), now=now)
        return url_for("patterns.show", number=pattern.id), "Published. Each of them can be changed by itself."
    new = form.new_slot(buddy_id, slot_queries.zone_at(form.site.data))
    slot = slots.publish(viewer, new, now=now)
    return url_for("slots.edit", number=slot.id), _said(new, slot.zone)


def _said(new: NewSlot, zone: str) -> str:
    twice = f" The clocks go back that night and show {new.starts:%H:%M} twice: this is the first. Change it below."
    return "Published." + (twice if comes_twice(new.day, new.starts, zone) else "")


def _buddy(slot: Any, words: str, name: str | None) -> int | None:
    """Who is meant; whoever hosts already is not looked for again, should two people have this name."""
    return slot.buddy_id if words and words == name else host_named(slot.site_id, words)


def _publish_form() -> PublishForm:
    form = PublishForm()
    form.offer(slot_queries.sites_looked_after(the_viewer()))
    return form


def _row(number: int) -> Any:
    """The slot with names, of a site that the viewer looks after. Raises Missing, Refused."""
    row = slot_queries.slot_with_names(the_viewer(), number)
    slots.demand_to_look_after(the_viewer(), Where(row.path))
    return row


def _around(row: Any) -> dict[str, Any]:
    slot, now = row.Slot, clock.now()
    wall = slot.starts_at.astimezone(ZoneInfo(slot.zone))
    return {
        "slot": slot, "row": row, "line": slot_shown.line(row), "title": slot_shown.day_and_hours(slot),
        "open": slot.cancelled_at is None and slot.starts_at > now, "cancelling": CancelForm(formdata=None),
        "twice": comes_twice(wall.date(), wall.time().replace(fold=0), slot.zone),
        "history": [told(one, slot.zone) for one in slot_queries.changes_of(slot.id)],
        "booked": seats_of(the_viewer(), slot), "may_brief": may("shift.brief"), "here": "shifts",
    }  # fmt: skip
