"""What people are owed for an outcome, and how hidden authors are paid without being seen."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.rewards.rules import Share


class Budget(Base):
    """Points that may be awarded in a period. Its balance is the ledger account `budget:<id>`."""

    __tablename__ = "reward_budgets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


class Batch(Base):
    """A shuffled payout to hidden authors: its transfers name the batch, not the idea."""

    __tablename__ = "reward_batches"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(20), unique=True)  # ISO week, "2026-W47"
    paid_at: Mapped[datetime]
    people: Mapped[int]
    points: Mapped[int]


class Award(Base):
    """Points owed to a person for an outcome. Always written with the event; paid by a later or the same step.

    `hidden` awards are read by their own author's statement and by nothing else.
    """

    __tablename__ = "reward_awards"
    __table_args__ = (
        UniqueConstraint("event", "subject", "share", "person_id"),
        CheckConstraint("points > 0", name="points_are_positive"),
        Index("ix_reward_awards_unpaid", "hidden", "paid_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    event: Mapped[str] = mapped_column(String(40))  # idea_promoted, promise_kept, …
    subject: Mapped[str] = mapped_column(String(60))  # "idea:248"; no foreign key upwards
    idea_number: Mapped[int | None]
    sentence: Mapped[str] = mapped_column(String(200))  # frozen words for the statement
    share: Mapped[Share] = mapped_column(Word(Share))
    points: Mapped[int]
    policy_version: Mapped[int]
    hidden: Mapped[bool]
    pooled_at: Mapped[datetime | None]  # hidden: budget → pool has happened
    paid_at: Mapped[datetime | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("reward_batches.id"))
    created_at: Mapped[datetime]
