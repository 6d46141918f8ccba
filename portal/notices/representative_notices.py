"""Telling representatives of their turns, and whoever gave something to carry that it was carried."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select

from portal.db import db, writing
from portal.frontline.representative_models import Carried, HandedIn, Turn
from portal.frontline.representative_queries import line_of, turn_lines
from portal.frontline.representative_turns import TOLD, today_of
from portal.frontline.representatives import CARRIED
from portal.frontline.words import TurnState
from portal.ideas.models import Idea
from portal.notices.moments import Moment
from portal.notices.service import AT_ONCE_MAX, notify
from portal.outbox.service import Claimed
from portal.web.dates import day_words

WORDS = {
    "asked": (
        "You speak for {place} from {first} to {last}.",
        "You need not: say so with one tap and it goes to the next one. Nobody asks why.",
    ),
    "begins": (
        "You speak for {place} until {last}.",
        "See what you are given to carry, and what waits for the executives.",
    ),
    "ends": (
        "Your turn for {place} ends on {last}.",
        "Leave a few words to whoever comes next: what is under way, and what you would carry.",
    ),
}


def tell_turn(message: Claimed, now: datetime) -> None:
    """Whose turn it is; nobody where it was passed on meanwhile."""
    row = db.session.execute(turn_lines().where(Turn.id == message.payload["turn"])).one_or_none()
    if row is None or row.state is TurnState.PASSED:
        return
    line, today, what = line_of(row), today_of(now), message.payload["what"]
    if line.ends_on < today or (what == "asked" and line.starts_on == today):
        return  # that it begins is told of the same day
    title, words = WORDS[what]
    place = "/representatives/seat" if what == "begins" else f"/representatives/{line.rotation}"
    told = title.format(place=line.place, first=_day(line.starts_on, today), last=_day(line.ends_on, today))
    with writing():
        notify(
            [line.person_id], Moment.DUTY, title=told, path=place, words=words, event_id=message.event_id, now=now
        )  # fmt: skip


def tell_carried(message: Claimed, now: datetime) -> None:
    """Whoever gave it. Its author and followers hear of it as of every step of its story."""
    carried = db.session.get_one(Carried, message.payload["carried"])
    turn, idea = db.session.get_one(Turn, carried.turn_id), db.session.get_one(Idea, carried.idea_id)
    if idea.hidden_at is not None:
        return
    given = HandedIn.rotation_id == turn.rotation_id, HandedIn.idea_id == idea.id
    wanted = select(HandedIn.person_id).where(*given, HandedIn.person_id.is_distinct_from(idea.author_id))
    people = list(db.session.scalars(wanted.order_by(HandedIn.id).limit(AT_ONCE_MAX)))
    if not people:
        return
    with writing():
        notify(
            people, Moment.MOVED, title="What you gave to carry is with the executives.", path=f"/ideas/{idea.id}",
            words="It was put there outside the quorum. Nobody is told that you gave it.", event_id=message.event_id,
            now=now, idea_id=idea.id,
        )  # fmt: skip


def _day(day: date, today: date) -> str:
    return day_words(day, today=today)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {TOLD: tell_turn, CARRIED: tell_carried}
