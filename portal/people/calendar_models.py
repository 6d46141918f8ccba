"""Working hours and holidays of places, absences, and who decides for whom."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class WorkCalendar(Base):
    """When people work at a place. It holds for everything below that has none of its own."""

    __tablename__ = "work_calendars"
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True, autoincrement=False)
    zone: Mapped[str] = mapped_column(String(64))
    weekdays: Mapped[str] = mapped_column(String(7))  # "01234": 0 is Monday
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)  # 00:00: the midnight that ends the day
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Holiday(Base):
    """A day off at a place with a calendar of its own."""

    __tablename__ = "holidays"
    __table_args__ = (UniqueConstraint("place_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("work_calendars.place_id"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(80), default="", server_default="")


class Absence(Base):
    """Somebody is away, from the first to the last day, and who covers for them."""

    __tablename__ = "absences"
    __table_args__ = (
        Index("ix_absences_person_last", "person_id", "last_day"),
        Index("ix_absences_last", "last_day"),
        Index("ix_absences_waiting", "first_day",
              sqlite_where=text("started_at IS NULL AND withdrawn_at IS NULL"),
              postgresql_where=text("started_at IS NULL AND withdrawn_at IS NULL")),
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
        CheckConstraint("cover_id IS NULL OR cover_id <> person_id", name="nobody_covers_for_themselves"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime | None]  # what falls due meanwhile was given to the cover
    withdrawn_at: Mapped[datetime | None]


class Delegation(Base):
    """Somebody answers on behalf of an executive. While it runs, grants with its number give the rights."""

    __tablename__ = "delegations"
    __table_args__ = (
        Index("uq_delegations_open", "person_id", "delegate_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        Index("ix_delegations_delegate", "delegate_id", "ended_at"),
        CheckConstraint("person_id <> delegate_id", name="nobody_is_their_own_delegate"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # on whose behalf
    delegate_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    from_day: Mapped[date]
    until_day: Mapped[date | None]  # inclusive; None: until revoked
    absence_id: Mapped[int | None] = mapped_column(ForeignKey("absences.id"))
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(40), default="", server_default="")
