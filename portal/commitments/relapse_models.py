"""What was done and came back: a reopening, and everybody who said so."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.commitments.relapse_rules import Ending
from portal.commitments.rules import CommitmentState
from portal.db import Base, Word

OPEN = "closed_at IS NULL"


class Relapse(Base):
    """What a promise had done is back. One is open at a time; it ends with another delivery or a public answer."""

    __tablename__ = "relapses"
    __table_args__ = (
        Index("uq_relapses_open", "commitment_id", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_relapses_commitment", "commitment_id", "id"),
        CheckConstraint("(closed_at IS NULL) = (ending IS NULL)", name="closed_in_one_way"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    opened_at: Mapped[datetime]
    was: Mapped[CommitmentState] = mapped_column(Word(CommitmentState))  # the state before, for "it is not back"
    moved_at: Mapped[datetime]  # of the idea, before
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ending: Mapped[Ending | None] = mapped_column(Word(Ending))
    answer: Mapped[str] = mapped_column(String(400), default="", server_default="")
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)  # that fixed it again


class RelapseReport(Base):
    """Somebody says that it is back. Who it was is shown to nobody. Append-only (triggers)."""

    __tablename__ = "relapse_reports"
    __table_args__ = (UniqueConstraint("relapse_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    relapse_id: Mapped[int] = mapped_column(ForeignKey("relapses.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"))  # frozen
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    day: Mapped[date]
    words: Mapped[str] = mapped_column(String(300), default="", server_default="")
    at: Mapped[datetime]
