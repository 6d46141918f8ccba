"""Promises of one site about an idea that stays with the swarm for all others."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.commitments.rules import CommitmentState
from portal.db import Base, Word


class FixStepKind(StrEnum):
    """What happened to a local fix."""

    PROMISED = "promised"
    ADOPTED = "adopted"  # promised after another site had done it
    MOVED = "moved"
    DONE = "done"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"
    HANDED_OVER = "handed_over"


class LocalFix(Base):
    """A promise about an idea for one site alone. It moves no stage: the idea stays where the swarm has it.

    state: `accepted`, `delivered` or `confirmed` of a promise; whoever makes it owns it, so it is never offered.
    """

    __tablename__ = "local_fixes"
    __table_args__ = (
        UniqueConstraint("idea_id", "site_id"),
        Index("ix_local_fixes_site_state", "site_id", "state", "due_on"),
        Index("ix_local_fixes_state_id", "state", "id"),
        CheckConstraint("state IN ('accepted', 'delivered', 'confirmed')", name="is_never_offered"),
        CheckConstraint("(state = 'accepted') = (live_from IS NULL)", name="what_is_done_is_live"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    sentence: Mapped[str] = mapped_column(String(400))
    due_on: Mapped[date]  # the date that counts now: the newest step that names one
    state: Mapped[CommitmentState] = mapped_column(Word(CommitmentState))
    live_from: Mapped[date | None]  # from the moment it is said to be done
    kept_late: Mapped[bool | None]  # from the moment it is confirmed
    adopted_from_id: Mapped[int | None] = mapped_column(ForeignKey("local_fixes.id"), index=True)  # the first of all
    made_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class LocalFixStep(Base):
    """One thing that happened to a local fix: every date ever named, what shows it, who looked. Append-only."""

    __tablename__ = "local_fix_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    fix_id: Mapped[int] = mapped_column(ForeignKey("local_fixes.id"), index=True)
    kind: Mapped[FixStepKind] = mapped_column(Word(FixStepKind))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date | None]  # named with this step
    live_from: Mapped[date | None]
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
