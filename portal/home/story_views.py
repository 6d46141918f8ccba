"""The whole story of an idea as a page of its own."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.home import story_page
from portal.home.cards import may_see_numbers
from portal.home.story_page import Sort
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.swarm.lists import my_vote

bp = Blueprint("story", __name__)


@bp.get("/ideas/<int:number>/story")
@requires("idea.see")
def show(number: int) -> ResponseReturnValue:
    """Everything that happened to an idea, the newest first; `?of=` shows one sort alone."""
    viewer, idea = the_viewer(), idea_for(the_viewer(), number)
    wanted = request.args.get("of") or ""
    if wanted not in {"", *Sort}:
        raise Invalid("unknown_filter", "A story has no such part.")
    decided = may_see_numbers(idea, viewer, my_vote(viewer, number))
    sort = Sort(wanted) if wanted else None
    rows, more = story_page.steps_page(idea, decided=decided, sort=sort, cursor=request.args.get("after"))
    of = wanted or None
    return render_template(
        "home/story.html",
        here="board",
        idea=idea,
        entries=story_page.entries(rows, zone=viewer.timezone, now=clock.now()),
        sorts=[("", "Everything"), *((one.value, one.label) for one in Sort)],
        wanted=wanted,
        more_href=url_for("story.show", number=number, of=of, after=more) if more else None,
        first_href=url_for("story.show", number=number, of=of) if request.args.get("after") else None,
    )
