"""The interface to what somebody who leaves still owes."""

from datetime import date
from typing import Literal

from flask import Response
from pydantic import Field

from portal import clock
from portal.home import leaving
from portal.home.leaving import Owed
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Number, NumberPath, Sent, Shown, api, listed, page_of

bp = api("leavers", "What somebody who leaves still owes, and who has it then.")


class DutyShown(Shown):
    """One thing that somebody owes. number: of the promise, the rule, the idea, the shift or the turn."""

    kind: Literal["promise", "sponsored", "rule", "local_fix", "first_reply", "answer", "shift_seat",
                  "shift_hosting", "representative_turn"]  # fmt: skip
    number: int
    title: str
    due_on: date | None


class HandOverSent(Sent):
    """Who has all of it from now on."""

    to: Number = Field(description="Somebody who can be given promises.")


class HandedOverShown(Shown):
    """How much was handed over."""

    count: int


@bp.get("/people/<int:number>/duties", responses={200: page_of(DutyShown)})
@requires("commitment.hand_over", scope=Scope.PEOPLE_READ)
def list_duties(path: NumberPath) -> Response:
    """What somebody still owes: promises they own or made, by their day, then rules, answers, shifts and turns."""
    viewer = the_viewer()
    leaving.leaver(viewer, path.number)
    return listed([_shown(duty) for duty in leaving.duties_of(viewer, path.number, now=clock.now())], None)


@bp.post("/people/<int:number>/duties/handovers", responses={201: HandedOverShown})
@requires("commitment.hand_over", scope=Scope.PEOPLE_WRITE)
def hand_over_duties(path: NumberPath, body: HandOverSent) -> Response:
    """Give all of it to somebody else (409 `nothing_owed`, 422 `unknown_successor`).

    Whoever is deactivated before hands over to their manager, else to the sponsor of a promise, else to programme.
    """
    viewer, now = the_viewer(), clock.now()
    return once(
        lambda: HandedOverShown(count=leaving.hand_over(viewer, path.number, body.to, now=now)), status=201
    )  # fmt: skip


def _shown(duty: Owed) -> DutyShown:
    return DutyShown(
        kind=duty.kind,  # type: ignore[arg-type]
        number=duty.number,
        title=duty.title,
        due_on=duty.due_on,
    )
