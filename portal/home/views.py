"""The pages that read across capabilities."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.home import board as board_page
from portal.home import idea_context, idea_page
from portal.home.board import ORDER_LINES, VIEWS, Wanted
from portal.home.dealing import FILTER_SCANNED, NEWEST_FOUND
from portal.home.facts import Facts
from portal.home.shell import board_facts
from portal.home.tabs import tabs
from portal.ideas.box import ask_for
from portal.ideas.words import Barrier
from portal.people.access import requires, the_viewer
from portal.web.paging import capped
from portal.web.redirects import safe_next

bp = Blueprint("home", __name__)


@bp.get("/")
@requires("self.see")
def start() -> ResponseReturnValue:
    """The page that one's role starts the day with."""
    viewer = the_viewer()
    if viewer.is_executive:
        return redirect(url_for("triage.index"), 303)
    if viewer.is_owner and not viewer.is_frontline:
        return redirect(url_for("commitments.index", mine=1), 303)
    return redirect(url_for("home.board"), 303)


@bp.get("/ideas")
@requires("idea.list")
def board() -> ResponseReturnValue:
    """The board: the open box, how we are doing, and the ideas of one view."""
    viewer, now, wanted = the_viewer(), clock.now(), Wanted.from_args(request.args)
    facts = board_facts()
    listing = board_page.listing(viewer, wanted, now=now, facts=facts)
    around = tabs(viewer, facts.killed, facts.full)
    return render_template(
        "home/board.html",
        here="board",
        ask=ask_for(viewer, now=now),
        proof=facts.strip,
        views=_views(wanted, around.counts),
        filters=_filters(wanted, facts),
        order_lines=ORDER_LINES,
        cards=listing.cards,
        limited=_limited(wanted) if listing.limited else None,
        empty=_nothing(wanted),
        more={"href": listing.more, "label": "Show more"} if listing.more else None,
        rail={"killed": around.killed.shown(now=now) if around.killed else None},
    )


@bp.get("/ideas/<int:number>/card")
@requires("idea.see")
def card(number: int) -> ResponseReturnValue:
    """One idea's card or swarm box alone: what a vote without a page load is answered with."""
    viewer, now = the_viewer(), clock.now()
    back = safe_next(request.args.get("back"), "/ideas")
    if request.args.get("where") == "page":
        page = idea_page.load(viewer, number, now=now, facts=board_facts())
        return render_template("home/_swarm_box.html", card=page.card, swarm=page.swarm)
    shown = idea_page.card_for(viewer, number, now=now, back=back, facts=board_facts())
    return render_template("home/_idea_card.html", card=shown, fresh=True)


@bp.get("/ideas/<int:number>")
@requires("idea.see")
def idea(number: int) -> ResponseReturnValue:
    """The public record of one idea."""
    viewer, now = the_viewer(), clock.now()
    page = idea_page.load(viewer, number, now=now, facts=board_facts())
    after = request.args.get("comments")
    return render_template("home/idea.html", here="board", **idea_context.context(viewer, page, now=now, after=after))


@bp.get("/me")
@requires("self.see")
def me() -> ResponseReturnValue:
    """My ideas and what became of them, and the way to everything of one's own."""
    viewer = the_viewer()
    listing = board_page.listing(
        viewer,
        Wanted(view="newest", mine=True, after=request.args.get("after")),
        now=clock.now(),
        facts=board_facts(),
    )
    return render_template("home/me.html", here="me", cards=listing.cards, more=listing.more)


def _views(wanted: Wanted, counts: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "href": wanted.address(view=name, mine="", q=""),
            "count": capped(counts[name]) if name in counts else None,
            "current": name == wanted.view,
        }
        for name, label in VIEWS.items()
    ]


def _filters(wanted: Wanted, facts: Facts) -> dict[str, object]:
    return {
        "view": "" if wanted.view == "needs-you" else wanted.view,
        "barriers": [(barrier.value, barrier.label) for barrier in Barrier],
        "barrier": wanted.barrier,
        "sites": facts.sites,
        "site": wanted.site or "",
        "q": wanted.text,
    }


def _limited(wanted: Wanted) -> dict[str, str]:
    """What of all that fits the filter was looked at, and where all of it is."""
    newest = f"the newest {NEWEST_FOUND} that fit"
    looked = newest if wanted.text else f"the first {FILTER_SCANNED:,} of each order and at {newest}"
    return {
        "sentence": f"Many ideas fit this filter: here we look only at {looked}.",
        "action": "See all of them, newest first",
        "href": wanted.address(view="newest"),
    }


def _nothing(wanted: Wanted) -> dict[str, str]:
    """One sentence of truth and one way on."""
    if wanted.text:
        words = f"Nothing like “{wanted.text}”. Say it and you will be the first."
        return {"sentence": words, "action": "Say it", "href": url_for("ideas.new", text=wanted.text)}
    if wanted.view == "needs-you":
        words = "You have seen everything that needs you."
        return {"sentence": words, "action": "See what gathers pace", "href": "/ideas?view=rising"}
    if wanted.view == "rising":
        words = "Here you see the ideas that you have weighed in on."
        return {"sentence": words, "action": "See what needs your view", "href": "/ideas"}
    return {"sentence": "Nothing here yet.", "action": "See everything, newest first", "href": "/ideas?view=newest"}
