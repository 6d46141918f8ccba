"""The interface to absences and delegates: of the key's person alone."""

from datetime import date
from typing import Any

from flask import Response
from sqlalchemy import Row

from portal import clock
from portal.people import absences, delegates
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Day, Number, NumberPath, PageAsked, Sent, Shown, api, listed, page_of
from portal.web.dates import local_day
from portal.web.paging import cut, decode_cursor
from portal.web.transactions import writing

bp = api("absences", "Being away, who covers, and who answers on behalf of an executive.")


class AbsenceShown(Shown):
    """An absence, both days included. cover: the name of who covers."""

    number: int
    first_day: date
    last_day: date
    cover: str | None


class AbsenceSent(Sent):
    """From when until when, both included, and who covers."""

    first_day: Day
    last_day: Day
    cover: Number | None = None


class DelegateShown(Shown):
    """Somebody who answers on the person's behalf. running: they may do so now."""

    number: int
    name: str
    from_day: date
    until_day: date | None
    running: bool


class DelegateSent(Sent):
    """Who answers on one's behalf. until_day: inclusive; null until it is ended."""

    delegate: Number
    from_day: Day
    until_day: Day | None = None


@bp.get("/absences", responses={200: page_of(AbsenceShown)})
@requires("absence.note", scope=Scope.SELF_READ)
def list_absences(query: PageAsked) -> Response:
    """One's own absences that are not over."""
    rows = absences.upcoming(the_viewer().id, today=_today())
    return _listed(rows, query, lambda row: AbsenceShown(
        number=row.id, first_day=row.first_day, last_day=row.last_day, cover=row.cover
    ))  # fmt: skip


@bp.post("/absences", responses={201: AbsenceShown})
@requires("absence.note", scope=Scope.SELF_WRITE)
def note_absence(body: AbsenceSent) -> Response:
    """Note an absence (409 `overlaps`, `cover_is_away`; 422 `ends_before_it_begins`, `unknown_cover` and the like)."""
    viewer = the_viewer()

    def verb() -> AbsenceShown:
        made = absences.note(viewer, body.first_day, body.last_day, body.cover, today=_today(), now=clock.now())
        row = next(row for row in absences.upcoming(viewer.id, today=_today()) if row.id == made.id)
        return AbsenceShown(number=row.id, first_day=row.first_day, last_day=row.last_day, cover=row.cover)

    return once(verb, status=201)


@bp.delete("/absences/<int:number>", responses={204: None})
@requires("absence.note", scope=Scope.SELF_WRITE)
def take_absence_back(path: NumberPath) -> Any:
    """Not away after all, or back early."""
    viewer = the_viewer()
    with writing():
        absences.take_back(viewer, path.number, now=clock.now())
    return "", 204


@bp.get("/delegates", responses={200: page_of(DelegateShown)})
@requires("delegate.name", scope=Scope.SELF_READ)
def list_delegates(query: PageAsked) -> Response:
    """Who answers on one's behalf, or will."""
    return _listed(delegates.standing(the_viewer().id)[0], query, _delegate)


@bp.post("/delegates", responses={201: DelegateShown})
@requires("delegate.name", scope=Scope.SELF_WRITE)
def name_delegate(body: DelegateSent) -> Response:
    """Let somebody answer on one's behalf (403 `nothing_to_give`, 409 `delegated_already`, 422 `unknown_delegate`)."""
    viewer = the_viewer()

    def verb() -> DelegateShown:
        made = delegates.name(viewer, body.delegate, from_day=body.from_day, until_day=body.until_day, today=_today(),
                              now=clock.now())  # fmt: skip
        return _delegate(next(row for row in delegates.standing(viewer.id)[0] if row.id == made.id))

    return once(verb, status=201)


@bp.delete("/delegates/<int:number>", responses={204: None})
@requires("delegate.name", scope=Scope.SELF_WRITE)
def end_delegate(path: NumberPath) -> Any:
    """End a delegation, of one's own or held (409 `delegation_over`)."""
    viewer = the_viewer()
    with writing():
        delegates.revoke(viewer, path.number, now=clock.now())
    return "", 204


def _delegate(row: Row) -> DelegateShown:
    return DelegateShown(number=row.id, name=row.name, from_day=row.from_day, until_day=row.until_day,
                         running=row.started_at is not None)  # fmt: skip


def _listed(rows: Any, query: PageAsked, show: Any) -> Response:
    """One person's few rows, by number."""
    after = decode_cursor(query.cursor, int)
    later = sorted((row for row in rows if not after or row.id > after[0]), key=lambda row: row.id)
    found, following = cut(later, query.limit, lambda row: (row.id,))
    return listed([show(row) for row in found], following)


def _today() -> date:
    return local_day(clock.now(), the_viewer().timezone)
