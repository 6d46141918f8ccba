"""The interface to attendance: what became of the seats of a shift."""

from typing import Any, Literal

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import attendance, attendance_queries, slot_queries
from portal.frontline.attendance_rules import WORDS_CHARS_MAX
from portal.frontline.words import Attendance
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Line, Moment, Number, NumberPath, PageAsked, Sent, Shown, api, listed, page_of
from portal.web.paging import cut, decode_cursor

bp = api("attendance", "Who was there. It is seen, and it costs nobody anything.")
Step = Literal["arrived", "completed", "abandoned", "no_show", "excused"]


class AttendanceSent(Sent):
    """One step about one seat."""

    seat: Number = Field(description="Of `GET /slots/{number}/seats`.")
    to: Step
    words: Line = Field("", max_length=WORDS_CHARS_MAX, description="For the site and the visitor.")


class AttendanceStepShown(Shown):
    """Something that was noted. by: null where the portal did."""

    step: Step
    at: Moment
    by: str | None
    words: str


class AttendanceShown(Shown):
    """A seat, who has it, and what became of it."""

    seat: int
    person: int
    name: str
    attendance: Attendance
    steps: list[AttendanceStepShown]


@bp.get("/slots/<int:number>/seats", responses={200: page_of(AttendanceShown)})
@requires("shift.mark", scope=Scope.SHIFTS_READ)
def list_seats(path: NumberPath, query: PageAsked) -> Response:
    """The seats of a shift in the order in which they were taken; a visitor sees their own alone."""
    viewer = the_viewer()
    rows = attendance_queries.seats_of(viewer, slot_queries.slot_for(viewer, path.number))
    after = decode_cursor(query.cursor, int)
    later = sorted((row for row in rows if not after or row.SignUp.id > after[0]), key=lambda row: row.SignUp.id)
    found, following = cut(later, query.limit, lambda row: (row.SignUp.id,))
    return listed(_shown(found), following)


@bp.post("/slots/<int:number>/attendance", responses={201: AttendanceShown})
@requires("shift.mark", scope=Scope.SHIFTS_WRITE)
def mark_attendance(path: NumberPath, body: AttendanceSent) -> Response:
    """Note a step: the site and whoever hosts all of them, a visitor that they are here.

    403 `not_yours_to_note`; 409 `no_seat`, `not_the_next_step`, `not_yet`, `too_late_to_note`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> AttendanceShown:
        slot = slot_queries.slot_for(viewer, path.number)
        seat = attendance_queries.seat_in(viewer, slot, body.seat)
        attendance.mark(viewer, seat, Attendance(body.to), now=now, words=body.words)
        return next(one for one in _shown(attendance_queries.seats_of(viewer, slot)) if one.seat == body.seat)

    return once(verb, status=201)


def _shown(rows: Any) -> list[AttendanceShown]:
    steps = attendance_queries.steps_of([row.SignUp.id for row in rows])
    return [
        AttendanceShown(
            seat=row.SignUp.id, person=row.SignUp.person_id, name=row.name, attendance=row.SignUp.attendance,
            steps=[_step(one) for one in steps.get(row.SignUp.id, [])],
        )
        for row in rows
    ]  # fmt: skip


def _step(row: Any) -> AttendanceStepShown:
    step = row.SeatStep
    return AttendanceStepShown(step=step.kind.value, at=step.at, by=row.by, words=step.words)
