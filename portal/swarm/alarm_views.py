"""Alarms about pushed support over HTTP, for programme."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.people.access import requires, the_viewer
from portal.swarm import alarm_queries

bp = Blueprint("alarms", __name__)


@bp.get("/swarm/alarms")
@requires("swarm.alarms")
def index() -> ResponseReturnValue:
    """Where support looks pushed, the newest first."""
    viewer = the_viewer()
    lines, more = alarm_queries.alarms_page(viewer, cursor=request.args.get("after"))
    href = url_for("alarms.index", after=more) if more else None
    return render_template("swarm/alarms.html", lines=lines, more_href=href, zone=viewer.timezone, here="programme")
