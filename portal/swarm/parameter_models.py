"""The parameters of the swarm, each version of them, and the nightly comparison."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class ParametersVersion(Base):
    """A change of parameters: what differs from the defaults since then, who changed it and why. Append-only.

    Version 1 are the defaults and have no row.
    """

    __tablename__ = "swarm_parameters"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    overrides: Mapped[str] = mapped_column(Text)  # JSON: field of `score.Params` → value
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: at the command line
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))


class ScoreCheck(Base):
    """One nightly comparison of scores and promotions with the votes. Append-only."""

    __tablename__ = "score_checks"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    wrong: Mapped[int]  # how many things do not agree
    digest: Mapped[str] = mapped_column(String(64))  # of all of them: the same drift is told once
    sentences: Mapped[str] = mapped_column(Text)  # JSON list, the first of them
