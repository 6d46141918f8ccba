"""What is searched: one row for each text that can be found, and the words that the texts hold.

The databases' own lists of words stand beside `search_entries`: on SQLite the FTS5 table `search_fts`, kept by whoever
writes (`search_store`), on PostgreSQL the generated column `search_vector` with its GIN index. They are made by a
migration and unknown to the models: see `portal.models.ours`.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word

WAITING = text("NOT learned")


class EntryKind(StrEnum):
    """What a text is that can be found."""

    IDEA = "idea"
    COMMENT = "comment"
    RULE = "rule"
    RESULT = "result"
    INSIGHT = "insight"

    @property
    def label(self) -> str:
        """As it stands on the screen, for one and for several."""
        return LABELS[self]


LABELS = {
    EntryKind.IDEA: "Ideas", EntryKind.COMMENT: "Builds and questions", EntryKind.RULE: "Rules",
    EntryKind.RESULT: "Promises and results", EntryKind.INSIGHT: "Insights from shifts",
}  # fmt: skip


# What is looked at first, if there is more than can be looked at, has the highest numbers.
ROOM = 2**40
PLACES = {EntryKind.INSIGHT: 0, EntryKind.COMMENT: 1, EntryKind.RESULT: 2, EntryKind.RULE: 3, EntryKind.IDEA: 4}
ALL_ENTRIES = (0, 8 * ROOM)


def entry_id(kind: EntryKind, ref: int) -> int:
    """The id of the entry for a text."""
    return PLACES[kind] * ROOM + ref


def entry_ids(kind: EntryKind | None) -> tuple[int, int]:
    """Between which ids the entries of a kind lie, or of all."""
    return ALL_ENTRIES if kind is None else (entry_id(kind, 0), entry_id(kind, ROOM - 1))


class SearchEntry(Base):
    """A text that can be found. idea_id decides who may: None where everybody may. Gone when the text is taken back."""

    __tablename__ = "search_entries"
    __table_args__ = (
        Index("ix_search_entries_unlearned", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )  # fmt: skip
    # Made of kind and ref (`entry_id`), so that the newest of one kind stand together.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    kind: Mapped[EntryKind] = mapped_column(Word(EntryKind))
    ref: Mapped[int]  # the id of the idea, comment, rule, promise or insight
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    stems: Mapped[str] = mapped_column(Text)  # of title and text, with blanks between them
    learned: Mapped[bool] = mapped_column(default=False, server_default=false())  # its words are in the lists below


class SearchWord(Base):
    """A word that stands in some text, under itself and under all that is left of it without one of its letters.

    Two words that share such a part differ by one letter left out, put in, changed or swapped.
    """

    __tablename__ = "search_words"
    __table_args__ = {"sqlite_with_rowid": False}
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)


class SearchStem(Base):
    """In about how many texts the forms of a word stand: rare words tell more than common ones."""

    __tablename__ = "search_stems"
    __table_args__ = {"sqlite_with_rowid": False}
    stem: Mapped[str] = mapped_column(String(40), primary_key=True)
    docs: Mapped[int]


class Meaning(Base):
    """What an idea is about, as a direction in a space of meanings, for the extra `semantic`."""

    __tablename__ = "idea_meanings"
    idea_id: Mapped[int] = mapped_column(
        ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    model: Mapped[str] = mapped_column(String(80))  # vectors of different models cannot be compared
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # numbers of 4 bytes, the smallest byte first
    made_at: Mapped[datetime]  # older than the last change of the words: to be made again


class NotTheSame(Base):
    """Somebody looked at two ideas and said that they are not the same: they are never put together again.

    by_id is empty where it would tell who said an idea under a hidden name.
    """

    __tablename__ = "not_the_same"
    __table_args__ = (CheckConstraint("idea_a < idea_b", name="in_order"),)
    idea_a: Mapped[int] = mapped_column(
        ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    idea_b: Mapped[int] = mapped_column(
        ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
