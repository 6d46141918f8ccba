"""What keeping a promise takes: small steps, decisions asked for, help, and nudges of those who wait."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.commitments.work_rules import NEED_CHARS_MAX, STEP_CHARS_MAX, STEPS_MAX
from portal.db import Base

OPEN_NEED = "answered_at IS NULL"
OPEN_CALL = "closed_at IS NULL"


class WorkStep(Base):
    """One line of an owner's checklist. A promise has places for seven, and each place holds one line."""

    __tablename__ = "commitment_steps"
    __table_args__ = (
        UniqueConstraint("commitment_id", "place"),
        # Below zero only inside the statement pair that gives every line its new place.
        CheckConstraint(f"place <> 0 AND place BETWEEN -{STEPS_MAX} AND {STEPS_MAX}", name="seven_places"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    place: Mapped[int]
    words: Mapped[str] = mapped_column(String(STEP_CHARS_MAX))
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class DecisionNeed(Base):
    """The owner cannot go on without a decision. One waits at a time; the sponsor answers, in public."""

    __tablename__ = "commitment_needs"
    __table_args__ = (
        Index("uq_commitment_needs_open", "commitment_id", unique=True,
              sqlite_where=text(OPEN_NEED), postgresql_where=text(OPEN_NEED)),
        Index("ix_commitment_needs_commitment", "commitment_id", "id"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_by_somebody"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(NEED_CHARS_MAX))
    answer: Mapped[str] = mapped_column(String(NEED_CHARS_MAX), default="", server_default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]


class HelpCall(Base):
    """The owner asks those who said that they would help. One stands open at a time."""

    __tablename__ = "help_calls"
    __table_args__ = (
        Index("uq_help_calls_open", "commitment_id", unique=True,
              sqlite_where=text(OPEN_CALL), postgresql_where=text(OPEN_CALL)),
        Index("ix_help_calls_commitment", "commitment_id", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime | None]


class HelpAsk(Base):
    """Somebody who was asked. Nobody but they know of it, until they join: `joined` is shown with their name."""

    __tablename__ = "help_asks"
    __table_args__ = (
        UniqueConstraint("call_id", "person_id"),
        CheckConstraint("(answered_at IS NULL) = (joined IS NULL)", name="an_answer_has_its_moment"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("help_calls.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    joined: Mapped[bool | None]
    answered_at: Mapped[datetime | None]


class Nudge(Base):
    """Somebody who waits gave the owner a nudge: one a person, promise and week. Who it was is shown to nobody."""

    __tablename__ = "commitment_nudges"
    __table_args__ = (
        UniqueConstraint("commitment_id", "person_id", "week"),
        Index("ix_commitment_nudges_at", "commitment_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    week: Mapped[date]  # its Monday, in the organisation's zone
    at: Mapped[datetime]
