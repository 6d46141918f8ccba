"""Rules as records: what a rule says, who owns it, which ideas name it, and how it ended."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.ideas.rule_record_words import LegalBasis, RuleState, VerdictKind
from portal.ideas.words import Audience, Barrier


class RuleRecord(Base):
    """A rule. Its facts are as they are now (RuleChange has the earlier ones), its state is its last verdict's."""

    __tablename__ = "rule_records"
    __table_args__ = (
        CheckConstraint("(scope = 'employer') = (employer_id IS NOT NULL)", name="an_employer_for_its_rule"),
        CheckConstraint("(verdicts = 0) = (state = 'open')", name="open_until_a_verdict"),
        Index("ix_rule_records_state_decided", "state", "decided_at", "id"),
        Index("ix_rule_records_reviewed", "reviewed_on", "id"),
        {"sqlite_autoincrement": True},  # a number is never used twice
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    says: Mapped[str] = mapped_column(Text)
    barrier: Mapped[Barrier] = mapped_column(Word(Barrier), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    department: Mapped[str] = mapped_column(String(80), default="", server_default="")
    source: Mapped[str] = mapped_column(String(300), default="", server_default="")
    source_url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    legal_basis: Mapped[LegalBasis] = mapped_column(Word(LegalBasis))
    legal_words: Mapped[str] = mapped_column(String(300), default="", server_default="")
    reviewed_on: Mapped[date | None]
    scope: Mapped[Audience] = mapped_column(Word(Audience))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    state: Mapped[RuleState] = mapped_column(Word(RuleState))
    verdicts: Mapped[int] = mapped_column(default=0, server_default="0")  # how many; the last one counts
    decided_at: Mapped[datetime | None]  # the last verdict
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of the facts
    named_at: Mapped[datetime]


class RuleSite(Base):
    """A site for which a rule of scope `site` holds."""

    __tablename__ = "rule_sites"
    __table_args__ = (UniqueConstraint("rule_id", "site_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule_records.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)


class RuleIdea(Base):
    """An idea names a rule; an idea names one."""

    __tablename__ = "rule_ideas"
    __table_args__ = (Index("ix_rule_ideas_rule_idea", "rule_id", "idea_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule_records.id"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # never a hidden author
    at: Mapped[datetime]


class RuleChange(Base):
    """A fact about a rule was changed: which, from what, to what. Append-only."""

    __tablename__ = "rule_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule_records.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # never a hidden author
    at: Mapped[datetime]
    fact: Mapped[str] = mapped_column(String(40))  # "named", or the name of the fact
    old: Mapped[str] = mapped_column(Text, default="", server_default="")
    new: Mapped[str] = mapped_column(Text, default="", server_default="")


class RuleVerdict(Base):
    """How a rule ended, by whom. Append-only: a later one supersedes it, with the reason."""

    __tablename__ = "rule_verdicts"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)  # of two at once, one is the next
    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule_records.id"))
    number: Mapped[int]  # 1 is the first on this rule
    kind: Mapped[VerdictKind] = mapped_column(Word(VerdictKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    effective_on: Mapped[date | None]
    old_wording: Mapped[str] = mapped_column(Text, default="", server_default="")
    new_wording: Mapped[str] = mapped_column(Text, default="", server_default="")
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    legal_basis: Mapped[LegalBasis | None] = mapped_column(Word(LegalBasis))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))  # of a local habit
    why_again: Mapped[str] = mapped_column(Text, default="", server_default="")
