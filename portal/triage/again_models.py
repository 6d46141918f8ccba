"""Voices that ask again after a no, and the returns to the executives that they brought about."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.triage.again_rules import Because

STANDS = "withdrawn_at IS NULL"


class AskedAgain(Base):
    """One person asks again after one answer. Taking it back keeps the row. Who it was is shown to nobody."""

    __tablename__ = "asked_again"
    __table_args__ = (
        Index("uq_asked_again_standing", "decision_id", "person_id", unique=True,
              sqlite_where=text(STANDS), postgresql_where=text(STANDS)),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"))  # frozen
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Return(Base):
    """A declined idea is with the executives once more: why, and with every input of that."""

    __tablename__ = "triage_returns"
    __table_args__ = (Index("ix_triage_returns_idea", "idea_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)  # that was declined
    at: Mapped[datetime]
    supporters: Mapped[int]
    voices: Mapped[int]
    needed: Mapped[int]
    teams: Mapped[int]
    because: Mapped[Because] = mapped_column(Word(Because), server_default="voices")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # who brought the new fact
    fact: Mapped[str] = mapped_column(Text, default="", server_default="")
