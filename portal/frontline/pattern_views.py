"""Patterns over HTTP: what they made, making what is missing, ending them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.frontline import pattern_queries, patterns, slot_shown
from portal.frontline.pattern_shown import days_words
from portal.people.access import requires, the_viewer
from portal.web.forms import refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("patterns", __name__)


@bp.get("/shifts/patterns/<int:number>")
@requires("shift.publish")
def show(number: int) -> ResponseReturnValue:
    """A pattern and every shift that was made from it."""
    row, now = pattern_queries.pattern_with_names(the_viewer(), number), clock.now()
    made = [(slot, slot_shown.day_and_hours(slot)) for slot in pattern_queries.slots_of(number)]
    return render_template(
        "frontline/pattern.html", row=row, pattern=row.Pattern, words=days_words(row.Pattern), here="shifts",
        coming=[one for one in made if one[0].ends_at > now], over=[one for one in made if one[0].ends_at <= now],
    )  # fmt: skip


@bp.post("/shifts/patterns/<int:number>/slots")
@requires("shift.publish")
def again(number: int) -> ResponseReturnValue:
    """Make what is missing."""
    refuse_unknown({"csrf_token"})
    with writing():
        pattern = pattern_queries.pattern_for(the_viewer(), number)
        made = patterns.again(the_viewer(), pattern, now=clock.now())
    flash(f"{made} made." if made else "Nothing was missing. What exists stays as it is.")
    return redirect(url_for("patterns.show", number=number), 303)


@bp.post("/shifts/patterns/<int:number>/longer")
@requires("shift.publish")
def longer(number: int) -> ResponseReturnValue:
    """Let it go on for four weeks more."""
    refuse_unknown({"csrf_token"})
    with writing():
        pattern = pattern_queries.pattern_for(the_viewer(), number)
        made = patterns.go_on(the_viewer(), pattern, now=clock.now())
    flash(f"It goes on until {pattern.last_day:%A} {pattern.last_day.day} {pattern.last_day:%B}: {made} made.")
    return redirect(url_for("patterns.show", number=number), 303)


@bp.post("/shifts/patterns/<int:number>/end")
@requires("shift.publish")
def end(number: int) -> ResponseReturnValue:
    """Nothing more is made from it."""
    refuse_unknown({"csrf_token"})
    with writing():
        patterns.end(the_viewer(), pattern_queries.pattern_for(the_viewer(), number), now=clock.now())
    flash("Ended. The shifts that exist stay; cancel them one by one if they do not take place.")
    return redirect(url_for("patterns.show", number=number), 303)
