"""When the worker last started what is due, and the jumps of its clock that somebody was asked about."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

OPEN = "ended_at IS NULL"


class WorkerTick(Base):
    """The one row that says when periodic work was last started, by the clock that was trusted then."""

    __tablename__ = "worker_ticks"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class ClockStop(Base):
    """A worker found its clock far from the last tick and started nothing periodic until somebody said go on.

    host: the machine on which the clock jumped. ended_because: confirmed (by whom) or clock_back.
    """

    __tablename__ = "clock_stops"
    __table_args__ = (
        Index("uq_clock_stops_open", "host", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(120))
    last_tick_at: Mapped[datetime]
    stopped_at: Mapped[datetime]  # what the clock that jumped said
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(20), default="", server_default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the command line
