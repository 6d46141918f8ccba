"""Who speaks for a team, in turn, what they carry to the executives, and what they say to a brief."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.frontline.words import TurnState


class Rotation(Base):
    """A team, site, partner or the organisation whose people speak for it in turn, so many weeks each."""

    __tablename__ = "representative_rotations"
    __table_args__ = (
        Index("uq_representative_rotations_running", "place_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("weeks BETWEEN 1 AND 26", name="weeks_of_a_turn"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    weeks: Mapped[int]
    starts_on: Mapped[date]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Turn(Base):
    """One person's turn, from the first to the last day. handing: what they leave to the next one."""

    __tablename__ = "representative_turns"
    __table_args__ = (
        Index("uq_representative_turns_standing", "rotation_id", "starts_on", unique=True,
              sqlite_where=text("state <> 'passed'"), postgresql_where=text("state <> 'passed'")),
        Index("ix_representative_turns_person", "person_id", "ends_on"),
        Index("ix_representative_turns_days", "starts_on", "ends_on"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_begins"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    rotation_id: Mapped[int] = mapped_column(ForeignKey("representative_rotations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[TurnState] = mapped_column(Word(TurnState))
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    handing: Mapped[str] = mapped_column(Text, default="", server_default="")
    handed_over_at: Mapped[datetime | None]


class OptOut(Base):
    """Somebody does not want to be drawn. Nobody asks why."""

    __tablename__ = "representative_opt_outs"
    __table_args__ = (
        Index("uq_representative_opt_outs_open", "rotation_id", "person_id", unique=True,
              sqlite_where=text("until IS NULL"), postgresql_where=text("until IS NULL")),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    rotation_id: Mapped[int] = mapped_column(ForeignKey("representative_rotations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class HandedIn(Base):
    """Something to carry: an idea in the representative's queue. Who gave it is shown to nobody."""

    __tablename__ = "representative_queue"
    __table_args__ = (UniqueConstraint("rotation_id", "idea_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rotation_id: Mapped[int] = mapped_column(ForeignKey("representative_rotations.id"), index=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(String(300), default="", server_default="")
    at: Mapped[datetime]


class Carried(Base):
    """An idea that a representative put before the executives outside the quorum. At most one a turn."""

    __tablename__ = "representative_carried"
    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("representative_turns.id"), unique=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(600))


class RepresentativeVoice(Base):
    """What a representative says to a brief, beside the idea when executives answer it. One a representative."""

    __tablename__ = "representative_voices"
    __table_args__ = (UniqueConstraint("idea_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("representative_turns.id"), index=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(String(600))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
