"""The interface to the work on a promise: its checklist, decisions asked for, help, and nudges."""

from flask import Response
from pydantic import Field

from portal import clock
from portal.commitments import helping, needs, nudges, queries, steps
from portal.commitments.api import TAKES_MATCH, carried_out
from portal.commitments.api_shapes import StandsShown
from portal.commitments.rules import day_in
from portal.commitments.work_rules import NEED_CHARS_MAX, NEED_CHARS_MIN, STEP_CHARS_MAX, STEPS_MAX
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.web.api import AskedPath, Line, Number, NumberPath, Sent, Words, api

bp = api("work-on-promises", "What keeping a promise takes: small steps, decisions, help, and nudges of who waits.")


class StepPath(AskedPath):
    """A line of a promise."""

    number: Number
    step: Number


class StepSent(Sent):
    """A line of the checklist."""

    words: Line = Field(min_length=1, max_length=STEP_CHARS_MAX)


class TickSent(Sent):
    """Whether it is done."""

    done: bool


class OrderSent(Sent):
    """Every line, in the order in which they shall stand."""

    steps: list[Number] = Field(max_length=STEPS_MAX)


class NeedSent(Sent):
    """What has to be decided, what was decided, or what would help. Everybody reads it."""

    words: Words = Field(min_length=NEED_CHARS_MIN, max_length=NEED_CHARS_MAX)


class HelpAnswerSent(Sent):
    """Whether somebody who was asked joins in. Who does is shown by name."""

    joins: bool


@bp.post("/commitments/<int:number>/steps", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.steps", scope=Scope.PROMISES_WRITE)
def add_step_to_promise(path: NumberPath, body: StepSent) -> Response:
    """The owner adds a line at the end (403 `not_the_owner`, 409 `too_many_steps`, `not_accepted` and the like)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: steps.add_step(viewer, promise, body.words, now=now))


@bp.post(
    "/commitments/<int:number>/steps/<int:step>/ticks", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH
)
@requires("commitment.steps", scope=Scope.PROMISES_WRITE)
def tick_step_of_promise(path: StepPath, body: TickSent) -> Response:
    """The owner says that a line is done, or that it is not after all (403 `not_the_owner`)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: steps.tick(viewer, promise, path.step, done=body.done, now=now))


@bp.post(
    "/commitments/<int:number>/steps/<int:step>/removals", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH
)
@requires("commitment.steps", scope=Scope.PROMISES_WRITE)
def remove_step_of_promise(path: StepPath) -> Response:
    """The owner takes a line out (403 `not_the_owner`)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: steps.remove_step(viewer, promise, path.step, now=now))


@bp.post("/commitments/<int:number>/steps/orders", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.steps", scope=Scope.PROMISES_WRITE)
def order_steps_of_promise(path: NumberPath, body: OrderSent) -> Response:
    """The owner puts all lines in order (403 `not_the_owner`, 409 `steps_changed` unless they are all there)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: steps.put_in_order(viewer, promise, body.steps, now=now))


@bp.post("/commitments/<int:number>/needs", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.need_decision", scope=Scope.PROMISES_WRITE)
def need_decision_on_promise(path: NumberPath, body: NeedSent) -> Response:
    """The owner asks for a decision (403 `not_the_owner`, 409 `already_asked`, `not_accepted` and the like)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: needs.need_decision(viewer, promise, body.words, now=now))


@bp.post("/commitments/<int:number>/decisions", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.decide", scope=Scope.PROMISES_WRITE)
def decide_on_promise(path: NumberPath, body: NeedSent) -> Response:
    """The sponsor, or whoever else answers there, decides what the owner asked (409 `nothing_asked`).

    403 `own_question`, `not_a_confirmer`.
    """
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: needs.decide(viewer, promise, body.words, now=now))


@bp.post("/commitments/<int:number>/help", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.call_help", scope=Scope.PROMISES_WRITE)
def call_for_help_with_promise(path: NumberPath, body: NeedSent) -> Response:
    """The owner asks everybody who said that they would help; nobody reads who that is (409 `already_calling`)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: helping.call_for_help(viewer, promise, body.words, now=now))


@bp.post("/commitments/<int:number>/help/ends", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.call_help", scope=Scope.PROMISES_WRITE)
def end_call_for_help(path: NumberPath) -> Response:
    """The owner has enough help (403 `not_the_owner`, 409 `not_calling`)."""
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: helping.enough_help(viewer, promise, now=now))


@bp.post("/commitments/<int:number>/help/answers", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.help", scope=Scope.PROMISES_WRITE)
def answer_call_for_help(path: NumberPath, body: HelpAnswerSent) -> Response:
    """Somebody who was asked joins in by name, or not (403 `not_asked_to_help`).

    409 `not_calling`, `answered_already`.
    """
    viewer, now = the_viewer(), clock.now()
    return carried_out(path.number, lambda promise: helping.answer_call(viewer, promise, joins=body.joins, now=now))


@bp.post("/commitments/<int:number>/nudges", responses={201: StandsShown}, openapi_extensions=TAKES_MATCH)
@requires("commitment.nudge", scope=Scope.PROMISES_WRITE)
def nudge_promise(path: NumberPath) -> Response:
    """Nudge the owner, once a week (409 `own_promise`, `already_nudged`, `already_delivered` and the like)."""
    viewer, now, zone = the_viewer(), clock.now(), queries.organisation_zone()
    today = day_in(zone, now)
    return carried_out(path.number, lambda promise: nudges.nudge(viewer, promise, today=today, zone=zone, now=now))
