"""Verbs about broadcasts: writing one, confirming it after a look, taking it back unheard, telling, answering."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.commitments.queries import commitment_for
from portal.commitments.scope import organisation_zone
from portal.db import db, upsert
from portal.errors import Missing
from portal.frontline import broadcast_rules as rules
from portal.frontline.broadcast_hearers import asks, reach
from portal.frontline.broadcast_models import Acknowledgement, Broadcast
from portal.frontline.broadcast_policy import MAY
from portal.frontline.broadcast_rules import BroadcastRefusal, BroadcastState, NewBroadcast
from portal.frontline.debrief_models import Debrief
from portal.frontline.words import Acknowledged, LinkedAction
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for
from portal.outbox import service as outbox
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.viewer import Viewer

TOLD = "frontline.broadcast"  # the outbox's topic; payload: broadcast


def draft(viewer: Viewer, new: NewBroadcast, *, now: datetime) -> Broadcast:
    """Keep something to tell; nobody but its writer sees it before it is confirmed.

    Raises Refused `not_allowed` and Invalid or Conflict as `BroadcastRefusal` words them: `too_short`,
    `too_many_words`, `place_not_yours`, `action_needs_idea`, `action_needs_promise`, `no_such_idea`,
    `no_such_promise`, `no_such_debrief`, `not_for_all`.
    """
    demand(MAY, "broadcast.write", viewer)
    made = Broadcast(by_id=viewer.id, made_at=now, changed_at=now, **_checked(viewer, new))
    db.session.add(made)
    db.session.flush()
    return made


def change(viewer: Viewer, broadcast: Broadcast, new: NewBroadcast, *, now: datetime) -> None:
    """Other words, another audience or action, as long as it is not confirmed. Raises as `draft`, and
    `not_yours`, `already_confirmed`, `already_taken_back`."""
    demand(MAY, "broadcast.write", viewer)
    _demand_draft(viewer, broadcast)
    values = {"changed_at": now, **_checked(viewer, new)}
    if not _guarded(broadcast, Broadcast.confirmed_at.is_(None), **values):
        raise BroadcastRefusal.ALREADY_CONFIRMED.as_error()


def discard(viewer: Viewer, broadcast: Broadcast) -> None:
    """Throw a draft away. Raises `not_yours`, `already_confirmed`, `already_taken_back`."""
    demand(MAY, "broadcast.write", viewer)
    _demand_draft(viewer, broadcast)
    db.session.expunge(broadcast)
    db.session.execute(delete(Broadcast).where(Broadcast.id == broadcast.id, Broadcast.confirmed_at.is_(None)))


def confirm(viewer: Viewer, broadcast: Broadcast, *, now: datetime, seen: datetime | None = None) -> None:
    """Send it: heard by nobody for ten minutes, then told to everybody. Confirmed twice, it is sent once.

    seen: `changed_at` of the preview that was looked at. Raises Conflict `once_a_week` (the database holds it),
    `changed_since`, `nobody_hears`, `already_taken_back`, `not_for_all`; Refused `not_yours`.
    """
    demand(MAY, "broadcast.write", viewer)
    if broadcast.by_id == viewer.id and broadcast.taken_back_at is None and broadcast.confirmed_at is not None:
        return
    _demand_draft(viewer, broadcast)
    if seen is not None and seen != broadcast.changed_at:
        raise BroadcastRefusal.CHANGED_SINCE.as_error()
    _checked(viewer, _as_new(broadcast))  # the idea may have been narrowed, and rights taken away, since it was written
    place = db.session.get_one(Place, broadcast.place_id)
    people = reach(place.id, place.kind, by_id=viewer.id).people
    if not people:
        raise BroadcastRefusal.NOBODY_HEARS.as_error()
    values = {"confirmed_at": now, "week": rules.week_of(now, organisation_zone()), "sends_at": now + rules.UNHEARD,
              "hearers": people}  # fmt: skip
    unsent = Broadcast.confirmed_at.is_(None), Broadcast.changed_at == broadcast.changed_at
    try:
        with db.session.begin_nested():
            sent = _guarded(broadcast, *unsent, **values)
    except IntegrityError:
        raise BroadcastRefusal.ONCE_A_WEEK.as_error() from None
    if sent:
        outbox.emit(TOLD, {"broadcast": broadcast.id}, now=now, available_at=now + rules.UNHEARD)
    elif broadcast.confirmed_at is None:
        raise BroadcastRefusal.CHANGED_SINCE.as_error()


def take_back(viewer: Viewer, broadcast: Broadcast, *, now: datetime) -> None:
    """Take it back before anybody has heard it; another one can be sent this week.

    Raises Refused `not_yours`, Conflict (`not_confirmed`, `already_taken_back`), Gone `told_already`.
    """
    demand(MAY, "broadcast.write", viewer)
    state, due = state_of(broadcast), broadcast.sends_at is not None and now >= broadcast.sends_at
    if refusal := rules.take_back_refusal(mine=broadcast.by_id == viewer.id, state=state, due=due):
        raise refusal.as_error()
    unheard = Broadcast.telling_at.is_(None), Broadcast.taken_back_at.is_(None)
    if not _guarded(broadcast, *unheard, taken_back_at=now):
        again = state_of(broadcast)
        taken = again is BroadcastState.TAKEN_BACK
        raise (BroadcastRefusal.ALREADY_TAKEN_BACK if taken else BroadcastRefusal.TOLD_ALREADY).as_error()


def begin_telling(number: int, *, now: datetime) -> Broadcast | None:
    """From here on everybody can read it and nobody can take it back; None where it was taken back before.

    Its message is kept back for ten minutes; twice changes nothing.
    """
    standing = Broadcast.confirmed_at.is_not(None), Broadcast.taken_back_at.is_(None)
    statement = update(Broadcast).where(Broadcast.id == number, Broadcast.telling_at.is_(None), *standing)
    db.session.execute(statement.values(telling_at=now).execution_options(synchronize_session=False))
    told = db.session.get(Broadcast, number, populate_existing=True)
    return told if told is not None and told.telling_at is not None else None


def end_telling(broadcast: Broadcast, *, now: datetime) -> None:
    """Everybody has been told."""
    _guarded(broadcast, Broadcast.told_at.is_(None), told_at=now)


def acknowledge(viewer: Viewer, broadcast: Broadcast, kind: Acknowledged, words: str = "", *, now: datetime) -> None:
    """*Read*, *Same here* or *That's not what I see*, with words if they like. The newest answer counts.

    words: shown to the writer without a name, and only among at least three such answers. Raises Refused `not_for_you`.
    """
    demand(MAY, "broadcast.answer", viewer)
    if not is_asked(viewer, broadcast):
        raise BroadcastRefusal.NOT_FOR_YOU.as_error()
    said = words.strip()
    values = {"broadcast_id": broadcast.id, "person_id": viewer.id, "kind": kind, "words": said, "at": now}
    upsert(Acknowledgement, values, key=("broadcast_id", "person_id"), update=("kind", "words", "at"))


def is_asked(viewer: Viewer, broadcast: Broadcast) -> bool:
    """True if the viewer was told of it, and may answer."""
    query = select(Broadcast.id).where(Broadcast.id == broadcast.id, asks(viewer))
    return db.session.scalar(query) is not None


def state_of(broadcast: Broadcast) -> BroadcastState:
    """Where it stands."""
    return rules.is_state(
        confirmed=broadcast.confirmed_at is not None, telling=broadcast.telling_at is not None,
        taken_back=broadcast.taken_back_at is not None,
    )  # fmt: skip


def _guarded(broadcast: Broadcast, *unless: Any, **values: Any) -> bool:
    """Change the row if it still is as the caller saw it; either way the object then says what stands."""
    statement = update(Broadcast).where(Broadcast.id == broadcast.id, *unless).values(**values)
    done = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.refresh(broadcast)
    return done.rowcount == 1  # type: ignore[attr-defined]


def _demand_draft(viewer: Viewer, broadcast: Broadcast) -> None:
    if refusal := rules.change_refusal(mine=broadcast.by_id == viewer.id, state=state_of(broadcast)):
        raise refusal.as_error()


def _as_new(broadcast: Broadcast) -> NewBroadcast:
    return NewBroadcast(
        title=broadcast.title, words=broadcast.words, place_id=broadcast.place_id, action=broadcast.action,
        idea_id=broadcast.idea_id if broadcast.action is LinkedAction.IDEA else None,
        commitment_id=broadcast.commitment_id, debrief_id=broadcast.debrief_id,
    )  # fmt: skip


def _checked(viewer: Viewer, new: NewBroadcast) -> dict[str, Any]:
    """The columns of what may be told; raises what is wrong with it."""
    if refusal := rules.words_refusal(new.words):
        raise refusal.as_error()
    place = db.session.get(Place, new.place_id) if 0 < new.place_id < 2**31 else None
    if place is None or place.kind not in rules.TOLD_TO or not MAY["broadcast.write"](viewer, place):
        raise BroadcastRefusal.PLACE_NOT_YOURS.as_error()
    if new.debrief_id is not None and not _own_debrief(viewer, new.debrief_id):
        raise BroadcastRefusal.NO_SUCH_DEBRIEF.as_error()
    idea_id, commitment_id = _linked(viewer, new)
    if idea_id is not None:
        _demand_readable(db.session.get_one(Idea, idea_id), place)
    return {
        "title": new.title.strip(), "words": new.words.strip(), "place_id": place.id, "action": new.action,
        "idea_id": idea_id, "commitment_id": commitment_id, "debrief_id": new.debrief_id,
    }  # fmt: skip


def _linked(viewer: Viewer, new: NewBroadcast) -> tuple[int | None, int | None]:
    """(idea, promise) that the action leads to; a promise brings its idea along."""
    if new.action is LinkedAction.IDEA:
        if new.idea_id is None:
            raise BroadcastRefusal.ACTION_NEEDS_IDEA.as_error()
        try:
            return idea_for(viewer, new.idea_id).id, None
        except Missing:
            raise BroadcastRefusal.NO_SUCH_IDEA.as_error() from None
    if new.action is not LinkedAction.PROMISE:
        return None, None
    if new.commitment_id is None:
        raise BroadcastRefusal.ACTION_NEEDS_PROMISE.as_error()
    try:
        promise = commitment_for(viewer, new.commitment_id)
    except Missing:
        raise BroadcastRefusal.NO_SUCH_PROMISE.as_error() from None
    return promise.idea_id, promise.id


def _demand_readable(idea: Idea, place: Place) -> None:
    if not rules.is_for_all(
        idea.audience, idea_site=idea.site_id, idea_employer=idea.employer_id, kind=place.kind, place=place.id,
        employer=place.employer_id,
    ):  # fmt: skip
        raise BroadcastRefusal.NOT_FOR_ALL.as_error()


def _own_debrief(viewer: Viewer, number: int) -> bool:
    if not 0 < number < 2**31:
        return False
    query = select(Debrief.id).where(Debrief.id == number, Debrief.person_id == viewer.id)
    return db.session.scalar(query) is not None
