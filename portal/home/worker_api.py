"""The interface to the worker's clock. For keys of administrators."""

from flask import Response

from portal import clock
from portal.home import worker_clock
from portal.outbox import clock_guard
from portal.outbox.clock_guard import Stop
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Moment, NumberPath, Shown, api, shown

bp = api("worker", "Whether the worker runs by its clock, and letting it go on when that clock has jumped.")


class ClockStopShown(Shown):
    """A clock that jumped by more than 36 hours. Nothing periodic is started by that host until somebody says go on."""

    number: int
    host: str
    last_tick_at: Moment
    stopped_at: Moment


class WorkerShown(Shown):
    """When periodic work was last started, and what is asked."""

    last_tick_at: Moment | None
    stops: list[ClockStopShown]


@bp.get("/worker", responses={200: WorkerShown})
@requires("worker.see", scope=Scope.AUDIT_READ)
def see_worker() -> Response:
    """When periodic work was last started, and the clocks that have jumped."""
    worker_clock.demand_may(the_viewer(), "worker.see")
    return shown(
        WorkerShown(last_tick_at=clock_guard.last_tick(), stops=[_shown(one) for one in clock_guard.open_stops()])
    )


@bp.post("/worker/stops/<int:number>/resumption", responses={200: ClockStopShown})
@requires("worker.resume", scope=Scope.WORKER_WRITE)
def resume_worker(path: NumberPath) -> Response:
    """Say that a clock that jumped is right; a stop that has ended stays ended."""
    viewer = the_viewer()
    return once(lambda: _shown(worker_clock.go_on(viewer, path.number, now=clock.now())))


def _shown(stop: Stop) -> ClockStopShown:
    return ClockStopShown(
        number=stop.number, host=stop.host, last_tick_at=stop.last_tick_at, stopped_at=stop.stopped_at
    )  # fmt: skip
