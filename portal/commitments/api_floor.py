"""The interface to checks on the floor. Who answered what is kept nowhere."""

from datetime import date
from typing import Annotated

from flask import Response
from pydantic import Field

from portal.commitments import floor_queries as queries
from portal.commitments import floor_service as service
from portal.commitments.floor_queries import Asked as AskedOf
from portal.commitments.floor_queries import Result
from portal.commitments.floor_rules import FloorAnswer
from portal.commitments.queries import commitment_for
from portal.people.access import requires, the_viewer
from portal.people.group_rules import Group
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import NumberPath, Sent, Shown, api, listed, page_of, shown

bp = api("floor-checks", "Is it gone on your desk? Asked 14, 30 and 90 days after a change went live.")


class FloorCheckShown(Shown):
    """What you are asked. days: after the change went live."""

    number: int
    days: int
    idea: int
    title: str
    commitment: int
    sentence: str
    live_from: date
    answered: bool
    over: bool


class FloorAnswerSent(Sent):
    """Is it gone on your desk?"""

    answer: FloorAnswer


class FloorFigures(Shown):
    """How many people gave which answer."""

    site: str
    yes: int
    partly: int
    no: int


class FloorResultShown(Shown):
    """What came of a check. total and sites: null and empty while it runs, and where fewer than ten answered."""

    number: int
    days: int
    began_on: date
    ended_on: date | None
    reopened: bool
    asked: Annotated[int | None, Field(description="How many were asked; null where they are fewer than ten.")]
    total: FloorFigures | None
    sites: list[FloorFigures]


def check_as_shown(one: AskedOf) -> FloorCheckShown:
    """A question as programs get it."""
    return FloorCheckShown(**{name: getattr(one, name) for name in FloorCheckShown.model_fields})


def _figures(group: Group) -> FloorFigures:
    yes, partly, no = group.parts
    return FloorFigures(site=group.label, yes=yes, partly=partly, no=no)


def _result(one: Result) -> FloorResultShown:
    total = one.result.total if one.result else None
    return FloorResultShown(
        number=one.number, days=one.days, began_on=one.began_on, ended_on=one.ended_on, reopened=one.reopened,
        asked=one.asked, total=_figures(total) if total else None,
        sites=[_figures(group) for group in one.result.groups] if one.result else [],
    )  # fmt: skip


@bp.get("/floor-checks", responses={200: page_of(FloorCheckShown)})
@requires("floor_check.see", scope=Scope.PROMISES_READ)
def list_floor_checks() -> Response:
    """Everything that you are asked now; there are never many."""
    return listed([check_as_shown(one) for one in queries.waiting_for(the_viewer())], None)


@bp.get("/floor-checks/<int:number>", responses={200: FloorCheckShown})
@requires("floor_check.see", scope=Scope.PROMISES_READ)
def get_floor_check(path: NumberPath) -> Response:
    """One question that you were asked."""
    return shown(check_as_shown(queries.asked(the_viewer(), path.number)))


@bp.post("/floor-checks/<int:number>/answers", responses={201: FloorCheckShown})
@requires("floor_check.answer", scope=Scope.PROMISES_WRITE)
def answer_floor_check(path: NumberPath, body: FloorAnswerSent) -> Response:
    """Say whether it is gone on your desk. 409 `already_answered`; 410 `check_over`."""
    viewer = the_viewer()

    def verb() -> FloorCheckShown:
        service.answer(viewer, path.number, body.answer)
        return check_as_shown(queries.asked(viewer, path.number))

    return once(verb, status=201)


@bp.get("/commitments/<int:number>/floor-checks", responses={200: page_of(FloorResultShown)})
@requires("commitment.see", scope=Scope.PROMISES_READ)
def list_floor_results(path: NumberPath) -> Response:
    """What came of the checks of one promise, the newest first."""
    commitment_for(the_viewer(), path.number)
    return listed([_result(one) for one in queries.results(path.number)], None)
