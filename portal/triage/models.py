"""What an executive answered, in public."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.triage.rules import DeclineReason


class DecisionKind(StrEnum):
    """The answers that exist so far."""

    COMMIT = "commit"
    DECLINE = "decline"


class Decision(Base):
    """An executive's answer. Never changed; a promise handed back makes room for the next one."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("uq_decisions_standing", "idea_id", unique=True,
              sqlite_where=text("superseded_at IS NULL"), postgresql_where=text("superseded_at IS NULL")),
        Index("ix_decisions_by_at", "by_id", "at"),
        CheckConstraint("(kind = 'decline') = (reason IS NOT NULL)", name="a_no_has_a_reason"),
        CheckConstraint("(kind = 'commit') = (commitment_id IS NOT NULL)", name="a_yes_has_a_promise"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(Word(DecisionKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[DeclineReason | None] = mapped_column(Word(DeclineReason))
    sentence: Mapped[str] = mapped_column(Text)
    would_change: Mapped[str] = mapped_column(Text, default="", server_default="")
    look_again_on: Mapped[date | None]
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"))
    superseded_at: Mapped[datetime | None]
    story_id: Mapped[int | None] = mapped_column(ForeignKey("idea_story.id"))  # the step that told of it
    undone_at: Mapped[datetime | None]  # taken back before anybody was told; superseded with it


class ReplyKind(StrEnum):
    """What the first human reply says."""

    ANSWERED = "answered"
    FIXED_HERE = "fixed_here"
    LEFT_TO_SWARM = "left_to_swarm"


class Reply(Base):
    """The first human reply to an idea, by whoever owes it or anybody who may answer for the site. One an idea."""

    __tablename__ = "replies"
    __table_args__ = (Index("uq_replies_first", "idea_id", unique=True), Index("ix_replies_by", "by_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    kind: Mapped[ReplyKind] = mapped_column(Word(ReplyKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Text)
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"))


class Question(Base):
    """Something asked back before an answer: the only thing that stops the answer's clock, once an idea."""

    __tablename__ = "triage_questions"
    __table_args__ = (
        Index("uq_triage_questions_once", "idea_id", unique=True,
              sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL")),
        Index("ix_triage_questions_by_at", "by_id", "at"),
        Index("ix_triage_questions_expert", "expert_id", "answered_at"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]  # from here the clock stands still
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the author, known or not
    words: Mapped[str] = mapped_column(Text)
    reply_by: Mapped[datetime]  # here it goes on, answered or not
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    answered_at: Mapped[datetime | None]  # or here
    story_id: Mapped[int | None] = mapped_column(ForeignKey("idea_story.id"))
    undone_at: Mapped[datetime | None]
