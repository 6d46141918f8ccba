"""The checks on the floor. Who said what is stored nowhere: an answer raises a number, and the question is marked."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.commitments.floor_rules import FloorAnswer
from portal.db import Base, Word

RUNS, UNASKED = "ended_at IS NULL", "asked_on IS NULL"


class FloorWave(Base):
    """One check of one delivery, so many days after it went live."""

    __tablename__ = "floor_waves"
    __table_args__ = (
        UniqueConstraint("delivery_id", "days"),
        Index("ix_floor_waves_running", "closes_on", sqlite_where=text(RUNS), postgresql_where=text(RUNS)),
        Index("ix_floor_waves_commitment", "commitment_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    days: Mapped[int]
    due_on: Mapped[date]
    closes_on: Mapped[date]
    begun_at: Mapped[datetime]
    gathered: Mapped[bool] = mapped_column(default=False, server_default="0")  # everybody to be asked is known
    ended_at: Mapped[datetime | None]
    facts: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON: the result as it is shown
    relapse_id: Mapped[int | None] = mapped_column(ForeignKey("relapses.id"))  # what too many a no has opened


class FloorAsk(Base):
    """Somebody is to be asked, was asked, has answered (not what). Deleted 30 days after the check."""

    __tablename__ = "floor_asks"
    __table_args__ = (
        UniqueConstraint("wave_id", "person_id"),
        Index("ix_floor_asks_unasked", "person_id", sqlite_where=text(UNASKED), postgresql_where=text(UNASKED)),
        Index("ix_floor_asks_person", "person_id", "asked_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("floor_waves.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))  # where they worked when the check began
    asked_on: Mapped[date | None]
    answered: Mapped[bool] = mapped_column(default=False, server_default="0")


class FloorTally(Base):
    """How many people of one site gave one answer."""

    __tablename__ = "floor_tallies"
    __table_args__ = (
        UniqueConstraint("wave_id", "site_id", "answer"),
        CheckConstraint("people >= 0", name="nobody_is_the_least"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("floor_waves.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    answer: Mapped[FloorAnswer] = mapped_column(Word(FloorAnswer))
    people: Mapped[int]
