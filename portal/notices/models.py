"""What people are told, how they want it, and what they do not want to hear of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.notices.moments import Moment, Pace

UNREAD = text("read_at IS NULL")
TO_POST = text("letter IS NULL AND mail_at IS NOT NULL AND mailed_at IS NULL")
POSTED = text("letter IS NOT NULL AND mailed_at IS NULL")


class Notice(Base):
    """One thing that one person is told. It stands in the portal at once; its mail follows at their own pace."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("person_id", "event_id"),  # nobody is told twice, however often a handler runs
        Index("ix_notices_person_at", "person_id", "at", "id"),
        Index("ix_notices_unread", "person_id", "id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_notices_to_post", "mail_at", sqlite_where=TO_POST, postgresql_where=TO_POST),
        Index("ix_notices_posted", "person_id", "letter", sqlite_where=POSTED, postgresql_where=POSTED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    event_id: Mapped[str] = mapped_column(String(36))
    moment: Mapped[Moment] = mapped_column(Word(Moment))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))  # shown only to whoever may still read it
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    path: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]  # not before; None: it is not mailed
    letter: Mapped[str | None] = mapped_column(String(36))  # the message that carries it
    sending_until: Mapped[datetime | None]  # one letter has it in hand; after that another may take it
    mailed_at: Mapped[datetime | None]


class NoticePace(Base):
    """How soon one person wants one kind of notice by e-mail. Without a row: as `Moment.usual`."""

    __tablename__ = "notice_paces"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    moment: Mapped[Moment] = mapped_column(Word(Moment), primary_key=True)
    pace: Mapped[Pace] = mapped_column(Word(Pace))


class NoticeSettings(Base):
    """Whether one person wants e-mail at all, and their quiet hours. Without a row: as written here."""

    __tablename__ = "notice_settings"
    __table_args__ = (
        CheckConstraint("quiet_begins BETWEEN 0 AND 23 AND quiet_ends BETWEEN 0 AND 23", name="hours_of_a_day"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    by_mail: Mapped[bool] = mapped_column(default=True, server_default="1")
    quiet_begins: Mapped[int] = mapped_column(default=20, server_default="20")
    quiet_ends: Mapped[int] = mapped_column(default=7, server_default="7")


class Mute(Base):
    """Somebody does not want to hear of an idea any more, whatever they did with it."""

    __tablename__ = "notice_mutes"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False, index=True)
    since: Mapped[datetime]
