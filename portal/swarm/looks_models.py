"""Who has seen what, as far as it is kept: for ranking and for nothing else. No page or export shows it per person."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class Look(Base):
    """How much of an idea one person has seen without deciding.

    It counts in `idea_team.m` of the team in which they first saw it while they have no standing vote on the idea: a
    vote counts as a whole look in its place, a stop signal as none.
    """

    __tablename__ = "looks"
    __table_args__ = (
        Index("ix_looks_person_seen", "person_id", "p_seen", "idea_id"),  # all that dealing asks of somebody's looks
        Index("ix_looks_last_at", "last_at"),
        CheckConstraint("p_seen >= 0 AND p_seen <= 1", name="a_chance"),
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    p_seen: Mapped[float]
    shown: Mapped[int] = mapped_column(SmallInteger)  # pages on which it was on screen
    last_at: Mapped[datetime]
    last_page: Mapped[int] = mapped_column(BigInteger)  # the page that counted last: sent twice it counts once


class LookArchive(Base):
    """Looks older than 180 days of people without a decision, per team."""

    __tablename__ = "look_archive"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False)
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    m: Mapped[float]


class LookSetting(Base):
    """Whether looks are kept. The newest row holds; without one they are."""

    __tablename__ = "look_settings"
    id: Mapped[int] = mapped_column(primary_key=True)
    kept: Mapped[bool]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
