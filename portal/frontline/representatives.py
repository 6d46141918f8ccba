"""Representatives: people who speak for a place in turn, what they are given, and what they carry."""

from datetime import date, datetime

from sqlalchemy import delete, exists, select, update

from portal.db import db, insert_if_new, take_turns
from portal.frontline import representative_queries as queries
from portal.frontline import representative_turns as turns
from portal.frontline.representative_models import Carried, HandedIn, OptOut, Rotation, Turn
from portal.frontline.representative_policy import MAY, ROTATE
from portal.frontline.representative_rules import (
    GIVE_MAX,
    HANDING_MAX,
    HANDING_UNTIL,
    RepresentativeRefusal,
    carry_refusal,
    start_refusal,
    words_refusal,
)
from portal.frontline.words import TurnState
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import follow, is_author
from portal.ideas.words import Stage, StoryKind
from portal.outbox import service as outbox
from portal.people.directory import place_named
from portal.people.models import Place
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.swarm import promoting

CARRIED = "frontline.carried"  # payload: {"carried": …}


def start_rotation(viewer: Viewer, place_id: int, weeks: int, starts_on: date, *, now: datetime) -> Rotation:
    """From a day on people of a place speak for it in turn; who is first is named at once.

    Raises the refusals of `RepresentativeRefusal`, and Invalid `unknown_place` where the place is not the viewer's.
    """
    demand(MAY, "representative.rotate", viewer)
    place = place_named(viewer, place_id, *ROTATE)
    today = turns.today_of(now)
    if refused := start_refusal(weeks, starts_on, today=today):
        raise refused.as_error()
    if not queries.members(place):
        raise RepresentativeRefusal.NOBODY_THERE.as_error()
    made = _begin(viewer, place, weeks, starts_on, now)
    turns.draw_due(turns.locked(made.id, now=now), now=now)
    return made


def end_rotation(viewer: Viewer, rotation: Rotation, *, now: datetime) -> None:
    """Nobody speaks for the place in turn any more: today is the last day of whoever does."""
    demand(MAY, "representative.rotate", viewer, db.session.get_one(Place, rotation.place_id))
    running = _running(rotation.id, now=now)
    running.rotation.ended_at = now
    ahead = Turn.rotation_id == rotation.id, queries.STANDS, Turn.ends_on >= running.today
    for turn in db.session.scalars(select(Turn).where(*ahead)).all():
        turns.leave(running, turn, now=now)
    db.session.flush()


def opt_out(viewer: Viewer, rotation: Rotation, *, now: datetime) -> None:
    """Never draw the viewer; what they have of a turn goes to the next one. Nobody asks why.

    Raises the refusals of `RepresentativeRefusal`.
    """
    running = _taking_part(viewer, rotation, now=now)
    if viewer.id in queries.opted_out(rotation.id):
        raise RepresentativeRefusal.ALREADY_OUT.as_error()
    db.session.add(OptOut(rotation_id=rotation.id, person_id=viewer.id, since=now))
    db.session.flush()
    for turn in _own_ahead(viewer.id, rotation.id, running.today):
        turns.leave(running, turn, now=now)


def opt_in(viewer: Viewer, rotation: Rotation, *, now: datetime) -> None:
    """Draw the viewer again. Raises the refusals of `RepresentativeRefusal`."""
    running = _taking_part(viewer, rotation, now=now)
    mine = OptOut.rotation_id == rotation.id, OptOut.person_id == viewer.id, OptOut.until.is_(None)
    if db.session.execute(update(OptOut).where(*mine).values(until=now)).rowcount == 0:  # type: ignore[attr-defined]
        raise RepresentativeRefusal.NOT_OUT.as_error()
    turns.draw_due(running, now=now)  # it may be that nobody else was left


def take(viewer: Viewer, turn: Turn, *, now: datetime) -> None:
    """Yes, I will. Without it the turn is theirs all the same. Raises the refusals of `RepresentativeRefusal`."""
    running, turn = _own(viewer, turn, now=now)
    if turn.ends_on < running.today or turn.state is TurnState.PASSED:
        raise RepresentativeRefusal.TURN_OVER.as_error()
    if turn.state is TurnState.ASKED:
        turn.state, turn.answered_at = TurnState.TAKEN, now
        db.session.flush()


def pass_on(viewer: Viewer, turn: Turn, *, now: datetime) -> None:
    """Not this time: the next one has it, and it counts as no turn. Raises the refusals of `RepresentativeRefusal`."""
    running, turn = _own(viewer, turn, now=now)
    if turn.ends_on < running.today or turn.state is TurnState.PASSED:
        raise RepresentativeRefusal.TURN_OVER.as_error()
    turns.leave(running, turn, now=now)


def hand_over(viewer: Viewer, turn: Turn, words: str, *, now: datetime) -> None:
    """Leave words to whoever comes next, from the first day of the turn until two weeks after it.

    They can be changed until then. Raises the refusals of `RepresentativeRefusal`.
    """
    running, turn = _own(viewer, turn, now=now)
    if turn.state is TurnState.PASSED or not turn.starts_on <= running.today <= turn.ends_on + HANDING_UNTIL:
        raise RepresentativeRefusal.NOT_NOW.as_error()
    if refused := words_refusal(words, most=HANDING_MAX):
        raise refused.as_error()
    turn.handing, turn.handed_over_at, turn.state = words.strip(), now, TurnState.HANDED_OVER
    db.session.flush()


def give(viewer: Viewer, rotation: Rotation, idea: Idea, words: str = "", *, now: datetime) -> None:
    """Put an idea in the queue of whoever speaks for the viewer's place. That it was them is shown to nobody.

    Raises the refusals of `RepresentativeRefusal`.
    """
    demand(MAY, "representative.give", viewer)
    if rotation.ended_at is not None:
        raise RepresentativeRefusal.ROTATION_ENDED.as_error()
    if not queries.belongs(viewer, rotation.place_id):
        raise RepresentativeRefusal.NOT_OF_THIS_PLACE.as_error()
    if not _is_open(idea):
        raise RepresentativeRefusal.IDEA_NOT_OPEN.as_error()
    if refused := words_refusal(words, most=GIVE_MAX, least=0):
        raise refused.as_error()
    values = {"rotation_id": rotation.id, "idea_id": idea.id, "person_id": viewer.id, "words": words.strip(), "at": now}
    if insert_if_new(HandedIn, values, key=("rotation_id", "idea_id", "person_id")) is None:
        raise RepresentativeRefusal.ALREADY_GIVEN.as_error()


def take_back(viewer: Viewer, rotation: Rotation, idea: Idea) -> None:
    """Not that after all, until it is carried. Raises the refusals of `RepresentativeRefusal`."""
    demand(MAY, "representative.give", viewer)
    mine = HandedIn.rotation_id == rotation.id, HandedIn.idea_id == idea.id, HandedIn.person_id == viewer.id
    still = ~exists().where(Carried.idea_id == HandedIn.idea_id)
    if db.session.execute(delete(HandedIn).where(*mine, still)).rowcount == 0:  # type: ignore[attr-defined]
        raise RepresentativeRefusal.NOT_GIVEN.as_error()


def carry(viewer: Viewer, turn: Turn, idea: Idea, words: str, *, now: datetime) -> Carried:
    """Put an idea before the executives outside the quorum: one a turn, marked as such everywhere, for no points.

    Its author is not asked, as the swarm asks nobody either; they are told, and until then could take it back.
    It can be any open idea that the representative may read, also from elsewhere: were it only those of the own team,
    carrying one would say where a hidden author works. Raises the refusals of `RepresentativeRefusal`.
    """
    demand(MAY, "representative.speak", viewer)
    running, turn = _fresh(turn, now=now)
    today, period = running.today, running.period(turn.starts_on)
    refused = carry_refusal(
        mine=turn.person_id == viewer.id and queries.belongs(viewer, running.rotation.place_id),
        now=turn.state is not TurnState.PASSED and turn.starts_on <= today <= turn.ends_on,
        already=turns.carried_in(turn.rotation_id, period), open_=_is_open(idea), own=is_author(viewer, idea),
        words=words,
    )  # fmt: skip
    if refused is not None:
        raise refused.as_error()
    at = promoting.carry(idea.id, now=now).at
    made = Carried(turn_id=turn.id, idea_id=idea.id, by_id=viewer.id, at=at, words=words.strip())
    db.session.add(made)
    db.session.flush()
    place = queries.place_name(db.session.get_one(Place, running.rotation.place_id))
    facts = {"place": place, "rotation": turn.rotation_id}
    story.record(idea.id, StoryKind.CARRIED, now=at, actor_id=viewer.id, words=made.words, facts=facts)
    follow(viewer, idea, now=now)  # what comes back
    outbox.emit(CARRIED, {"carried": made.id}, now=now)
    return made


def release(person_id: int, *, now: datetime) -> int:
    """Somebody leaves: their turns go to the next ones. Returns how many there were."""
    lines = queries.turns_of_person(person_id, turns.today_of(now))
    for line in lines:
        running = turns.locked(line.rotation, now=now)
        turns.leave(running, db.session.get_one(Turn, line.number, populate_existing=True), now=now)
    return len(lines)


def _begin(viewer: Viewer, place: Place, weeks: int, starts_on: date, now: datetime) -> Rotation:
    take_turns(f"rotation:{place.id}")  # two at once would both find none there
    runs = Rotation.place_id == place.id, Rotation.ended_at.is_(None)
    if db.session.scalar(select(Rotation.id).where(*runs)) is not None:
        raise RepresentativeRefusal.ROTATION_RUNS.as_error()
    made = Rotation(place_id=place.id, weeks=weeks, starts_on=starts_on, made_by_id=viewer.id, made_at=now)
    db.session.add(made)
    db.session.flush()
    return made


def _running(rotation_id: int, *, now: datetime) -> turns.Running:
    running = turns.locked(rotation_id, now=now)
    if running.rotation.ended_at is not None:
        raise RepresentativeRefusal.ROTATION_ENDED.as_error()
    return running


def _taking_part(viewer: Viewer, rotation: Rotation, *, now: datetime) -> turns.Running:
    demand(MAY, "representative.join", viewer)
    if not queries.belongs(viewer, rotation.place_id):
        raise RepresentativeRefusal.NOT_OF_THIS_PLACE.as_error()
    return _running(rotation.id, now=now)


def _own_ahead(person_id: int, rotation_id: int, today: date) -> list[Turn]:
    mine = Turn.rotation_id == rotation_id, Turn.person_id == person_id, queries.STANDS, Turn.ends_on >= today
    return list(db.session.scalars(select(Turn).where(*mine).order_by(Turn.starts_on)))


def _fresh(turn: Turn, *, now: datetime) -> tuple[turns.Running, Turn]:
    running = turns.locked(turn.rotation_id, now=now)
    return running, db.session.get_one(Turn, turn.id, populate_existing=True)


def _own(viewer: Viewer, turn: Turn, *, now: datetime) -> tuple[turns.Running, Turn]:
    demand(MAY, "representative.speak", viewer)
    running, turn = _fresh(turn, now=now)
    if turn.person_id != viewer.id:
        raise RepresentativeRefusal.NOT_YOUR_TURN.as_error()
    return running, turn


def _is_open(idea: Idea) -> bool:
    return idea.stage is Stage.OPEN and idea.hidden_at is None
