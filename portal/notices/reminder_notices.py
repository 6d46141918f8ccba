"""Reminding visitors of a shift, telling the people there who comes, and asking what surprised them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import aliased

from portal.db import db, writing
from portal.frontline.attendance import ATTENDED
from portal.frontline.calendar_wording import NO_SCORES, at_length, title_of
from portal.frontline.debrief_models import Debrief
from portal.frontline.models import Reminder, SignUp, Slot
from portal.frontline.reminder_jobs import REMINDED
from portal.frontline.reminder_rules import THERE, Kind
from portal.frontline.words import Attendance, BuddyState, SeatState
from portal.notices.service import AT_ONCE_MAX
from portal.notices.shift_telling import SLOT, tell_about
from portal.outbox import service as outbox
from portal.outbox.service import Claimed
from portal.people.models import Person, Place
from portal.people.roles import PlaceKind

SITE = "frontline.tell_site"
SURPRISED = "What surprised you? Four questions, one a page; each answer is kept by itself."
AFTERWARDS = {
    Attendance.COMPLETED: ("Thank you for coming", SURPRISED),
    Attendance.ABANDONED: ("It was noted that you left early", "If that is not so, tell the site. " + SURPRISED),
    Attendance.NO_SHOW: ("It was noted that you were not there", "If that is not so, tell the site."),
}


def tell_reminder(message: Claimed, now: datetime) -> None:
    """What the reminder says, if it is still so."""
    row = _reminder(message.payload["reminder"])
    if row.state is not SeatState.BOOKED or row.cancelled_at is not None:
        return
    if row.kind == Kind.DEBRIEF:
        if row.attendance in THERE and not row.debriefed:
            with writing():
                _tell_debrief(row, message, now)
    elif row.starts_at > now:
        with writing():
            REMINDERS[row.kind](row, message, now)


def _tell_day_before(row: Row, message: Claimed, now: datetime) -> None:
    lines = [_when(row), f"With {row.buddy}." if row.buddy else "",
             "One page: what you will hear, three ideas from there, and what not to do."]  # fmt: skip
    _tell(row, "Your shift on the frontline is near", lines, message, now, page="/brief", until=row.starts_at)


def _tell_hour_before(row: Row, message: Claimed, now: datetime) -> None:
    lines = [_when(row), "Listen, do not coach. Afterwards we ask what surprised you."]
    _tell(row, "Your shift begins within the hour", lines, message, now, page="/brief", until=row.starts_at)


def _tell_debrief(row: Row, message: Claimed, now: datetime) -> None:
    lines = [f"You were at {title_of(row)}.", SURPRISED]
    _tell(row, "What surprised you on your shift?", lines, message, now, page="/debrief")


def _tell(
    row: Row, title: str, lines: list[str], message: Claimed, now: datetime, *, page: str,
    until: datetime | None = None,
) -> None:  # fmt: skip
    tell_about(row, [row.person_id], title, lines, message, now, page=page, mail_until=until)


def _tell_coming(row: Row, message: Claimed, now: datetime) -> None:
    """The host at their own pace; everybody else there in the portal alone, and in steps."""
    if row.buddy_id is not None:
        lines = [_when(row), NO_SCORES, "You can still say no."]
        tell_about(row, [row.buddy_id], f"{row.person} comes to sit beside you", lines, message, now,
                   mail_until=row.starts_at)  # fmt: skip
    _tell_some_of_site(row, 0, message, now)


def tell_site(message: Claimed, now: datetime) -> None:
    """The next people of a site who comes, as long as they do."""
    row = _reminder(message.payload["reminder"])
    if row.state is SeatState.BOOKED and row.cancelled_at is None and row.starts_at > now:
        with writing():
            _tell_some_of_site(row, message.payload["after"], message, now)


def _tell_some_of_site(row: Row, after: int, message: Claimed, now: datetime) -> None:
    there = Person.site_id == row.site_id, Person.deactivated_at.is_(None), Person.id > after
    query = select(Person.id).where(*there, Person.id.not_in([row.person_id, row.buddy_id or 0]))
    if teams := _teams(row):
        query = query.where(Person.team_id.in_(teams))
    people = db.session.scalars(query.order_by(Person.id).limit(AT_ONCE_MAX)).all()
    title = f"{row.person} visits {row.queue}"
    tell_about(row, people, title, [_when(row), NO_SCORES], message, now, mail_until=now)
    if len(people) == AT_ONCE_MAX:
        rest = {"reminder": row.reminder, "after": people[-1]}
        outbox.emit(SITE, rest, now=now, unique_key=f"{SITE}:{row.reminder}:{row.reminded_at.isoformat()}:{people[-1]}")


def _teams(row: Row) -> list[int]:
    """The teams of the queue, where it is called after them; none: everybody there is told."""
    here = select(Place.id, Place.name).where(Place.site_id == row.site_id, Place.kind == PlaceKind.TEAM)
    return [team.id for team in db.session.execute(here) if team.name.lower() in row.queue.lower()]


def tell_attended(message: Claimed, now: datetime) -> None:
    """Whoever came, and whoever did not according to the site: seen, so that it can be put right. It costs nothing."""
    row = _seat(message.payload["sign_up"])
    if (told := AFTERWARDS.get(row.attendance)) is None:
        return
    title, words = told
    page = "" if row.attendance is Attendance.NO_SHOW else "/debrief"
    with writing():
        event = f"attended:{message.payload['sign_up']}:{row.attendance.value}"  # of two steps at once the last counts
        tell_about(row, [row.person_id], title, [_when(row), words], message, now, page=page, event_id=event)


def _reminder(number: int) -> Row:
    query = _seats().add_columns(Reminder.id.label("reminder"), Reminder.kind, Reminder.at.label("reminded_at"))
    return db.session.execute(query.join(Reminder, Reminder.sign_up_id == SignUp.id).where(Reminder.id == number)).one()


def _seat(number: int) -> Row:
    return db.session.execute(_seats().where(SignUp.id == number)).one()


def _seats() -> Select:
    person, buddy = aliased(Person), aliased(Person)
    agreed = and_(buddy.id == Slot.buddy_id, Slot.buddy_state == BuddyState.AGREED)
    columns = (
        SignUp.person_id, SignUp.state, SignUp.attendance, person.name.label("person"),
        buddy.id.label("buddy_id"), buddy.name.label("buddy"), Debrief.finished_at.is_not(None).label("debriefed"),
    )  # fmt: skip
    return (
        select(*SLOT, *columns)
        .join(SignUp, SignUp.slot_id == Slot.id)
        .join(Place, Place.id == Slot.site_id)
        .join(person, person.id == SignUp.person_id)
        .outerjoin(buddy, agreed)
        .outerjoin(Debrief, Debrief.sign_up_id == SignUp.id)
    )


def _when(row: Row) -> str:
    return f"{title_of(row)}: {at_length(row.starts_at, row.ends_at, row.zone)}."


REMINDERS: dict[str, Callable[[Row, Claimed, datetime], None]] = {
    Kind.DAY_BEFORE: _tell_day_before,
    Kind.HOUR_BEFORE: _tell_hour_before,
    Kind.COMING: _tell_coming,
}
HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {
    REMINDED: tell_reminder,
    SITE: tell_site,
    ATTENDED: tell_attended,
}
