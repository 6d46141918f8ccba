"""Shifts in calendars: one as a file, all of one's own under a private address; and the page before a shift."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.frontline import brief_queries, calendar_queries, feeds, ics
from portal.frontline.brief_shown import brief_page
from portal.people.access import requires, the_viewer
from portal.people.moments import day_words, moment_words
from portal.web.forms import refuse_unknown
from portal.web.later import Pile
from portal.web.limits import limiter, per_viewer
from portal.web.links import base_url, full, sender
from portal.web.transactions import writing

bp = Blueprint("shift_calendar", __name__)
NAME = "Sayso: frontline shifts"
KIND = "text/calendar; charset=utf-8"


@bp.get("/shifts/<int:number>.ics")
@requires("shift.calendar")
def file(number: int) -> ResponseReturnValue:
    """One's own seat as a file for a calendar; cancelled where it is gone."""
    entry = calendar_queries.entry_for(the_viewer(), number, base_url=base_url())
    body = ics.of_seat(entry, sender=sender(), now=clock.now())
    method = "CANCEL" if entry.cancelled else "PUBLISH"
    name = f'attachment; filename="sayso-shift-{number}.ics"'
    return make_response(body, 200, {"Content-Type": f"{KIND}; method={method}", "Content-Disposition": name})


@bp.get("/calendar/<token>.ics")
@requires("public")
@limiter.limit("120 per minute")
def feed(token: str) -> ResponseReturnValue:
    """All shifts of whoever made the address: its token is the proof, and opens nothing else."""
    row, viewer = feeds.opened(token)
    body = ics.of_feed(calendar_queries.entries_of(viewer, base_url=base_url(), now=clock.now()), name=NAME)
    today = clock.now().date()
    if row.last_read_on != today:
        READS.note(row.id, today)
    g.caching = "private, no-cache"  # kept by the program alone, and asked for again each time
    name = 'inline; filename="sayso-shifts.ics"'
    headers = {"Content-Type": KIND, "Content-Disposition": name, "X-Robots-Tag": "noindex"}
    response = make_response(body, 200, headers)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return response.make_conditional(request)


@bp.get("/me/calendar")
@requires("shift.calendar")
def own() -> ResponseReturnValue:
    """Whether there is an address for one's calendar, and what it is good for."""
    return _page(200)


@bp.post("/me/calendar")
@requires("shift.calendar")
@limiter.limit("20 per hour", key_func=per_viewer)
def make() -> ResponseReturnValue:
    """Make an address and show it, this once; an earlier one ends."""
    refuse_unknown({"csrf_token"})
    with writing():
        token = feeds.make(the_viewer(), now=clock.now())
    address = full(url_for("shift_calendar.feed", token=token))
    # For https its own scheme: with plain webcal a program may ask over http first, and the token is read on the way.
    webcal = address.replace("http", "webcal", 1)
    return render_template("frontline/calendar_made.html", address=address, webcal=webcal, here="me")


@bp.post("/me/calendar/end")
@requires("shift.calendar")
def end() -> ResponseReturnValue:
    """End one's address."""
    refuse_unknown({"csrf_token"})
    with writing():
        ended = feeds.revoke(the_viewer(), now=clock.now())
    flash("Ended. The address opens nothing any more." if ended else "There was no address to end.")
    return redirect(url_for("shift_calendar.own"), 303)


@bp.get("/shifts/<int:number>/brief")
@requires("shift.prepare")
def brief(number: int) -> ResponseReturnValue:
    """One page before a shift of one's own."""
    return render_template("frontline/brief.html", **brief_page(brief_queries.brief_for(the_viewer(), number)))


def _page(status: int) -> Response:
    viewer = the_viewer()
    standing = feeds.feed_of(viewer)
    facts = standing and {
        "made": moment_words(standing.made_at, viewer.timezone),
        "made_at": standing.made_at.isoformat(timespec="seconds"),
        "read": day_words(standing.last_read_on) if standing.last_read_on else None,
    }  # fmt: skip
    return make_response(render_template("frontline/calendar.html", feed=facts, here="me"), status)


def _write(days: Mapping[int, date], now: datetime) -> None:
    feeds.note_reads(days)


READS: Pile[int, date] = Pile("last reads of calendars", _write, most=10_000, at_once=1_000)
