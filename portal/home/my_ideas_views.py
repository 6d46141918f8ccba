"""My ideas and what became of them, and what I backed."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.home import my_ideas
from portal.people.access import requires, the_viewer
from portal.web.dates import day_words, local_day

bp = Blueprint("my_ideas", __name__)
VIEWS = {"said": "What I said", "backed": "What I backed"}


@bp.get("/me/ideas")
@requires("self.see")
def show() -> ResponseReturnValue:
    """One's own ideas with what became of them; `?view=backed`: what one backed."""
    viewer, now, view = the_viewer(), clock.now(), request.args.get("view") or "said"
    if view not in VIEWS:
        raise Invalid("unknown_filter", "There is no such list of yours.")
    page = my_ideas.said_page if view == "said" else my_ideas.backed_page
    found, following = page(viewer, now=now, cursor=request.args.get("after"))
    of = view if view != "said" else None
    return render_template(
        "home/my_ideas.html",
        here="me",
        view=view,
        views=[
            (label, url_for("my_ideas.show", view=None if name == "said" else name), name == view)
            for name, label in VIEWS.items()
        ],
        ideas=found,
        more_href=url_for("my_ideas.show", view=of, after=following) if following else None,
        first_href=url_for("my_ideas.show", view=of) if request.args.get("after") else None,
        today=local_day(now, viewer.timezone),
        zone=viewer.timezone,
        day_words=day_words,
    )
