"""What triage keeps beside the answers: assessments, accepted stop signals, what an idea sounds like, and keys."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.triage.moves_rules import Opinion


class Assessment(Base):
    """What one executive thinks before anybody decides. Others see it once they have noted their own."""

    __tablename__ = "triage_assessments"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    opinion: Mapped[Opinion] = mapped_column(Word(Opinion))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    at: Mapped[datetime]


class AcceptedStop(Base):
    """A stop signal of harm or law that a promise was made in spite of, read and accepted in public."""

    __tablename__ = "triage_accepted_stops"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True, autoincrement=False)
    vote_id: Mapped[int] = mapped_column(ForeignKey("votes.id"), primary_key=True, autoincrement=False)
    story_id: Mapped[int] = mapped_column(ForeignKey("idea_story.id"))


class Alike(Base):
    """What a promoted idea sounds like, worked out by the worker so that a page need not. A guess for everybody:
    who may see the other idea is asked when it is shown."""

    __tablename__ = "triage_alike"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False)
    others: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")  # JSON: [number, likeness 0 to 1] each
    at: Mapped[datetime]


class KeyChoice(Base):
    """How somebody wants the keys of triage. Without a row they are as they are delivered."""

    __tablename__ = "triage_keys"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    off: Mapped[bool] = mapped_column(default=False, server_default="0")
    keys: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON: action → key
