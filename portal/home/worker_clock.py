"""What administrators are asked when the worker's clock has jumped, and their answer."""

from datetime import datetime

from portal.home.readiness import Check
from portal.home.worker_policy import MAY
from portal.outbox import clock_guard
from portal.outbox.clock_guard import Stop
from portal.people import service as people
from portal.people.imports import Top
from portal.people.policy import demand
from portal.people.viewer import Viewer

NAME = "worker clock"


def go_on(viewer: Viewer, number: int, *, now: datetime) -> Stop:
    """Say that the clock is right. A stop that has ended stays ended. Raises Refused, Missing."""
    demand_may(viewer, "worker.resume")
    stop = clock_guard.go_on(number, by_id=viewer.id, now=now)
    _audit(stop, viewer.id, now)
    return stop


def go_on_all(*, now: datetime) -> list[Stop]:
    """The same for everything that is asked, at the command line."""
    stops = clock_guard.open_stops()
    for stop in stops:
        clock_guard.go_on(stop.number, by_id=None, now=now)
        _audit(stop, None, now)
    return stops


def demand_may(viewer: Viewer, action: str) -> None:
    """Raise Refused unless the right is held on the whole organisation: one worker serves everybody."""
    demand(MAY, action, viewer, Top(f"/{viewer.organisation_id}/"))


def check() -> Check:
    """For `flask doctor` and the details of /readyz."""
    if stops := clock_guard.open_stops():
        return Check(NAME, False, f"{stops[0].words}. Nothing periodic is started. Run: flask worker resume")
    last = clock_guard.last_tick()
    return Check(NAME, True, f"periodic work was last started at {last:%Y-%m-%d %H:%M} UTC" if last else "not run yet")


def _audit(stop: Stop, by_id: int | None, now: datetime) -> None:
    facts = {"host": stop.host, "last_tick_at": stop.last_tick_at, "stopped_at": stop.stopped_at}
    people.audit("worker.resumed", f"clock_stop:{stop.number}", facts, actor_id=by_id, now=now)
