"""The blind sample over HTTP."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Invalid
from portal.people.access import requires, the_viewer
from portal.swarm import sampling, sampling_queries
from portal.swarm.sampling_rules import Answer
from portal.web.forms import refuse_unknown
from portal.web.transactions import writing

bp = Blueprint("sampling", __name__)


@bp.get("/triage/sample")
@requires("sample.assess")
def sample() -> ResponseReturnValue:
    """This month's ideas, in an order that tells nothing."""
    page = sampling_queries.newest_sample(the_viewer())
    return render_template("swarm/sample.html", page=page, answers=list(Answer), here="triage")


@bp.post("/triage/sample/<int:item>/answers")
@requires("sample.assess")
def assess(item: int) -> ResponseReturnValue:
    """Say whether one would take an idea up."""
    refuse_unknown({"csrf_token", "answer"})
    if (word := request.form.get("answer")) not in list(Answer):
        raise Invalid("unknown_answer", "Say yes, no, or that you are not sure.", {"answer": "Yes, no or unsure."})
    viewer = the_viewer()
    with writing():
        sampling.assess(viewer, item, Answer(word), now=clock.now())
    flash("Noted.")
    return redirect(url_for("sampling.sample") + f"#item-{item}", 303)


@bp.get("/swarm/samples")
@requires("sample.results")
def results() -> ResponseReturnValue:
    """What the samples say about how often the swarm misses something, or carries what it should not."""
    viewer = the_viewer()
    found, more = sampling_queries.results(viewer, cursor=request.args.get("after"))
    href = url_for("sampling.results", after=more) if more else None
    return render_template("swarm/samples.html", results=found, more_href=href, zone=viewer.timezone, here="programme")
