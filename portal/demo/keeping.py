"""How promises are kept in the demo: a checklist, a decision that is waited for, help, and nudges where it is late."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.commitments import helping, needs, nudges, queries, steps
from portal.commitments.models import Commitment
from portal.commitments.rules import day_in
from portal.commitments.work_models import HelpAsk
from portal.db import db
from portal.demo.lives import Life
from portal.errors import DomainError
from portal.people.queries import viewer_of

if TYPE_CHECKING:
    from portal.demo.load import Calendar

STEPS = "nine-pounds-for-five"
LINES = ("Finance agrees the yearly cost", "Ten of you try the button", "Everybody has it", "The old form goes")
DONE = 1
NEEDS = "two-hundred-and-fifty"
ASKED = "May the old notes be cut at seven years? Somebody has to decide that before they are moved."
HELP = "the-tomatoes"
WANTED = "One call from Collections and two where you said sorry and it worked. Half an hour each to choose them."
NUDGES = 6


def plan_keeping(lives: Mapping[str, Life], calendar: "Calendar", *, now: datetime) -> None:
    """Put all of it into the calendar, a few days before the demo is loaded; it happens after what it is about."""
    calendar.add(now - timedelta(days=9), _with(lives[STEPS], _write_lines))
    calendar.add(now - timedelta(days=2), _with(lives[NEEDS], _ask))
    calendar.add(now - timedelta(days=8), _with(lives[HELP], _call))
    calendar.add(now - timedelta(days=1), _with(lives[STEPS], _nudge))


def _with(life: Life, verb: Callable[[Life, Commitment, datetime], Any]) -> Callable[[datetime], None]:
    def happens(at: datetime) -> None:
        promise = db.session.get(Commitment, life.commitment_id, populate_existing=True)
        assert promise is not None
        verb(life, promise, at)

    return happens


def _owner(life: Life) -> Any:
    assert life.story.promise is not None
    return life.crowd.cast[life.story.promise.owner]


def _write_lines(life: Life, promise: Commitment, at: datetime) -> None:
    lines = [steps.add_step(_owner(life), promise, words, now=at).id for words in LINES]
    for number in lines[:DONE]:
        steps.tick(_owner(life), promise, number, done=True, now=at)


def _ask(life: Life, promise: Commitment, at: datetime) -> None:
    needs.need_decision(_owner(life), promise, ASKED, now=at)


def _call(life: Life, promise: Commitment, at: datetime) -> None:
    """The first of those who were asked joins in; the others have not said yet."""
    call = helping.call_for_help(_owner(life), promise, WANTED, now=at)
    first = db.session.scalar(select(HelpAsk.person_id).where(HelpAsk.call_id == call.id).order_by(HelpAsk.id).limit(1))
    if first is not None and (who := viewer_of(first)) is not None:
        helping.answer_call(who, promise, joins=True, now=at + timedelta(hours=3))


def _nudge(life: Life, promise: Commitment, at: datetime) -> None:
    zone = queries.organisation_zone()
    for team in sorted(life.crowd.teams)[:NUDGES]:
        try:
            nudges.nudge(life.crowd.teams[team][0], promise, today=day_in(zone, at), zone=zone, now=at)
        except DomainError:
            continue  # its owner is one of them
