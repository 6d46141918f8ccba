"""What an executive wrote down after a shift, answer by answer, and what each surprise became."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.frontline.words import Credit, DebriefQuestion, InsightKind
from portal.ideas.rules import Action


class Debrief(Base):
    """The debrief of one seat. finished_at: its writer said that this is all; answers can still be added."""

    __tablename__ = "debriefs"
    id: Mapped[int] = mapped_column(primary_key=True)
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("shift_sign_ups.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)


class DebriefAnswer(Base):
    """One answer, saved by itself. place: several surprises are several answers, from 1."""

    __tablename__ = "debrief_answers"
    __table_args__ = (UniqueConstraint("debrief_id", "question", "place"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    debrief_id: Mapped[int] = mapped_column(ForeignKey("debriefs.id"))
    question: Mapped[DebriefQuestion] = mapped_column(Word(DebriefQuestion))
    place: Mapped[int] = mapped_column(default=1, server_default="1")
    words: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class Insight(Base):
    """What somebody with power learned at the frontline, and what it became. Everybody reads it once the debrief is
    finished. answer_id: the answer that it came from."""

    __tablename__ = "insights"
    __table_args__ = (
        Index("ix_insights_made", "made_at", "id"),
        CheckConstraint("kind = 'note' OR idea_id IS NOT NULL", name="only_a_note_stands_alone"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    debrief_id: Mapped[int] = mapped_column(ForeignKey("debriefs.id"), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("debrief_answers.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[InsightKind] = mapped_column(Word(InsightKind))
    words: Mapped[str] = mapped_column(Text)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"), index=True)
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"), index=True)
    stop_step_id: Mapped[int | None] = mapped_column(ForeignKey("stop_steps.id"))
    buddy_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    credit: Mapped[Credit] = mapped_column(Word(Credit))
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]  # a note, by those who moderate: the newest decision says why


class InsightDecision(Base):
    """A note was hidden, or shown again: by whom and why, for everybody to read. Append-only (triggers)."""

    __tablename__ = "insight_decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), index=True)
    action: Mapped[Action] = mapped_column(Word(Action))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
