"""Bulletins: what everybody for whom a rule holds is told about its end, and who has confirmed that they read it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.ideas.rule_record_words import VerdictKind

STANDING = "superseded_at IS NULL"


class Bulletin(Base):
    """The old and the new wording of a rule, as they were told. For whom it is, the rule says at every moment: whoever
    joins its scope later is told, whoever leaves it is not. One row, however many read it.
    """

    __tablename__ = "bulletins"
    __table_args__ = (
        Index("uq_bulletins_standing", "rule_id", unique=True,
              sqlite_where=text(STANDING), postgresql_where=text(STANDING)),
        Index("ix_bulletins_standing_at", "at", sqlite_where=text(STANDING), postgresql_where=text(STANDING)),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule_records.id"), index=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("rule_verdicts.id"), unique=True)
    kind: Mapped[VerdictKind] = mapped_column(Word(VerdictKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # knows it already
    at: Mapped[datetime]
    effective_on: Mapped[date | None]
    old_wording: Mapped[str] = mapped_column(Text)
    new_wording: Mapped[str] = mapped_column(Text)  # empty: nothing holds in its place
    corrects: Mapped[bool]  # something else was told about this rule before
    newcomers_until: Mapped[datetime]  # whoever came after this is not told
    superseded_at: Mapped[datetime | None]


class BulletinConfirmation(Base):
    """Somebody has read a bulletin. No name is ever shown, neither of those who have nor of those who have not."""

    __tablename__ = "bulletin_confirmations"
    __table_args__ = (UniqueConstraint("bulletin_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletins.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
