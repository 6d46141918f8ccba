"""What the interface takes and shows of shifts that are published."""

from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from portal.frontline.slot_rules import (
    LANGUAGE_CHARS_MAX,
    MINUTES,
    NOTE_CHARS_MAX,
    QUEUE_CHARS_MAX,
    REASON_CHARS,
    SEATS,
    NewSlot,
    SlotChanges,
    length_of,
    opens_of,
)
from portal.frontline.slot_rules import Length as ShiftLength
from portal.frontline.words import BuddyState, Busy, Channel
from portal.web.api import Day, Line, Moment, Number, Sent, Shown, Words, whole

WallTime = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="By the clock on the wall at the site: 10:00.")
]
Reason = Annotated[Words, Field(min_length=REASON_CHARS.start, max_length=REASON_CHARS.stop - 1)]


class WindowSent(Sent):
    """What one shift and a pattern say alike."""

    starts: WallTime
    minutes: Annotated[int, Field(ge=MINUTES.start, le=MINUTES.stop - 1), BeforeValidator(whole)]
    queue: Line = Field(min_length=1, max_length=QUEUE_CHARS_MAX)
    language: Line = Field(min_length=1, max_length=LANGUAGE_CHARS_MAX)
    channel: Channel = Channel.CALLS
    busy: Busy = Field(Busy.USUAL, description="What the forecast says.")
    seats: Annotated[int, Field(ge=SEATS.start, le=SEATS.stop - 1), BeforeValidator(whole)] = 1
    buddy: Number | None = Field(None, description="Who hosts: a person who works at the site. They are asked.")
    briefing_needed: bool = Field(True, description="Only for those who have had the data protection briefing.")
    note: Line = Field("", max_length=NOTE_CHARS_MAX)

    def window(self) -> dict[str, Any]:
        """As the rules take it, without days, site and buddy."""
        return {"starts": time.fromisoformat(self.starts)} | {
            name: getattr(self, name)
            for name in ("minutes", "queue", "language", "channel", "busy", "seats", "briefing_needed", "note")
        }


class SlotSent(WindowSent):
    """A shift to publish."""

    site: Number = Field(description="A number of `GET /sites` that the key's person looks after.")
    day: Day
    opens_on: Day | None = Field(None, description="Sign-up opens at the beginning of that day; null: at once.")
    later: bool = Field(False, description="Where the clocks go back and show the time twice: the second time.")

    def new_slot(self, zone: str) -> NewSlot:
        """As the rules take it."""
        return NewSlot(site_id=self.site, day=self.day, buddy_id=self.buddy, opens_at=opens_of(self.opens_on, zone),
                       later=self.later, **self.window())  # fmt: skip


class SlotChangeSent(WindowSent):
    """The shift as it is to be, whole."""

    day: Day
    opens_on: Day | None = Field(None, description="Sign-up opens at the beginning of that day; null: at once.")
    later: bool = Field(False, description="Where the clocks go back and show the time twice: the second time.")
    to_waiting: bool = Field(False, description="Where more people have a seat than that, the last ones wait.")
    reason: Words = Field("", max_length=REASON_CHARS.stop - 1, description="Needed where somebody signed up.")

    def changes(self, zone: str) -> SlotChanges:
        """As the rules take it."""
        return SlotChanges(day=self.day, buddy_id=self.buddy, opens_at=opens_of(self.opens_on, zone),
                           later=self.later, to_waiting=self.to_waiting, **self.window())  # fmt: skip


class SlotReasonSent(Sent):
    """Why. Whoever signed up reads it."""

    reason: Reason


class SlotPersonShown(Shown):
    """A person by number and name."""

    number: int
    name: str


class SlotShown(Shown):
    """A published shift, as those see it who look after its site."""

    number: int
    site: SlotPersonShown = Field(description="The site, by number and name.")
    zone: str
    day: date = Field(description="At the site.")
    starts: str = Field(description="By the clock on the wall at the site.")
    starts_at: Moment
    ends_at: Moment
    length: ShiftLength
    queue: str
    language: str
    channel: Channel
    busy: Busy
    seats: int
    taken: int
    opens_at: Moment | None
    buddy: SlotPersonShown | None
    buddy_state: BuddyState
    briefing_needed: bool
    note: str
    pattern: int | None
    pattern_day: date | None = Field(description="The day that the pattern made it for, wherever it was moved since.")
    published_by: str
    published_at: Moment
    cancelled_at: Moment | None
    cancel_reason: str


class SlotChangeShown(Shown):
    """Something that was done to a shift, with what was different before and after."""

    number: int
    at: Moment
    by: str
    reason: str
    before: dict[str, str | int | bool | None]
    after: dict[str, str | int | bool | None]


def slot_shown(row: Any) -> SlotShown:
    """(Slot, site, buddy, publisher) as the interface shows it."""
    slot = row.Slot
    wall = slot.starts_at.astimezone(ZoneInfo(slot.zone))
    return SlotShown(
        number=slot.id, site=SlotPersonShown(number=slot.site_id, name=row.site), zone=slot.zone, day=wall.date(),
        starts=f"{wall:%H:%M}", starts_at=slot.starts_at, ends_at=slot.ends_at,
        length=length_of(_minutes(slot.starts_at, slot.ends_at)), queue=slot.queue, language=slot.language,
        channel=slot.channel, busy=slot.busy, seats=slot.seats, taken=slot.taken, opens_at=slot.opens_at,
        buddy=SlotPersonShown(number=slot.buddy_id, name=row.buddy) if slot.buddy_id else None,
        buddy_state=slot.buddy_state, briefing_needed=slot.briefing_needed, note=slot.note, pattern=slot.pattern_id,
        pattern_day=slot.pattern_day, published_by=row.publisher, published_at=slot.published_at,
        cancelled_at=slot.cancelled_at, cancel_reason=slot.cancel_reason,
    )  # fmt: skip


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at).total_seconds()) // 60
