"""The interface to the answer clocks: what an idea is owed, what one owes, and who is asked first."""

from datetime import date
from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.errors import Missing
from portal.ideas.queries import idea_for
from portal.ideas.words import Barrier
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.triage import answerers, clock_queries
from portal.triage.clock import Duty
from portal.web.api import Moment, Number, NumberPath, PageAsked, Sent, Shown, api, listed, page_of, shown
from portal.web.paging import cut, decode_cursor
from portal.web.transactions import writing

bp = api("clocks", "Who owes an idea a first reply or an answer, until when, and who is asked first.")


class ClockShown(Shown):
    """What an idea is owed. answerer is null for the minute until they are named; level: how often it has climbed."""

    idea: int
    what: Duty
    answerer: str | None
    due_on: date = Field(description="The day at the idea's site.")
    due_at: Moment
    overdue: bool
    level: int
    called: str | None = Field(description="Who was asked to see to it because it is late.")


class OwedShown(Shown):
    """Something that the key's person owes. level: 0 as the answerer, else called because it is late."""

    idea: int
    title: str
    what: Duty
    level: int
    due_on: date
    due_at: Moment


class AnswererShown(Shown):
    """A line of the table. barrier null: every one."""

    number: int
    what: Duty
    place: int
    barrier: Barrier | None
    person: int
    name: str


class AnswererSent(Sent):
    """Who is asked first at a place and below. barrier null: for every one."""

    what: Duty
    place: Number
    barrier: Barrier | None = None
    person: Number


@bp.get("/ideas/<int:number>/clock", responses={200: ClockShown})
@requires("clock.see", scope=Scope.IDEAS_READ)
def see_clock(path: NumberPath) -> Response:
    """What an idea is owed by whom and until when; 404 where nothing is."""
    number = idea_for(the_viewer(), path.number).id
    found = clock_queries.clock_of(number, now=clock.now())
    if found is None:
        raise Missing("clock")
    return shown(ClockShown(
        idea=number, what=found.what, answerer=found.name, due_on=found.due_on, due_at=found.due_at,
        overdue=found.overdue, level=found.level, called=found.called,
    ))  # fmt: skip


@bp.get("/owed", responses={200: page_of(OwedShown)})
@requires("self.see", scope=Scope.DECISIONS_READ)
def list_owed(query: PageAsked) -> Response:
    """What the key's person owes, in the order in which it was given to them."""
    after = decode_cursor(query.cursor, int)
    rows = clock_queries.owed_page(the_viewer(), after=after[0] if after else 0, limit=query.limit + 1)
    found, following = cut(rows, query.limit, lambda row: (row.id,))
    return listed([
        OwedShown(idea=row.idea_id, title=row.title, what=row.duty, level=row.level, due_on=row.due_on,
                  due_at=row.due_at)
        for row in found
    ], following)  # fmt: skip


@bp.get("/answerers", responses={200: page_of(AnswererShown)})
@requires("answerers.set", scope=Scope.DECISIONS_READ)
def list_answerers(query: PageAsked) -> Response:
    """The lines of the table of who is asked first."""
    after = decode_cursor(query.cursor, int)
    rows = answerers.lines(the_viewer(), after=after[0] if after else 0, limit=query.limit + 1)
    found, following = cut(rows, query.limit, lambda row: (row.id,))
    return listed([_shown(row) for row in found], following)


@bp.post("/answerers", responses={201: AnswererShown})
@requires("answerers.set", scope=Scope.DECISIONS_WRITE)
def name_answerer(body: AnswererSent) -> Response:
    """Name who is asked first (422 `unknown_place`, `cannot_answer`); the same place and barrier again replaces."""
    viewer = the_viewer()

    def verb() -> AnswererShown:
        made = answerers.name(viewer, body.what, body.place, body.barrier, body.person, now=clock.now())
        return _shown(next(row for row in answerers.lines(viewer) if row.id == made.id))

    return once(verb, status=201)


@bp.delete("/answerers/<int:number>", responses={204: None})
@requires("answerers.set", scope=Scope.DECISIONS_WRITE)
def remove_answerer(path: NumberPath) -> Any:
    """Take a line out of the table."""
    viewer = the_viewer()
    with writing():
        answerers.remove(viewer, path.number, now=clock.now())
    return "", 204


def _shown(row: Any) -> AnswererShown:
    return AnswererShown(
        number=row.id, what=row.duty, place=row.place_id, barrier=Barrier(row.barrier) if row.barrier else None,
        person=row.person_id, name=row.person,
    )  # fmt: skip
