"""The parameters over HTTP: why the order is as it is, and changing it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.swarm import parameter_queries, parameters
from portal.swarm.parameter_forms import ParametersForm
from portal.swarm.parameter_rules import KNOBS
from portal.web.transactions import writing

bp = Blueprint("parameters", __name__)


@bp.get("/ideas/order")
@requires("parameters.see")
def order() -> ResponseReturnValue:
    """Why this order: the formula in words, the present parameters, and every change of them."""
    viewer = the_viewer()
    versions, more = parameter_queries.versions_page(cursor=request.args.get("after"))
    href = url_for("parameters.order", after=more) if more else None
    facts = {"params": parameters.in_force(), "knobs": KNOBS, "versions": versions, "zone": viewer.timezone}
    return render_template("swarm/order.html", more_href=href, here="board", **facts)


@bp.get("/swarm/parameters")
@requires("parameters.change")
def form() -> ResponseReturnValue:
    """The parameters to change, with their present values."""
    params = parameters.in_force()
    return page("swarm/parameters.html", ParametersForm(data=parameter_queries.values_of(params)), **_around())


@bp.post("/swarm/parameters")
@requires("parameters.change")
def change() -> ResponseReturnValue:
    """Make a new version, in force at once."""
    sent, viewer = ParametersForm(), the_viewer()
    if not sent.validate():
        return page("swarm/parameters.html", sent, status=422, **_around())
    try:
        with writing():
            wanted = sent.wanted(parameters.in_force())
            made = parameters.change(wanted, sent.reason.data or "", by_id=viewer.id, now=clock.now())
    except DomainError as refusal:
        return refused("swarm/parameters.html", sent, refusal, **_around())
    flash(f"Version {made.version} is in force. Every score is being counted again.")
    return redirect(url_for("parameters.order"), 303)


def _around() -> dict[str, Any]:
    return {"knobs": KNOBS, "params": parameters.in_force(), "here": "programme"}
