"""What looks like an idea being pushed, and how fast teams usually vote."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.swarm.alarm_rules import AlarmKind


class SwarmAlarm(Base):
    """An alarm about one idea, once for each kind. Append-only: it flags and explains, and changes nothing."""

    __tablename__ = "swarm_alarms"
    __table_args__ = (UniqueConstraint("idea_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    kind: Mapped[AlarmKind] = mapped_column(Word(AlarmKind))
    at: Mapped[datetime]
    facts: Mapped[str] = mapped_column(Text)  # JSON: the counts at that moment; never which team


class TeamHour(Base):
    """How many supports a team gave in one hour, all ideas together. Kept for 28 days."""

    __tablename__ = "team_hours"
    __table_args__ = (Index("ix_team_hours_hour", "hour"),)
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    supports: Mapped[int]


class AlarmState(Base):
    """Up to which vote the alarms have looked. One row."""

    __tablename__ = "alarm_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vote_id: Mapped[int]
    at: Mapped[datetime]
