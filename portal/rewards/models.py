"""What people are owed for an outcome, and how hidden authors are paid without being seen."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.rewards.rules import Share
from portal.rewards.words import AskState, PaymentState, ReversalState


class Budget(Base):
    """Points that may be awarded in a period. Its balance is the ledger account `budget:<id>`."""

    __tablename__ = "reward_budgets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]


class BudgetRaise(Base):
    """Points added to a budget, with who asked and who approved: never the same person. Append-only (triggers)."""

    __tablename__ = "reward_budget_raises"
    __table_args__ = (
        CheckConstraint("asked_by_id IS NULL OR asked_by_id <> approved_by_id", name="two_people"),
        CheckConstraint("points > 0", name="points_are_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    budget_id: Mapped[int] = mapped_column(ForeignKey("reward_budgets.id"), index=True)
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    transfer_seq: Mapped[int] = mapped_column(ForeignKey("ledger_transfers.seq"), unique=True)
    at: Mapped[datetime]


class BudgetAsk(Base):
    """Somebody asks for a budget, or for more in one (`budget_id`); another person decides."""

    __tablename__ = "reward_budget_asks"
    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR asked_by_id <> decided_by_id", name="two_people"),
        CheckConstraint("points > 0", name="points_are_positive"),
        Index("ix_reward_budget_asks_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    budget_id: Mapped[int | None] = mapped_column(ForeignKey("reward_budgets.id"))
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")  # of a new one
    points: Mapped[int]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[AskState] = mapped_column(Word(AskState))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(200), default="", server_default="")


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


class Reversal(Base):
    """An award is taken back because its outcome no longer holds. `claimed`: what had been spent already.

    The balance never falls below nought: what is not there any more stays as a claim, and is met by nobody's wages.
    """

    __tablename__ = "reward_reversals"
    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="a_second_person_decides"),
        CheckConstraint("taken >= 0 AND claimed >= 0", name="sums_are_not_negative"),
        Index("uq_reward_reversals_award", "award_id", unique=True,
              sqlite_where=text("state <> 'refused'"), postgresql_where=text("state <> 'refused'")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("reward_awards.id"), index=True)
    state: Mapped[ReversalState] = mapped_column(Word(ReversalState))
    reason: Mapped[str] = mapped_column(String(200))  # stands on the statement
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the portal, for an outcome undone
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed: Mapped[int] = mapped_column(default=0, server_default="0")


class Settings(Base):
    """One version of what the organisation has decided about points. The newest holds. Append-only (triggers)."""

    __tablename__ = "reward_settings"
    version: Mapped[int] = mapped_column(primary_key=True)
    values: Mapped[str] = mapped_column(Text)  # JSON, read by `rewards.settings_rules`
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Expiry(Base):
    """Points of somebody without activity: announced twice, then expired, once a period."""

    __tablename__ = "reward_expiries"
    __table_args__ = (UniqueConstraint("person_id", "period"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    period: Mapped[str] = mapped_column(String(10))  # the day on which it is due, "2027-05-22"
    first_told_at: Mapped[datetime | None]
    last_told_at: Mapped[datetime | None]
    called_off_at: Mapped[datetime | None]  # there was activity
    expired_at: Mapped[datetime | None]
    points: Mapped[int] = mapped_column(default=0, server_default="0")


class ImpactPayment(Base):
    """A payment for measured impact, as the impact capability hands it down; links to the estimate that made it."""

    __tablename__ = "reward_impact_payments"
    __table_args__ = (
        UniqueConstraint("commitment_number", "tranche"),
        CheckConstraint("tranche IN (1, 2)", name="two_tranches"),
        CheckConstraint("points >= 0", name="points_are_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_number: Mapped[int]  # no foreign key upwards
    idea_number: Mapped[int]
    tranche: Mapped[int]
    estimate_ref: Mapped[str] = mapped_column(String(80))
    payable_cents: Mapped[int] = mapped_column(BigInteger)
    points: Mapped[int]
    state: Mapped[PaymentState] = mapped_column(Word(PaymentState))
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
