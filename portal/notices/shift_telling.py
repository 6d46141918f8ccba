"""What notices about shifts share: the rows that they speak of, and how they are told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.frontline.calendar_queries import HAD
from portal.frontline.models import SeatStep, SignUp, Slot
from portal.frontline.words import BuddyState
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed
from portal.people.models import Person, Place

OWN = "#seat"  # of a path: the letter puts the file for the calendar beside it
CALENDAR = "A calendar that you have subscribed to shows it by itself."
HOST = (BuddyState.ASKED, BuddyState.AGREED)
SLOT = (
    Slot.id.label("number"), Slot.starts_at, Slot.ends_at, Slot.zone, Slot.queue, Slot.cancelled_at, Slot.buddy_state,
    Slot.published_by_id, Place.id.label("site_id"), Place.name.label("site"), Place.path,
)  # fmt: skip


def step_with(number: int) -> Row:
    """A step of a seat with its slot. person: whose seat; by: who did it; buddy_id: of a host who has not said no."""
    person, by, buddy = aliased(Person), aliased(Person), aliased(Slot)
    hosted = and_(buddy.id == Slot.id, buddy.buddy_state.in_(HOST))
    columns = (
        SeatStep.kind, SeatStep.by_id, SeatStep.at, SeatStep.words, SeatStep.sign_up_id, SignUp.person_id,
        SignUp.state, SignUp.looking_since, SignUp.decline_by, person.name.label("person"), by.name.label("by"),
        buddy.buddy_id,
    )  # fmt: skip
    query = (
        select(*columns, *SLOT)
        .join(SignUp, SignUp.id == SeatStep.sign_up_id)
        .join(Slot, Slot.id == SignUp.slot_id)
        .join(Place, Place.id == Slot.site_id)
        .join(person, person.id == SignUp.person_id)
        .outerjoin(by, by.id == SeatStep.by_id)
        .outerjoin(buddy, hosted)
        .where(SeatStep.id == number)
    )
    return db.session.execute(query).one()


def had_a_seat(sign_up_id: int) -> bool:
    """True where it was more than a place in the waiting list."""
    had = SeatStep.sign_up_id == sign_up_id, SeatStep.kind.in_(HAD)
    return db.session.scalar(select(SeatStep.id).where(*had).limit(1)) is not None


def tell_about(
    slot: Row, person_ids: Iterable[int], title: str, lines: Sequence[str], message: Claimed, now: datetime, *,
    page: str = "", calendar: bool = False, mail_until: datetime | None = None,
    event_id: str | None = None,
) -> int:  # fmt: skip
    """Tell people about a slot (`number`); calendar: with the file for their calendar; event_id: where it is not the
    message that says what is told once. See `notify`."""
    path = f"/shifts/{slot.number}{page}{OWN if calendar else ''}"
    return notify(
        person_ids, Moment.SHIFT, title=title, path=path, words="\n".join(line for line in lines if line),
        event_id=event_id or message.event_id, now=now, mail_until=mail_until,
    )  # fmt: skip


def moment_at(moment: datetime, zone: str) -> str:
    """“Thursday 26 November, 14:00”, on the clock of the site."""
    here = moment.astimezone(ZoneInfo(zone))
    return f"{here:%A} {here.day} {here:%B}, {here:%H:%M}"
