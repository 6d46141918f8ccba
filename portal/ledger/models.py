"""Accounts and transfers of points. Transfers are the truth and only grow; balances are a cache of them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.ledger.postings import POINTS_MAX, AccountKind, TransferKind


class Account(Base):
    """A place for points. posted − held never falls below the floor; the database holds that."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        Index("uq_ledger_accounts_owner", "kind", "owner_ref", unique=True),
        CheckConstraint("held >= 0", name="held_is_not_negative"),
        CheckConstraint("posted - held >= floor", name="stays_above_its_floor"),
        CheckConstraint("floor <= 0", name="floor_is_not_positive"),
        CheckConstraint("kind = 'issuance' OR floor = 0", name="only_issuance_goes_below_nought"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AccountKind] = mapped_column(Word(AccountKind))
    owner_ref: Mapped[str] = mapped_column(String(80))  # "person:17", "budget:3"; no name
    floor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    posted: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    held: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class Transfer(Base):
    """Points moved from the debited to the credited account. Append-only (triggers), chained by hash."""

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        CheckConstraint(f"amount BETWEEN 1 AND {POINTS_MAX}", name="amount_is_positive"),
        CheckConstraint("debit_id <> credit_id", name="moves_between_two_accounts"),
        CheckConstraint("(kind IN ('capture', 'void', 'reverse')) = (ref_seq IS NOT NULL)", name="resolves_another"),
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cause: Mapped[str] = mapped_column(String(120), unique=True)  # the idempotency key
    request_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[TransferKind] = mapped_column(Word(TransferKind))
    debit_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"), index=True)
    credit_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"), index=True)
    amount: Mapped[int]
    ref_seq: Mapped[int | None] = mapped_column(ForeignKey("ledger_transfers.seq"), unique=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    memo: Mapped[str] = mapped_column(String(200), default="", server_default="")
    actor_ref: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class ChainHead(Base):
    """The newest link of the chain. One row; locking it puts writers in order."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class Anchor(Base):
    """The head of the chain on one day, as it was sent outside. Append-only (triggers)."""

    __tablename__ = "ledger_anchors"
    day: Mapped[date] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    sent_to: Mapped[str] = mapped_column(Text, default="", server_default="")  # where it went


class LedgerCheck(Base):
    """One verification of the ledger and what it found. The newest says whether points may move. Append-only."""

    __tablename__ = "ledger_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    why: Mapped[str] = mapped_column(String(20))  # start, nightly, command, accepted
    since_seq: Mapped[int]
    head_seq: Mapped[int]
    head_hash: Mapped[str] = mapped_column(String(64))
    ok: Mapped[bool]
    first_broken: Mapped[int | None]
    problems: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")  # JSON
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # who accepted a rollback
