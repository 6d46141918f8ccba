"""What happened again, what is kept up to date from it, and what an hour costs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.swarm.occurrence_rules import Channel, Tried


class Occurrence(Base):
    """It happened again, on one day, to one person. Never part of a score; who noted it is shown to nobody else."""

    __tablename__ = "occurrences"
    __table_args__ = (
        UniqueConstraint("person_id", "form_key"),  # a form sent twice counts once
        Index("ix_occurrences_idea_day", "idea_id", "day"),
        Index("ix_occurrences_person_idea", "person_id", "idea_id", "id"),
        Index("ix_occurrences_person_at", "person_id", "at"),
        CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes_of_a_day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"))  # frozen when it was noted
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    day: Mapped[date]  # in the organisation's zone
    reason: Mapped[str] = mapped_column(String(60), default="", server_default="")  # of the contact
    channel: Mapped[Channel | None] = mapped_column(Word(Channel))
    tried: Mapped[Tried] = mapped_column(Word(Tried), default=Tried.UNKNOWN, server_default="unknown")
    minutes: Mapped[int | None]  # lost
    form_key: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class OccurrenceSum(Base):
    """The figures of one idea, written with each occurrence and every night: pages read this row alone."""

    __tablename__ = "occurrence_sums"
    __table_args__ = (Index("ix_occurrence_sums_times", "times", "idea_id"),)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False)
    times: Mapped[int]  # in the eight weeks; 0 once nothing was noted for so long
    facts: Mapped[str] = mapped_column(Text)  # JSON of `occurrence_cost.Figures`
    at: Mapped[datetime]


class HourCost(Base):
    """What an hour of work costs, as somebody has set it; the newest row counts, the others stay."""

    __tablename__ = "hour_costs"
    __table_args__ = (CheckConstraint("cents > 0", name="an_hour_costs_something"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the command line
    at: Mapped[datetime]
