"""Receivers of webhooks, and what is queued for each of them. No text of an idea and no secret is stored here."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.notices.webhook_rules import ANSWER_BYTES_KEPT, NAME_CHARS_MAX, Ended, Paused
from portal.web.safe_addresses import URL_CHARS_MAX

WAITING = "done_at IS NULL"


class Receiver(Base):
    """A machine that wants to hear of outcomes. Its secret is made of `seed` and the installation's own secret."""

    __tablename__ = "webhook_receivers"
    __table_args__ = (CheckConstraint("(seed_before = '') = (before_until IS NULL)", name="the_old_secret_ends"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARS_MAX))
    url: Mapped[str] = mapped_column(String(URL_CHARS_MAX))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))  # None: what everybody may read
    events: Mapped[str] = mapped_column(Text)  # names with blanks between
    seed: Mapped[str] = mapped_column(String(64))
    seed_before: Mapped[str] = mapped_column(String(64), default="", server_default="")
    before_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    paused_at: Mapped[datetime | None]
    paused_because: Mapped[Paused | None] = mapped_column(Word(Paused))
    removed_at: Mapped[datetime | None]
    # Its queue: since when it has been failing, how often, when to try again, and which worker is at it until when.
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_by: Mapped[str] = mapped_column(String(80), default="", server_default="")


class Delivery(Base):
    """One event for one receiver, with how the last attempt went. `event_id` is the webhook-id of every attempt."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("receiver_id", "story_id"),
        Index("ix_webhook_deliveries_waiting", "receiver_id", "id",
              sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
        Index("ix_webhook_deliveries_queued", "queued_at"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    receiver_id: Mapped[int] = mapped_column(ForeignKey("webhook_receivers.id"))
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    event: Mapped[str] = mapped_column(String(40))  # "idea.promoted"
    story_id: Mapped[int | None] = mapped_column(ForeignKey("idea_story.id"))  # None: a test
    queued_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    ended: Mapped[Ended | None] = mapped_column(Word(Ended))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    tried_at: Mapped[datetime | None]
    status: Mapped[int | None]
    ms: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(ANSWER_BYTES_KEPT), default="", server_default="")
    error: Mapped[str] = mapped_column(String(300), default="", server_default="")
