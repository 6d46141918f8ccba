"""Merges of ideas: what joined what, every row that was moved, and what was taken apart again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.ideas.words import Stage


class Merge(Base):
    """One idea joined another one. Append-only; `Idea.merged_into_id` says where it is now."""

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_by_at", "by_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    from_stage: Mapped[Stage] = mapped_column(Word(Stage))  # what both were before
    into_stage: Mapped[Stage] = mapped_column(Word(Stage))


class MergeUndo(Base):
    """A merge was taken apart. Append-only."""

    __tablename__ = "merge_undos"
    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id"), primary_key=True, autoincrement=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class MergeMove(Base):
    """One row that a merge moved, so that it can be moved back; forgotten when that is no longer possible.

    kind: which mover, and what it did. row_id: the row's id; where a table has one row for each idea and person, the
    person's. origin_id: the row that this one is a copy of.
    """

    __tablename__ = "merge_moves"
    __table_args__ = (Index("ix_merge_moves_kind_row", "kind", "row_id"),)
    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin_id: Mapped[int | None] = mapped_column(Integer)
