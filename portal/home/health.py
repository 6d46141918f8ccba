"""Whether the process lives, and whether it is ready to serve."""

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.home import points_health, readiness, worker_clock
from portal.people.access import requires

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@requires("public")
def alive() -> ResponseReturnValue:
    """The process answers. With `?full` everything is looked at, and points that stand still are 503 as well."""
    if "full" not in request.args:
        return jsonify({"status": "ok"})
    found = readiness.checks(current_app, now=clock.now())
    if all(check.fine for check in found):
        found = [*found, worker_clock.check(), points_health.check()]
    fine = all(check.fine for check in found)
    body = {"status": "ok" if fine else "not well", "checks": {check.name: check.words for check in found}}
    return jsonify(body), 200 if fine else 503


@bp.get("/readyz")
@requires("public")
def ready() -> ResponseReturnValue:
    """Database writable, migrations current, outbox not stuck: 200, or 503 and what is wrong."""
    checks = readiness.checks(current_app, now=clock.now())
    fine = all(check.fine for check in checks)
    # A worker that asks, or points that stand still, are no reason to close the doors; whoever looks reads of it.
    told = [*checks, worker_clock.check(), points_health.check()] if fine else checks
    body = {"status": "ok" if fine else "not ready", "checks": {check.name: check.words for check in told}}
    return jsonify(body), 200 if fine else 503
