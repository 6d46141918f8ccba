"""Windows in which a visitor does no harm, seats in them, what became of each, and private calendars."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.frontline.words import Attendance, BuddyState, Busy, Channel, SeatState, SeatStepKind


class Pattern(Base):
    """“Every Tuesday 10 to 12 for 8 weeks.” Slots are made from it; making them again touches none that exist."""

    __tablename__ = "shift_patterns"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
        CheckConstraint("minutes BETWEEN 15 AND 720", name="minutes_of_a_day"),
        CheckConstraint("seats BETWEEN 1 AND 50", name="has_seats"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    zone: Mapped[str] = mapped_column(String(64))
    weekdays: Mapped[str] = mapped_column(String(7))  # "1": Tuesday; 0 is Monday
    starts: Mapped[time] = mapped_column(Time)  # by the clock on the wall there
    minutes: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    queue: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(40))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    busy: Mapped[Busy] = mapped_column(Word(Busy))
    seats: Mapped[int]
    buddy_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    briefing_needed: Mapped[bool] = mapped_column(default=True, server_default="1")
    note: Mapped[str] = mapped_column(String(300), default="", server_default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Slot(Base):
    """A window at a site. taken, next_ticket: guarded counters, changed only with the row locked (`seats`).

    version: raised by every change that calendars must learn of (their SEQUENCE).
    """

    __tablename__ = "shift_slots"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("taken >= 0 AND taken <= seats", name="never_more_than_seats"),
        CheckConstraint("seats BETWEEN 1 AND 50", name="has_seats"),
        CheckConstraint("(pattern_id IS NULL) = (pattern_day IS NULL)", name="a_pattern_has_a_day"),
        Index("uq_shift_slots_pattern_day", "pattern_id", "pattern_day", unique=True,
              sqlite_where=text("pattern_id IS NOT NULL"), postgresql_where=text("pattern_id IS NOT NULL")),
        Index("ix_shift_slots_starts", "starts_at", "id"),
        Index("ix_shift_slots_site_starts", "site_id", "starts_at"),
        Index("ix_shift_slots_buddy", "buddy_id", "starts_at"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("shift_patterns.id"))
    pattern_day: Mapped[date | None]  # the day it was made for, wherever it was moved since
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    zone: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    queue: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(40))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    busy: Mapped[Busy] = mapped_column(Word(Busy))
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    next_ticket: Mapped[int] = mapped_column(default=1, server_default="1")
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    opens_at: Mapped[datetime | None]  # sign-up begins; None: at once
    buddy_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    buddy_state: Mapped[BuddyState] = mapped_column(Word(BuddyState))
    buddy_answered_at: Mapped[datetime | None]
    briefing_needed: Mapped[bool] = mapped_column(default=True, server_default="1")
    note: Mapped[str] = mapped_column(String(300), default="", server_default="")
    published_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    published_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    cancel_reason: Mapped[str] = mapped_column(String(400), default="", server_default="")


class SlotChange(Base):
    """A slot was changed: before and after as JSON, and why. Append-only (triggers)."""

    __tablename__ = "shift_slot_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("shift_slots.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")


class SignUp(Base):
    """Somebody and one slot; one row however often they come and go. The slot's times are copied for the guard
    against overlaps, which both databases keep (`portal.no_overlap`).

    ticket: their place in the order in which people came, given again whenever they come back.
    """

    __tablename__ = "shift_sign_ups"
    __table_args__ = (
        UniqueConstraint("slot_id", "person_id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("attendance = 'signed_up' OR state = 'booked'", name="only_who_has_a_seat_attends"),
        Index("ix_shift_sign_ups_person", "person_id", "starts_at"),
        Index("ix_shift_sign_ups_waiting", "slot_id", "ticket",
              sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
        Index("ix_shift_sign_ups_looking", "starts_at",
              sqlite_where=text("looking_since IS NOT NULL"), postgresql_where=text("looking_since IS NOT NULL")),
        Index("ix_shift_sign_ups_attended", "attendance", "starts_at"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("shift_slots.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[SeatState] = mapped_column(Word(SeatState))
    ticket: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    attendance: Mapped[Attendance] = mapped_column(Word(Attendance), default=Attendance.SIGNED_UP)
    looking_since: Mapped[datetime | None]  # for a stand-in; the seat stays theirs until somebody takes it
    decline_by: Mapped[datetime | None]  # promoted from the waiting list: until then it costs one tap to say no
    version: Mapped[int] = mapped_column(default=0, server_default="0")  # with the slot's: SEQUENCE of the calendar
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class SeatStep(Base):
    """What was done about a seat. Append-only (triggers). by_id None: the portal."""

    __tablename__ = "shift_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("shift_sign_ups.id"), index=True)
    kind: Mapped[SeatStepKind] = mapped_column(Word(SeatStepKind))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(String(400), default="", server_default="")


class Briefing(Base):
    """Somebody has had the data protection briefing, until when it counts, and who says so."""

    __tablename__ = "shift_briefings"
    __table_args__ = (Index("ix_shift_briefings_person", "person_id", "valid_until"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    done_on: Mapped[date]
    valid_until: Mapped[date]  # the last day
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    noted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CalendarFeed(Base):
    """The address under which somebody's calendar program reads their shifts. Only the hash of its token is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index("uq_calendar_feeds_open", "person_id", unique=True,
              sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_read_on: Mapped[date | None]


class Reminder(Base):
    """What somebody was reminded of, once: "day_before", "hour_before", "debrief", "coming" (told the agents)."""

    __tablename__ = "shift_reminders"
    __table_args__ = (UniqueConstraint("sign_up_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("shift_sign_ups.id"))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
