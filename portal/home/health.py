"""Whether the process lives, and whether it is ready to serve."""

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from portal import clock
from portal.home import readiness, worker_clock
from portal.people.access import requires

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@requires("public")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
@requires("public")
def ready() -> ResponseReturnValue:
    """Database writable, migrations current, outbox not stuck: 200, or 503 and what is wrong."""
    checks = readiness.checks(current_app, now=clock.now())
    fine = all(check.fine for check in checks)
    # A worker that asks is no reason to close the doors, but whoever looks here should read of it.
    told = [*checks, worker_clock.check()] if fine else checks
    body = {"status": "ok" if fine else "not ready", "checks": {check.name: check.words for check in told}}
    return jsonify(body), 200 if fine else 503
