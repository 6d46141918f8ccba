"""Votes and what is kept up to date from them. The vote is the truth; every score can be rebuilt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.swarm.rules import StopReason, VoteKind


class Via(StrEnum):
    """How the voter came to the idea."""

    FEED = "feed"
    NEWEST = "newest"
    LINK = "link"
    SEARCH = "search"
    IMPORT = "import"
    API = "api"


class Vote(Base):
    """One decision of one person about one idea. Changing it revokes the row and adds another."""

    __tablename__ = "votes"
    __table_args__ = (
        Index("uq_votes_standing", "idea_id", "person_id", unique=True,
              sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL")),
        Index("ix_votes_idea", "idea_id", "id"),  # changed ones too: a promotion is recomputed from all of them
        Index("ix_votes_person_standing", "person_id", "kind", "idea_id",  # all that a board asks of somebody's votes
              sqlite_where=text("revoked_at IS NULL"), postgresql_where=text("revoked_at IS NULL")),
        Index("ix_votes_stops", "idea_id", "kind",  # who objects to an idea; a page asks it of every card
              sqlite_where=text("kind = 'stop' AND revoked_at IS NULL"),
              postgresql_where=text("kind = 'stop' AND revoked_at IS NULL")),
        CheckConstraint("(kind = 'stop') = (reason IS NOT NULL)", name="a_stop_has_a_reason"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"))  # frozen at the time of the vote
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[VoteKind] = mapped_column(Word(VoteKind))
    reason: Mapped[StopReason | None] = mapped_column(Word(StopReason))
    sentence: Mapped[str] = mapped_column(String(600), default="", server_default="")
    via: Mapped[Via] = mapped_column(Word(Via))
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdeaTeam(Base):
    """What one team has said about one idea: u supports (strong counts twice), d stops, m looks."""

    __tablename__ = "idea_team"
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    u: Mapped[float] = mapped_column(default=0.0)
    d: Mapped[int] = mapped_column(default=0)
    m: Mapped[float] = mapped_column(default=0.0)
    supporters: Mapped[int] = mapped_column(default=0)


class IdeaScore(Base):
    """One row an idea: the discounted sums, the counts, and the score at the stored mu0."""

    __tablename__ = "idea_score"
    __table_args__ = (
        # Each order of the feed among what is open, read from its end: a page costs the same at any size.
        Index("ix_idea_score_open_score", "open", "score", "idea_id"),
        Index("ix_idea_score_open_ucb", "open", "ucb", "idea_id"),
        Index("ix_idea_score_open_looks", "open", "m", "idea_id"),
    )
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, autoincrement=False)
    s: Mapped[float] = mapped_column(default=0.0)
    d: Mapped[float] = mapped_column(default=0.0)
    m: Mapped[float] = mapped_column(default=0.0)
    n_support: Mapped[int] = mapped_column(default=0)  # plain and strong together
    n_strong: Mapped[int] = mapped_column(default=0)
    n_stop: Mapped[int] = mapped_column(default=0)
    n_pass: Mapped[int] = mapped_column(default=0)
    # False some time after the idea has left the board for good; True says nothing, so that its stage is asked too.
    open: Mapped[bool] = mapped_column(default=True, server_default="1")
    n_team: Mapped[int] = mapped_column(default=0)  # teams with a supporter
    n_site: Mapped[int] = mapped_column(default=0)  # sites with a supporter
    mu0: Mapped[float]  # the typical idea, as used for score and evidence
    score: Mapped[float]
    ucb: Mapped[float]
    evidence: Mapped[float]
    params_version: Mapped[int] = mapped_column(default=1, server_default="1")  # of the parameters that gave s, d and m
    updated_at: Mapped[datetime]


class PortalStat(Base):
    """The typical idea: sums over all standing ideas, refreshed every few minutes. One row."""

    __tablename__ = "portal_stat"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sum_s: Mapped[float]
    sum_d: Mapped[float]
    sum_m: Mapped[float]
    mu0: Mapped[float]
    var: Mapped[float]
    params_version: Mapped[int]
    sizes: Mapped[str] = mapped_column(Text, default="", server_default="")  # of every audience: `audience.Sizes.text`
    at: Mapped[datetime]


class Promotion(Base):
    """An idea passed the quorum: every input of the formula, chained by hash. Append-only (triggers)."""

    __tablename__ = "promotions"
    id: Mapped[int] = mapped_column(primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    s: Mapped[float]
    d: Mapped[float]
    m: Mapped[float]
    mu0: Mapped[float]
    delta: Mapped[float]
    evidence: Mapped[float]
    line: Mapped[float]
    teams: Mapped[int]  # in the idea's audience
    sites: Mapped[int]
    n_team: Mapped[int]  # with a supporter
    n_site: Mapped[int]
    params_version: Mapped[int]
    vote_id_max: Mapped[int]
    # A representative put it before the executives outside the quorum (`frontline`); then it says no line was passed.
    carried: Mapped[bool] = mapped_column(default=False, server_default=false())
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class PromotionTeam(Base):
    """What one team had said at the moment of promotion, so that looks can be checked later. Append-only."""

    __tablename__ = "promotion_teams"
    __table_args__ = (UniqueConstraint("promotion_id", "team_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotions.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    u: Mapped[float]
    d: Mapped[int]
    m: Mapped[float]
