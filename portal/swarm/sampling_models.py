"""The monthly blind sample: what was drawn, and what executives said without knowing."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.swarm.sampling_rules import Answer


class BlindSample(Base):
    """One month's draw, repeatable from its seed. Append-only."""

    __tablename__ = "blind_samples"
    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7), unique=True)  # "2026-03"
    seed: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    open_ideas: Mapped[int]  # among how many was drawn


class BlindItem(Base):
    """An idea of the sample: one that waits on the board, or one that the swarm carried. Append-only."""

    __tablename__ = "blind_sample_items"
    __table_args__ = (UniqueConstraint("sample_id", "idea_id"), UniqueConstraint("sample_id", "place"))
    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("blind_samples.id"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    place: Mapped[int]  # in the mixed order
    promoted: Mapped[bool]  # when it was drawn


class BlindAnswer(Base):
    """Whether one executive would take the idea up. Append-only: said once, before knowing."""

    __tablename__ = "blind_answers"
    __table_args__ = (UniqueConstraint("item_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("blind_sample_items.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[Answer] = mapped_column(Word(Answer))
    at: Mapped[datetime]
