"""What became of stop signals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.swarm.stop_rules import StopStepKind


class StopStep(Base):
    """A stop signal was answered, kept or lifted. Append-only (triggers).

    The first step of a signal has number 1; two people who answer at once both write the same number, and one is
    refused. Whoever gave the signal is named nowhere but in the vote itself.
    """

    __tablename__ = "stop_steps"
    __table_args__ = (
        UniqueConstraint("vote_id", "number"),
        CheckConstraint("(kind = 'answered') = (by_id IS NOT NULL)", name="only_answers_have_a_name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("votes.id"))
    number: Mapped[int]
    kind: Mapped[StopStepKind] = mapped_column(Word(StopStepKind))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    at: Mapped[datetime]
