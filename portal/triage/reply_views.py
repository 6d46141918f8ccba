"""The first reply over HTTP, and promising a fix for a site of one's own."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.queries import organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Conflict, DomainError, Invalid
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for, idea_view
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.triage import replies, reply_queries
from portal.triage.lane_scope import said_where, sites_of
from portal.triage.models import ReplyKind
from portal.triage.policy import MAY
from portal.triage.reply_forms import ReplyForm
from portal.triage.reply_rules import reply_refusal
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("replies", __name__)
SAID = {
    ReplyKind.ANSWERED: "Your reply is on the idea’s page, with your name.",
    ReplyKind.FIXED_HERE: "Promised, in public. The idea stays on the board for all other sites.",
    ReplyKind.LEFT_TO_SWARM: "Left to the votes, in public and with your name.",
}
FIELDS = {"promise": "words"}  # what rules of promises call the sentence


@bp.get("/ideas/<int:number>/replies")
@requires("lane.see")
def new(number: int) -> ResponseReturnValue:
    """What the viewer can reply to an idea."""
    return _page(idea_for(the_viewer(), number), ReplyForm(None))


@bp.post("/ideas/<int:number>/replies")
@requires("lane.see")
def give(number: int) -> ResponseReturnValue:
    """Reply first, or promise a fix for one's own site."""
    viewer, now, form = the_viewer(), clock.now(), ReplyForm()
    idea = idea_for(viewer, number)
    if not form.validate():
        return _page(idea, form), 422
    kind, words, due_on = ReplyKind(form.kind.data), form.words.data or "", form.due_on.data
    try:
        with writing():
            idea = idea_for(viewer, number)
            if kind is ReplyKind.FIXED_HERE and due_on is not None:
                replies.fix_here(viewer, idea, form.site.data or 0, words, due_on, now=now)
            else:
                replies.reply(viewer, idea, kind, words, now)
    except (Conflict, Invalid) as refusal:
        return _refused(number, form, refusal)
    flash(SAID[kind])
    return redirect(url_for("home.idea", number=number), 303)


def _refused(number: int, form: ReplyForm, refusal: DomainError) -> ResponseReturnValue:
    if wants_json():
        raise refusal
    for name, sentence in refusal.fields.items():
        part = form[FIELDS.get(name, name)]
        part.errors = [*part.errors, sentence]
    return _page(idea_for(the_viewer(), number), form, refusal), status_of(refusal)


def _page(idea: Idea, form: ReplyForm, refusal: DomainError | None = None) -> str:
    viewer, today = the_viewer(), _today()
    leads = [site for site in sites_of(viewer) if site.leads]
    # One's own site first where it is about that one.
    form.offer(sorted(leads, key=lambda site: site.id != idea.site_id))
    kinds = _kinds(viewer, idea, fixes=bool(leads))
    form.propose(kinds, today)
    given = reply_queries.first_reply(idea.id)
    return render_template(
        "triage/reply.html", here="team", idea=idea_view(viewer, idea), form=form, kinds=kinds,
        one_site=len(leads) == 1, kept=form.words.data if refusal else "",
        given=given and {"by": given.by, "kind": reply_queries.KINDS[given.kind], "words": given.words},
        refusal={"": refusal.message} if refusal and not refusal.fields else {},
    )  # fmt: skip


def _kinds(viewer: Viewer, idea: Idea, *, fixes: bool) -> list[ReplyKind]:
    """What is offered: the two that only speak where the first reply is the viewer's to give, a fix where they lead."""
    facts = replies.facts_of(viewer, idea)
    speaks = MAY["reply.give"](viewer, said_where(idea)) and reply_refusal(facts) is None
    asks = [ReplyKind.ANSWERED, ReplyKind.LEFT_TO_SWARM] if speaks else []
    return [*asks, ReplyKind.FIXED_HERE] if fixes and not facts.own else asks


def _today() -> date:
    return day_in(organisation_zone(), clock.now())
