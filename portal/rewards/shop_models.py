"""The catalogue, orders and what payroll was told."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.ledger.postings import POINTS_MAX
from portal.rewards.words import RedemptionState, RedemptionStepKind, RewardKind


class Reward(Base):
    """Something points can be spent on. A change of price raises `price_version`; retired ones keep their orders."""

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint(f"price BETWEEN 1 AND {POINTS_MAX}", name="price_is_positive"),
        CheckConstraint("stock IS NULL OR stock >= 0", name="stock_is_not_negative"),
        CheckConstraint("money_cents IS NULL OR money_cents > 0", name="money_is_positive"),
        Index("ix_rewards_shown", "retired_at", "kind", "price"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RewardKind] = mapped_column(Word(RewardKind))
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(600), default="", server_default="")
    what_next: Mapped[str] = mapped_column(String(200))  # "Your planner agrees a day with you"
    days: Mapped[int]  # by when it is delivered, after approval
    price: Mapped[int]
    price_version: Mapped[int] = mapped_column(default=1, server_default="1")
    stock: Mapped[int | None]  # None: as many as wanted; a guarded counter, lowered with each order
    money_cents: Mapped[int | None]  # what payroll or a voucher is told, for kind money
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)  # None: for everybody
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    last_gone_at: Mapped[datetime | None]  # when the last one was ordered
    retired_at: Mapped[datetime | None]


class Redemption(Base):
    """An order. The points are held in the ledger (`hold_seq`) until it is delivered or given up."""

    __tablename__ = "redemptions"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_redemptions_state_expires", "state", "expires_at"),
        Index("ix_redemptions_person", "person_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("places.id"))  # at the time of the order: whose payroll it is
    key: Mapped[str] = mapped_column(String(120))  # of the form or the call: sent twice, it is one order
    request_hash: Mapped[str] = mapped_column(String(64))
    points: Mapped[int]
    money_cents: Mapped[int | None]  # frozen with the order
    state: Mapped[RedemptionState] = mapped_column(Word(RedemptionState))
    hold_seq: Mapped[int] = mapped_column(ForeignKey("ledger_transfers.seq"), unique=True)
    end_seq: Mapped[int | None] = mapped_column(ForeignKey("ledger_transfers.seq"))  # capture or void
    approvals: Mapped[int] = mapped_column(default=0, server_default="0")
    ordered_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # then the hold is void


class RedemptionStep(Base):
    """Who did what about an order, when and why. Append-only (triggers)."""

    __tablename__ = "redemption_steps"
    __table_args__ = (UniqueConstraint("redemption_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemptions.id"))
    kind: Mapped[RedemptionStepKind] = mapped_column(Word(RedemptionStepKind))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the portal
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(300), default="", server_default="")


class PayrollRun(Base):
    """One employer's month as payroll was given it; an order stands in one run at most."""

    __tablename__ = "payroll_runs"
    __table_args__ = (UniqueConstraint("employer_id", "month"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    employer: Mapped[str] = mapped_column(String(120))  # its name at the time, as the file says it
    month: Mapped[str] = mapped_column(String(7))  # "2026-03"
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lines: Mapped[int]
    cents: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))  # of the file, so that it can be recognised


class PayrollLine(Base):
    """One order as payroll was told of it: frozen, so that the same run is the same file for ever."""

    __tablename__ = "payroll_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("payroll_runs.id"), index=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemptions.id"), unique=True)  # in one run at most
    staff_number: Mapped[str] = mapped_column(String(40), default="", server_default="")
    name: Mapped[str] = mapped_column(String(120))
    reward: Mapped[str] = mapped_column(String(120))
    points: Mapped[int]
    cents: Mapped[int]
    delivered_on: Mapped[date]
