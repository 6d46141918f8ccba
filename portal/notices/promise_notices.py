"""Telling owners, sponsors and helpers what a promise asks of them. What everybody hears are steps of the story."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, func, select

from portal.commitments import messages
from portal.commitments.models import Commitment
from portal.commitments.rules import FROM as STATES
from portal.commitments.rules import CommitmentState, Verb, day_in
from portal.commitments.scope import organisation_zone
from portal.commitments.wording import count, day, people
from portal.commitments.work_models import DecisionNeed, HelpAsk, HelpCall, Nudge
from portal.db import db, writing
from portal.notices.moments import Moment
from portal.notices.service import AT_ONCE_MAX, notify
from portal.outbox.service import Claimed
from portal.people.models import Person
from portal.swarm.models import IdeaScore

WORDS_CHARS_MAX = 300
NUDGED_SHOWN = 20  # promises in one digest


def tell_offered(message: Claimed, now: datetime) -> None:
    """The owner first: is it yours? Not any more where it was taken back, or they have said."""
    promise = _promise(message.payload["commitment"])
    if promise.state is CommitmentState.OFFERED and promise.owner_id == message.payload["owner"]:
        by = _day(promise.due_on, now)
        words = f"{promise.sentence} By {by}. Take it on, or hand it back with a reason, within two working days."
        _tell([promise.owner_id], promise, "A promise has your name on it. Is it yours?", words, message, now)


def tell_silent(message: Claimed, now: datetime) -> None:
    """The sponsor, where the owner has not said in time whether it is theirs."""
    promise = _promise(message.payload["commitment"])
    asked = message.payload["owner"], datetime.fromisoformat(message.payload["accept_by"])
    if promise.state is CommitmentState.OFFERED and (promise.owner_id, promise.accept_by) == asked:
        title = f"{promise.owner} has not said whether this promise is theirs"
        _tell([promise.sponsor_id], promise, title, promise.sentence, message, now)


def tell_due(message: Claimed, now: datetime) -> None:
    """The owner, a week and a day before; the owner and the sponsor once it is late. Not where the date moved."""
    promise, moment = _promise(message.payload["commitment"]), message.payload["moment"]
    waits = promise.state in STATES[Verb.NUDGE] and promise.kept_late is None
    if not waits or promise.due_on.isoformat() != message.payload["due_on"]:
        return
    if moment != "late":
        title = f"You promised this by {_day(promise.due_on, now)}"
        return _tell([promise.owner_id], promise, title, promise.sentence, message, now)
    waiting = f"{people(promise.waiting)} {'is' if promise.waiting == 1 else 'are'} waiting on your promise. "
    words = "Two ways forward: a new date with a reason, or mark it done."
    words = f"{waiting if promise.waiting else ''}{words}"
    with writing():
        _notify([promise.owner_id], promise, "A promise of yours is late", words, message, now)
        if promise.sponsor_id != promise.owner_id:
            title = f"A promise you made is late: {promise.owner} owns it"
            _notify([promise.sponsor_id], promise, title, promise.sentence, message, now)
    return None


def tell_nudged(message: Claimed, now: datetime) -> None:
    """An owner, once a day at most: which promises were nudged, and how often. Never by whom."""
    owner_id, zone = message.payload["owner"], ZoneInfo(organisation_zone())
    began = datetime.combine(date.fromisoformat(message.payload["day"]), time(), zone)
    theirs = Commitment.owner_id == owner_id, Commitment.state.in_(STATES[Verb.NUDGE])
    query = (
        select(Commitment.id, Commitment.sentence, func.count().label("nudges"))
        .join(Nudge, Nudge.commitment_id == Commitment.id)
        .group_by(Commitment.id, Commitment.sentence)
        .order_by(Commitment.id)
        .limit(NUDGED_SHOWN)
    )
    rows = db.session.execute(query.where(*theirs, Nudge.at >= began, Nudge.at < began + timedelta(days=1))).all()
    if not rows:
        return
    words = " ".join(f"{_cut(row.sentence)} ({count(row.nudges, 'nudge')})" for row in rows)
    title = "Colleagues wait for news about a promise of yours"
    path = f"/commitments/{rows[0].id}" if len(rows) == 1 else "/commitments?mine=1"
    with writing():
        notify([owner_id], Moment.DUTY, title=title, path=path, words=words, event_id=message.event_id, now=now)


def tell_decision_needed(message: Claimed, now: datetime) -> None:
    """The sponsor: the owner cannot go on without a decision."""
    need = db.session.get_one(DecisionNeed, message.payload["need"])
    promise = _promise(need.commitment_id)
    if need.answered_at is None:
        title = f"{promise.owner} needs a decision from you"
        _tell([promise.sponsor_id], promise, title, need.words, message, now, at="#decision")


def tell_decision_given(message: Claimed, now: datetime) -> None:
    """The owner: what they asked for is decided."""
    need = db.session.get_one(DecisionNeed, message.payload["need"])
    promise = _promise(need.commitment_id)
    title = "The decision you asked for is there"
    _tell([promise.owner_id], promise, title, need.answer, message, now, moment=Moment.ANSWERED)


def tell_help_wanted(message: Claimed, now: datetime) -> None:
    """Those who said that they would help, each alone; nobody else reads who was asked."""
    call = db.session.get_one(HelpCall, message.payload["call"])
    promise, words, last = _promise(call.commitment_id), call.words, 0
    title = f"{promise.owner} asks whether you would help"
    asked = select(HelpAsk.person_id).where(HelpAsk.call_id == call.id, HelpAsk.joined.is_(None))
    while call.closed_at is None:
        some = db.session.scalars(asked.where(HelpAsk.person_id > last).order_by(HelpAsk.person_id).limit(AT_ONCE_MAX))
        if not (ids := list(some)):
            break
        _tell(ids, promise, title, words, message, now, at="#help", moment=Moment.VIEW)
        last = ids[-1]
        call = db.session.get_one(HelpCall, message.payload["call"])


def tell_helper_joined(message: Claimed, now: datetime) -> None:
    """The owner: somebody joins in."""
    joined = and_(HelpCall.id == HelpAsk.call_id, Person.id == HelpAsk.person_id)
    query = select(HelpCall.commitment_id, Person.name).where(HelpAsk.id == message.payload["ask"], joined)
    row = db.session.execute(query).one()
    promise = _promise(row.commitment_id)
    title = f"{row.name} helps with your promise"
    _tell([promise.owner_id], promise, title, promise.sentence, message, now, moment=Moment.ANSWERED)


def tell_handed_over(message: Claimed, now: datetime) -> None:
    """Whoever has it now."""
    promise, to_id = _promise(message.payload["commitment"]), message.payload["to"]
    if message.payload["part"] == "sponsor":
        title = "You stand behind a promise now: whoever made it has left"
    elif promise.state is CommitmentState.OFFERED:
        title = "A promise was handed over to you. Is it yours?"
    else:
        title = "A promise was handed over to you"
    if to_id in (promise.owner_id, promise.sponsor_id):
        _tell([to_id], promise, title, f"{promise.sentence} By {_day(promise.due_on, now)}.", message, now)


def _promise(number: int) -> Row:
    columns = (
        Commitment.id, Commitment.idea_id, Commitment.state, Commitment.sentence, Commitment.due_on,
        Commitment.owner_id, Commitment.sponsor_id, Commitment.accept_by, Commitment.kept_late,
        Person.name.label("owner"), func.coalesce(IdeaScore.n_support, 0).label("waiting"),
    )  # fmt: skip
    query = select(*columns).join(Person, Person.id == Commitment.owner_id)
    query = query.outerjoin(IdeaScore, IdeaScore.idea_id == Commitment.idea_id)
    return db.session.execute(query.where(Commitment.id == number)).one()


def _tell(person_ids: Sequence[int], promise: Row, title: str, words: str, message: Claimed, now: datetime,
          *, at: str = "", moment: Moment = Moment.DUTY) -> None:  # fmt: skip
    with writing():
        _notify(person_ids, promise, title, words, message, now, at=at, moment=moment)


def _notify(person_ids: Sequence[int], promise: Row, title: str, words: str, message: Claimed, now: datetime,
            *, at: str = "", moment: Moment = Moment.DUTY) -> None:  # fmt: skip
    path = f"/commitments/{promise.id}{at}"
    # Without the idea's number: an owner may read a promise about something that they may not read.
    notify(person_ids, moment, title=title, path=path, words=words, event_id=message.event_id, now=now)


def _day(wanted: date, now: datetime) -> str:
    return day(wanted, day_in(organisation_zone(), now))


def _cut(words: str) -> str:
    return words if len(words) <= WORDS_CHARS_MAX else f"{words[: WORDS_CHARS_MAX - 1]}…"


HANDLERS: dict[str, Callable[[Claimed, datetime], Any]] = {
    messages.OFFERED: tell_offered,
    messages.SILENT: tell_silent,
    messages.DUE: tell_due,
    messages.NUDGED: tell_nudged,
    messages.DECISION_NEEDED: tell_decision_needed,
    messages.DECISION_GIVEN: tell_decision_given,
    messages.HELP_WANTED: tell_help_wanted,
    messages.HELPER_JOINED: tell_helper_joined,
    messages.HANDED_OVER: tell_handed_over,
}
