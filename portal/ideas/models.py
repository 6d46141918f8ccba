"""What people said, and what was added to it. An idea without a stored author is a normal state."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.ideas.words import Audience, Barrier, CommentKind, Kind, Names, ReportReason, Stage, StoryKind

OPEN = "closed_at IS NULL"
OPEN_ON_IDEA = f"{OPEN} AND comment_id IS NULL"


class Idea(Base):
    """An idea or a stupid rule. `id` is the number that people say aloud."""

    __tablename__ = "ideas"
    __table_args__ = (
        CheckConstraint("(names = 'none') = (author_id IS NULL)", name="no_name_means_no_author"),
        Index("ix_ideas_stage_said", "stage", "said_at"),
        Index("ix_ideas_stage_number", "stage", "id"),  # the board's lists, newest first
        {"sqlite_autoincrement": True},  # a number is never used twice
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    say: Mapped[str] = mapped_column(Text)  # the words as they were said
    title: Mapped[str] = mapped_column(String(80))
    barrier: Mapped[Barrier] = mapped_column(Word(Barrier), index=True)
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    names: Mapped[Names] = mapped_column(Word(Names))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    audience: Mapped[Audience] = mapped_column(Word(Audience))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))  # whose idea, for its audience
    site_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)  # the site it is about
    team_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    origin_label: Mapped[str] = mapped_column(String(120))  # "a colleague in Leeds": frozen, only ever coarser
    said_at: Mapped[datetime] = mapped_column(index=True)
    edited_at: Mapped[datetime | None]
    moved_at: Mapped[datetime]  # the last change of stage
    first_vote_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]  # by moderation; the log says who and why
    comment_count: Mapped[int] = mapped_column(default=0, server_default="0")
    source_ref: Mapped[str | None] = mapped_column(String(80), unique=True)  # "polis:17", for imported ones
    draft_key: Mapped[str | None] = mapped_column(String(36), unique=True)  # of the form: sent twice is said once
    # The idea that it has joined, never one that has itself joined another: the `merges` say how it came there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"), index=True)
    # With the executives without the quorum: until they answer, what colleagues decide stays as hidden as before.
    carried: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def number(self) -> int:
        """The number that people say aloud."""
        return self.id


class IdeaImport(Base):
    """A file of earlier ideas: what was sent, which column means what, and whether it was applied."""

    __tablename__ = "idea_imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the command line
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    columns: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON: field → column of the file
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON: counts


class BroughtAlong(Base):
    """Where an imported idea stood before. Shown as brought along; never evidence, never a score."""

    __tablename__ = "brought_along"
    __table_args__ = (CheckConstraint("votes >= 0", name="votes_are_not_negative"),)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("idea_imports.id"), index=True)
    votes: Mapped[int] = mapped_column(default=0, server_default="0")
    said_by: Mapped[str] = mapped_column(String(120), default="", server_default="")  # only where it may be shown
    state: Mapped[str] = mapped_column(String(80), default="", server_default="")  # the word of the earlier system


class Revision(Base):
    """The words before an edit."""

    __tablename__ = "idea_revisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    at: Mapped[datetime]
    say: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(80))


class Withdrawal(Base):
    """The author took the idea back."""

    __tablename__ = "idea_withdrawals"
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), unique=True)
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


class Comment(Base):
    """A build, a workaround or a question, in Markdown. Names are treated as on ideas."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("(names = 'none') = (author_id IS NULL)", name="no_name_means_no_author"),
        Index("ix_comments_idea_at", "idea_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    kind: Mapped[CommentKind] = mapped_column(Word(CommentKind))
    body: Mapped[str] = mapped_column(Text)
    names: Mapped[Names] = mapped_column(Word(Names))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    by_idea_author: Mapped[bool] = mapped_column(default=False, server_default="0")  # reads "the author"
    origin_label: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    draft_key: Mapped[str | None] = mapped_column(String(36), unique=True)


class Draft(Base):
    """Words not sent yet, kept for seven days. Cleared on send."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("person_id", "about"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    about: Mapped[str] = mapped_column(String(40))  # "idea" or "comment:248"
    text: Mapped[str] = mapped_column(Text)
    names: Mapped[Names] = mapped_column(Word(Names))
    kept_at: Mapped[datetime] = mapped_column(index=True)


class Follow(Base):
    """Somebody wants to hear what becomes of an idea."""

    __tablename__ = "follows"
    __table_args__ = (UniqueConstraint("idea_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime]


class Story(Base):
    """One step in the public story of an idea. Append-only; the wording is the template's."""

    __tablename__ = "idea_story"
    __table_args__ = (Index("ix_idea_story_idea_at", "idea_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    at: Mapped[datetime]
    kind: Mapped[StoryKind] = mapped_column(Word(StoryKind))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # never a hidden author
    words: Mapped[str] = mapped_column(Text, default="", server_default="")  # what was said, as it was said
    facts: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON for the template


class StoryUndone(Base):
    """A step that was taken back before anybody was told of it: nobody hears of it, and the story shows both."""

    __tablename__ = "idea_story_undone"
    story_id: Mapped[int] = mapped_column(ForeignKey("idea_story.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Report(Base):
    """Somebody asks for a text to be looked at."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("uq_reports_open_idea", "idea_id", "by_id", unique=True,
              sqlite_where=text(OPEN_ON_IDEA), postgresql_where=text(OPEN_ON_IDEA)),
        Index("uq_reports_open_comment", "comment_id", "by_id", unique=True,
              sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[ReportReason] = mapped_column(Word(ReportReason))
    words: Mapped[str] = mapped_column(String(300), default="", server_default="")
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Moderation(Base):
    """A text was hidden or restored: the public log of who did what and why. Append-only."""

    __tablename__ = "moderation_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    action: Mapped[str] = mapped_column(String(20))  # hidden, restored, kept
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(index=True)
