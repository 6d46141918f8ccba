"""Messages that must leave the transaction that caused them, at least once."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class Message(Base):
    """Work for the worker. Written with its cause; claimed with a lease; done once its handler returned."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "done_at", "available_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(36), unique=True)  # stable over retries, shown to receivers
    topic: Mapped[str] = mapped_column(String(60), index=True)
    payload: Mapped[str] = mapped_column(Text)  # JSON object of ids and plain facts, never a secret
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)  # one run of something periodic
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lease_until: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(80))
    done_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))


class Processed(Base):
    """A consumer's note that it has already acted on an event, written with the effect itself."""

    __tablename__ = "outbox_processed"
    __table_args__ = (UniqueConstraint("consumer", "event_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    consumer: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[str] = mapped_column(String(36))
    at: Mapped[datetime]
