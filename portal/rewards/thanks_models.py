"""Thanks between colleagues, with a few points from an allowance that does not roll over."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class Thanks(Base):
    """One colleague thanks another in words; points, if any, are in the ledger (`transfer_seq`)."""

    __tablename__ = "thanks"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="thanks_somebody_else"),
        CheckConstraint("points >= 0", name="points_are_not_negative"),
        Index("ix_thanks_pair", "from_id", "to_id", "at"),
        Index("ix_thanks_to", "to_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(String(300))
    points: Mapped[int] = mapped_column(default=0, server_default="0")
    transfer_seq: Mapped[int | None] = mapped_column(ForeignKey("ledger_transfers.seq"), unique=True)
    for_hidden_idea: Mapped[int | None]  # a hidden author is thanked by the idea; seen by them alone, no foreign key
    key: Mapped[str] = mapped_column(String(120), unique=True)
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]  # by moderation
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    hidden_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


class ThanksEcho(Base):
    """Somebody says "me too, thanks"; once a person."""

    __tablename__ = "thanks_echoes"
    thanks_id: Mapped[int] = mapped_column(ForeignKey("thanks.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime]


class ThanksReport(Base):
    """Somebody asks those who moderate to look at a thanks; once a person."""

    __tablename__ = "thanks_reports"
    __table_args__ = (Index("ix_thanks_reports_open", "closed_at", "thanks_id"),)
    thanks_id: Mapped[int] = mapped_column(ForeignKey("thanks.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    words: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ThanksAllowance(Base):
    """What somebody has given away in a month: a guarded counter, never above what the month allows."""

    __tablename__ = "thanks_allowances"
    __table_args__ = (CheckConstraint("used >= 0 AND used <= allowed", name="used_is_allowed"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # "2026-03"
    allowed: Mapped[int]
    used: Mapped[int] = mapped_column(default=0, server_default="0")
