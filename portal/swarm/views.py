"""Voting over HTTP. One address for all votes of a person on an idea; repeating a vote changes nothing."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError, Invalid
from portal.ideas.queries import readable_number
from portal.people.access import requires, the_viewer
from portal.swarm import service, stop_queries
from portal.swarm.dealt import Deals
from portal.swarm.forms import VoteForm
from portal.swarm.models import Via
from portal.swarm.rules import VoteRefusal
from portal.swarm.service import Voter
from portal.web.limits import limiter, per_viewer
from portal.web.redirects import safe_next
from portal.web.secret import secret_for
from portal.web.transactions import writing

bp = Blueprint("swarm", __name__)
CAME_CHARS_MAX = 16
ABOUT_THE_STOP = (VoteRefusal.STOP_NEEDS_REASON, VoteRefusal.STOP_NEEDS_SENTENCE, VoteRefusal.SENTENCE_TOO_LONG)


@bp.post("/ideas/<int:number>/votes")
@requires("vote.cast")
@limiter.limit("30/minute", key_func=per_viewer)
def vote(number: int) -> ResponseReturnValue:
    """Give, change or take back a vote; a refused stop signal comes back with its words."""
    form = VoteForm()
    if not form.validate():
        raise Invalid(
            "not_a_vote", "That is not a vote we know.", {name: errors[0] for name, errors in form.errors.items()}
        )
    viewer = the_viewer()
    via = _via(form, viewer.id, number)
    try:
        with writing():
            idea_id = readable_number(viewer, number)
            promoted = service.cast_vote(Voter.of(viewer), idea_id, form.wanted(), via=via, now=clock.now())
    except DomainError as refusal:
        if refusal.code in ABOUT_THE_STOP:
            return _stop_again(number, form, refusal)
        raise
    if promoted:
        flash(f"That was the one it needed. Number {number} goes to the executives now.")
    return _answer(number, form)


@bp.get("/ideas/<int:number>/stops")
@requires("stops.see")
def stops(number: int) -> ResponseReturnValue:
    """The stop signals on an idea, as far as this viewer may see them, and the form for one's own."""
    page = stop_queries.stops_page(the_viewer(), number)
    card = page.card() | {"came": request.args.get("came", "")[:CAME_CHARS_MAX]}
    return render_template("swarm/stops.html", page=page, card=card, here="board", zone=the_viewer().timezone)


def _answer(number: int, form: VoteForm) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        # The card is drawn by the page that knows everything on it; the browser follows by itself.
        back = safe_next(request.form.get("next"), "/ideas").split("#")[0]
        where, came = form.where.data or "board", form.came.data or None
        return redirect(url_for("home.card", number=number, where=where, back=back, came=came), 303)
    return redirect(safe_next(request.form.get("next"), f"/ideas/{number}#idea-{number}"), 303)


def _stop_again(number: int, form: VoteForm, refusal: DomainError) -> ResponseReturnValue:
    page = stop_queries.stops_page(the_viewer(), number)
    card = page.card(error=refusal.message, reason=form.reason.data or "", words=form.sentence.data or "")
    card["back"] = safe_next(request.form.get("next"), card["back"]).split("#")[0]
    card["came"] = form.came.data or ""
    if request.headers.get("HX-Request"):
        response = make_response(render_template("swarm/_stop.html", card=card, where=form.where.data or "board"), 422)
        response.headers["HX-Retarget"] = f"#stop-{number}"
        response.headers["HX-Reswap"] = "outerHTML"
        return response
    return render_template("swarm/stops.html", page=page, card=card, here="board", zone=the_viewer().timezone), 422


def _via(form: VoteForm, viewer_id: int, number: int) -> Via:
    """How the voter came here: by what was dealt to them, which they cannot make up; else by what their page says."""
    came, back = form.came.data or "", request.form.get("next", "")
    if Deals(secret_for("dealt")).is_mark(viewer_id, number, came):
        return Via.FEED
    if came in (Via.NEWEST, Via.SEARCH):
        return Via(came)
    if not back.startswith("/ideas?"):
        return Via.LINK
    if "q=" in back:
        return Via.SEARCH
    return Via.NEWEST if "view=newest" in back else Via.LINK
