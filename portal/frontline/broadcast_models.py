"""What an executive tells everybody, in at most 150 words, and what people say to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.frontline.words import Acknowledged, LinkedAction


class Broadcast(Base):
    """Words of one executive to everybody below a place. place_id: the organisation, a partner or a site.

    confirmed_at: it was looked at and sent; until `sends_at` it can be taken back unheard. week: of the confirmation
    in the organisation's zone, "2026-W47": one a person and week.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        Index("uq_broadcasts_week", "by_id", "week", unique=True,
              sqlite_where=text("week IS NOT NULL AND taken_back_at IS NULL"),
              postgresql_where=text("week IS NOT NULL AND taken_back_at IS NULL")),
        Index("ix_broadcasts_sent", "confirmed_at", "id"),
        CheckConstraint("(confirmed_at IS NULL) = (week IS NULL)", name="confirmed_in_a_week"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    debrief_id: Mapped[int | None] = mapped_column(ForeignKey("debriefs.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    action: Mapped[LinkedAction] = mapped_column(Word(LinkedAction))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    week: Mapped[str | None] = mapped_column(String(8))
    sends_at: Mapped[datetime | None]
    hearers: Mapped[int] = mapped_column(default=0, server_default="0")  # when it was confirmed
    telling_at: Mapped[datetime | None]  # since then it can be read, and cannot be taken back
    told_at: Mapped[datetime | None]  # everybody has been told
    taken_back_at: Mapped[datetime | None]


class BroadcastIdea(Base):
    """An idea that somebody said because a broadcast is not what they see. Never of one whose author is not kept: then
    nothing says what they did before.
    """

    __tablename__ = "broadcast_ideas"
    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), index=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), unique=True)


class Acknowledgement(Base):
    """What somebody said to a broadcast. No name is ever shown; words are optional."""

    __tablename__ = "broadcast_acknowledgements"
    __table_args__ = (UniqueConstraint("broadcast_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[Acknowledged] = mapped_column(Word(Acknowledged))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    at: Mapped[datetime]
