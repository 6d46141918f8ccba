"""Promises. What was promised, by whom, until when; every date ever named stays."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.commitments.rules import CommitmentState
from portal.db import Base, Word


class Commitment(Base):
    """A promise: one public sentence, a named owner, a sponsor, and the metric that will show it."""

    __tablename__ = "commitments"
    __table_args__ = (
        Index("uq_commitments_standing", "idea_id", unique=True,
              sqlite_where=text("state <> 'handed_back'"), postgresql_where=text("state <> 'handed_back'")),
        Index("ix_commitments_state_due", "state", "due_on"),
        Index("ix_commitments_owner_due", "owner_id", "state", "due_on"),
        Index("ix_commitments_owner_kept", "owner_id", "kept_late", "live_from"),
        Index("ix_commitments_kept", "kept_late", "live_from"),
        Index("ix_commitments_kept_number", "kept_late", "id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sponsor_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sentence: Mapped[str] = mapped_column(String(400))
    metric_id: Mapped[int | None] = mapped_column(ForeignKey("metrics.id"))
    due_on: Mapped[date]  # the date that counts now: the newest PromisedDate
    state: Mapped[CommitmentState] = mapped_column(Word(CommitmentState))
    # How it ended, from the moment it is confirmed: days in the organisation's zone are nothing a list can sort by.
    live_from: Mapped[date | None]
    kept_late: Mapped[bool | None]
    made_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    accept_by: Mapped[datetime | None]  # until then its owner says whether it is theirs; None: offered before this was
    nudges: Mapped[int] = mapped_column(default=0, server_default="0")  # counted here: a list shows it on every row


class PromisedDate(Base):
    """A date that was promised. Append-only: a missed date stays on the record."""

    __tablename__ = "promised_dates"
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    due_on: Mapped[date]
    set_at: Mapped[datetime]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")


class HandBack(Base):
    """The owner gave the promise back, with the reason."""

    __tablename__ = "commitment_handbacks"
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(400))


class Update(Base):
    """What moved, in the owner's words (Markdown)."""

    __tablename__ = "commitment_updates"
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)


class Delivery(Base):
    """The owner says it is done: since which day and what shows it. The newest of a promise counts."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    live_from: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")  # JSON: the queues; none: all of them


class DeliverySite(Base):
    """A site that got the change."""

    __tablename__ = "delivery_sites"
    __table_args__ = (UniqueConstraint("delivery_id", "site_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    live_from: Mapped[date | None]  # where it is another day than the delivery's, at a roll-out in waves


class DeliveryWithout(Base):
    """A site that did not get the change: what it is compared with. Frozen with the delivery."""

    __tablename__ = "delivery_sites_without"
    __table_args__ = (UniqueConstraint("delivery_id", "site_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))


class DeliveryVerdict(Base):
    """A second person looked: confirmed, or sent back with the reason. One a delivery."""

    __tablename__ = "delivery_verdicts"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
