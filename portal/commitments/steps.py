"""The owner's checklist: at most seven lines, ticked and put in order. Every change claims the promise first."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, select, update

from portal.commitments import rules
from portal.commitments.claims import claim
from portal.commitments.models import Commitment
from portal.commitments.policy import MAY
from portal.commitments.rules import Actor, Verb
from portal.commitments.words import PromiseRefusal
from portal.commitments.work_models import WorkStep
from portal.commitments.work_rows import facts_of
from portal.commitments.work_rules import STEPS_MAX, one_up, order_refusal, step_refusal
from portal.db import db
from portal.errors import Missing
from portal.people.policy import demand
from portal.people.viewer import Viewer


def add_step(viewer: Viewer, commitment: Commitment, words: str, *, now: datetime) -> WorkStep:
    """Another line at the end. Raises Conflict `too_many_steps`, Invalid `step_empty`, `step_too_long`."""
    if refused := step_refusal(words):
        raise refused.as_error()
    lines = _mine(viewer, commitment, now)
    if len(lines) >= STEPS_MAX:
        raise PromiseRefusal.TOO_MANY_STEPS.as_error()
    step = WorkStep(commitment_id=commitment.id, place=len(lines) + 1, words=words.strip())
    db.session.add(step)
    db.session.flush()
    return step


def tick(viewer: Viewer, commitment: Commitment, number: int, *, done: bool, now: datetime) -> None:
    """A line is done, or it is not after all; saying it twice is once. Raises Missing."""
    _one_of(_mine(viewer, commitment, now), number)
    values = {"done_at": now, "done_by_id": viewer.id} if done else {"done_at": None, "done_by_id": None}
    other = WorkStep.done_at.is_(None) if done else WorkStep.done_at.is_not(None)
    db.session.execute(update(WorkStep).where(WorkStep.id == number, other).values(**values))


def remove_step(viewer: Viewer, commitment: Commitment, number: int, *, now: datetime) -> None:
    """Take a line out; those below move up. Raises Missing."""
    lines = _mine(viewer, commitment, now)
    _one_of(lines, number)
    db.session.execute(delete(WorkStep).where(WorkStep.id == number))
    _place([line for line in lines if line != number])


def put_in_order(viewer: Viewer, commitment: Commitment, numbers: Sequence[int], *, now: datetime) -> None:
    """Put all lines in this order. Raises Conflict `steps_changed` unless they are the ones there are."""
    if refused := order_refusal(_mine(viewer, commitment, now), numbers):
        raise refused.as_error()
    _place(numbers)


def move_up(viewer: Viewer, commitment: Commitment, number: int, *, now: datetime) -> None:
    """Put a line one place higher. Raises Missing."""
    lines = _mine(viewer, commitment, now)
    _one_of(lines, number)
    _place(one_up(lines, number))


def _mine(viewer: Viewer, commitment: Commitment, now: datetime) -> list[int]:
    """The lines in order, once the promise is this owner's and in their hands until the transaction ends."""
    demand(MAY, "commitment.steps", viewer)
    if refused := rules.refusal(Verb.STEPS, facts_of(commitment), Actor(viewer.id)):
        raise refused.as_error()
    claim(commitment, now=now)
    lines = select(WorkStep.id).where(WorkStep.commitment_id == commitment.id).order_by(WorkStep.place)
    return list(db.session.scalars(lines))


def _one_of(lines: Sequence[int], number: int) -> None:
    if number not in lines:
        raise Missing("line")


def _place(numbers: Sequence[int]) -> None:
    """Two statements: below zero first, since no two lines may stand at one place even for a moment."""
    if not numbers:
        return
    theirs = update(WorkStep).where(WorkStep.id.in_(numbers)).execution_options(synchronize_session=False)
    db.session.execute(theirs.values(place=-WorkStep.place))
    order = {number: place for place, number in enumerate(numbers, 1)}
    db.session.execute(theirs.values(place=case(order, value=WorkStep.id)))
