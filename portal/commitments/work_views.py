"""What an owner works with on the page of a promise, and what others do there: decide, help, nudge."""

from collections.abc import Callable

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments import helping, needs, nudges, steps
from portal.commitments.forms import AcceptForm, AnswerForm, DecisionForm, HelpForm, NeedForm, NudgeForm, StepForm
from portal.commitments.models import Commitment
from portal.commitments.promise_views import carry_out, when_now
from portal.people.access import requires, the_viewer
from portal.web.forms import StrictForm
from portal.web.redirects import safe_next

bp = Blueprint("promise_work", __name__)


@bp.post("/commitments/<int:number>/steps")
@requires("commitment.steps")
def add_step(number: int) -> ResponseReturnValue:
    """One more line of the checklist."""
    viewer, now, form = the_viewer(), clock.now(), StepForm()
    words = form.words.data or ""
    sent = ("steps", form)
    return carry_out(
        number, sent, "Added.", lambda promise: steps.add_step(viewer, promise, words, now=now), to=_at(number, "steps")
    )


@bp.post("/commitments/<int:number>/steps/<int:step>/done")
@requires("commitment.steps")
def tick_step(number: int, step: int) -> ResponseReturnValue:
    """A line is done."""
    viewer, now = the_viewer(), clock.now()
    return _changed(number, "Ticked.", lambda promise: steps.tick(viewer, promise, step, done=True, now=now))


@bp.post("/commitments/<int:number>/steps/<int:step>/open")
@requires("commitment.steps")
def open_step(number: int, step: int) -> ResponseReturnValue:
    """A line is not done after all."""
    viewer, now = the_viewer(), clock.now()
    return _changed(number, "Open again.", lambda promise: steps.tick(viewer, promise, step, done=False, now=now))


@bp.post("/commitments/<int:number>/steps/<int:step>/up")
@requires("commitment.steps")
def move_step_up(number: int, step: int) -> ResponseReturnValue:
    """A line goes one place higher."""
    viewer, now = the_viewer(), clock.now()
    return _changed(number, "Moved up.", lambda promise: steps.move_up(viewer, promise, step, now=now))


@bp.post("/commitments/<int:number>/steps/<int:step>/removal")
@requires("commitment.steps")
def remove_step(number: int, step: int) -> ResponseReturnValue:
    """A line is taken out."""
    viewer, now = the_viewer(), clock.now()
    return _changed(number, "Taken out.", lambda promise: steps.remove_step(viewer, promise, step, now=now))


@bp.post("/commitments/<int:number>/needs")
@requires("commitment.need_decision")
def need_decision(number: int) -> ResponseReturnValue:
    """The owner asks the sponsor for a decision."""
    return _told(
        number, "need_decision", NeedForm(), "Asked, in public. Whoever made this promise is told.", needs.need_decision
    )


@bp.post("/commitments/<int:number>/decisions")
@requires("commitment.decide")
def decide(number: int) -> ResponseReturnValue:
    """The sponsor decides what was asked."""
    return _told(number, "decide", DecisionForm(), "Decided, in public. The owner is told.", needs.decide)


@bp.post("/commitments/<int:number>/help")
@requires("commitment.call_help")
def call_for_help(number: int) -> ResponseReturnValue:
    """The owner asks those who said that they would help."""
    return _told(number, "call_help", HelpForm(), "Asked. You see who helps once they say yes.", helping.call_for_help)


@bp.post("/commitments/<int:number>/help/end")
@requires("commitment.call_help")
def enough_help(number: int) -> ResponseReturnValue:
    """The owner has enough help."""
    viewer, now = the_viewer(), clock.now()
    return carry_out(
        number, ("enough", AcceptForm()), "Nobody is asked any more.",
        lambda promise: helping.enough_help(viewer, promise, now=now),
    )  # fmt: skip


@bp.post("/commitments/<int:number>/help/answers")
@requires("commitment.help")
def answer_call(number: int) -> ResponseReturnValue:
    """Somebody who was asked joins in, or would rather not."""
    viewer, now, form = the_viewer(), clock.now(), AnswerForm()
    joins = form.answer.data == "yes"
    said = "Thank you. Its owner knows that you help." if joins else "That is fine. Nobody is told."
    return carry_out(
        number, ("help", form), said, lambda promise: helping.answer_call(viewer, promise, joins=joins, now=now)
    )


@bp.post("/commitments/<int:number>/nudges")
@requires("commitment.nudge")
def nudge(number: int) -> ResponseReturnValue:
    """Somebody who waits says so."""
    viewer, when, form = the_viewer(), when_now(), NudgeForm()
    return carry_out(
        number, ("nudge", form), "Nudged. Its owner reads one message a day, without your name.",
        lambda promise: nudges.nudge(viewer, promise, today=when.today, zone=when.zone, now=when.now),
        to=safe_next(form.back.data, url_for("commitments.show", number=number)),
    )  # fmt: skip


def _told(number: int, name: str, form: StrictForm, said: str, verb: Callable[..., object]) -> ResponseReturnValue:
    """What somebody says to a promise. verb: takes viewer, promise, words and now."""
    viewer, now, words = the_viewer(), clock.now(), form["words"].data or ""
    return carry_out(number, (name, form), said, lambda promise: verb(viewer, promise, words, now=now))


def _changed(number: int, said: str, verb: Callable[[Commitment], None]) -> ResponseReturnValue:
    return carry_out(number, ("step", AcceptForm()), said, verb, to=_at(number, "steps"))


def _at(number: int, place: str) -> str:
    return f"{url_for('commitments.show', number=number)}#{place}"
