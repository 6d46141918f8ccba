"""Figures of the programme page, worked out by the worker; and which employers' figures are public."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.home.programme_words import Dimension, Measure


class ProgrammeWeek(Base):
    """One measure of one week for everybody, or for one site, employer, barrier or department.

    `part` of `whole`; for replies `part` is 0 and `spread` holds how long they took: JSON, tenths of a working day →
    ideas. Never shown as it is: small groups are hidden when it is read.
    """

    __tablename__ = "programme_weeks"
    __table_args__ = (UniqueConstraint("monday", "measure", "dimension", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    monday: Mapped[date]
    measure: Mapped[Measure] = mapped_column(Word(Measure))
    dimension: Mapped[Dimension] = mapped_column(Word(Dimension))
    key: Mapped[str] = mapped_column(String(40))  # of the group: see `programme_rules.Place`; "" for everybody
    part: Mapped[int]
    whole: Mapped[int]
    spread: Mapped[str] = mapped_column(Text, default="", server_default="")


class ActiveWeek(Base):
    """Somebody said or backed something in a week; which of both, or what, is not kept. Deleted after the weeks shown.

    Only ever counted, for groups that are large enough.
    """

    __tablename__ = "programme_active"
    monday: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)


class ProgrammeState(Base):
    """How far the figures are worked out, and all that the page needs of them as JSON. One row."""

    __tablename__ = "programme_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vote_id: Mapped[int] = mapped_column(default=0, server_default="0")  # votes up to here are in `programme_active`
    idea_id: Mapped[int] = mapped_column(default=0, server_default="0")
    at: Mapped[datetime | None]
    figures: Mapped[str] = mapped_column(Text, default="", server_default="")


class EmployerFigures(Base):
    """A partner's figures are public from here on, until somebody takes that back. The partner saw them first."""

    __tablename__ = "employer_figures"
    __table_args__ = (
        Index("uq_employer_figures_public", "employer_id", unique=True,
              sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    published_at: Mapped[datetime]
    published_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
