"""Who owes an idea a first reply or an answer, since when and until when; and who is to be asked first."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.triage.clock import Duty

OPEN = "until IS NULL"
UNTOLD = "until IS NULL AND told_at IS NULL"
CLIMBS = "until IS NULL AND climbs_at IS NOT NULL"


class Because(StrEnum):
    """Why it is this person's."""

    ROUTED = "routed"  # first answerer of the site and barrier, or executive there
    COVER = "cover"  # for somebody who is away
    LATE = "late"  # it climbed
    LEFT = "left"  # who owed it has left

    @property
    def words(self) -> str:
        """As people read it, after the name."""
        return {"routed": "", "cover": "covers for them", "late": "one level up", "left": "took it over"}[self.value]


class Assignment(Base):
    """Somebody owes an idea something. Level 0 is who answers; 1 and 2 are who was called because it is late.

    Their rows end with the duty, or when it goes to somebody else. Only level 0 has a clock.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        Index("uq_assignments_open", "idea_id", "duty", "level", unique=True,
              sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_assignments_climbs", "climbs_at", sqlite_where=text(CLIMBS), postgresql_where=text(CLIMBS)),
        Index("ix_assignments_person_open", "person_id", "due_at",
              sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_assignments_untold", "person_id", "duty",
              sqlite_where=text(UNTOLD), postgresql_where=text(UNTOLD)),
        CheckConstraint("level BETWEEN 0 AND 2", name="at_most_two_levels_up"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    duty: Mapped[Duty] = mapped_column(Word(Duty))
    level: Mapped[int] = mapped_column(default=0, server_default="0")
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    because: Mapped[Because] = mapped_column(Word(Because))
    since: Mapped[datetime]
    starts_at: Mapped[datetime]  # from here its time counts: said, promoted, come back
    due_on: Mapped[date]  # at the idea's site
    due_at: Mapped[datetime]
    climbs_at: Mapped[datetime | None]  # when it climbs next; None: never, or no more
    until: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when they heard of it


class Answerer(Base):
    """Whom the programme has named: for a place (and below) and a barrier, or for every barrier."""

    __tablename__ = "answerers"
    __table_args__ = (UniqueConstraint("duty", "place_id", "barrier"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[Duty] = mapped_column(Word(Duty))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    barrier: Mapped[str] = mapped_column(String(32), default="", server_default="")  # "": every one
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class ClockMark(Base):
    """Up to which step of all stories the clocks have looked. One row."""

    __tablename__ = "clock_mark"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    story_id: Mapped[int]
