"""What is registered before a change goes live, where it is live since when, and every estimate ever made of it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word
from portal.impact.words import EstimateKind, Shape


class Plan(Base):
    """What a promise is measured by, registered before go-live. Never edited (triggers); `hash` is over everything.

    expected_effect, expected_low: in the metric's unit, in the good direction, so above nought. reasons: JSON list of
    the contact reasons that the change touches; empty for every contact. share_rule: JSON, who is paid which share.
    """

    __tablename__ = "impact_plans"
    __table_args__ = (
        CheckConstraint("expected_effect > 0", name="an_effect_is_expected"),
        CheckConstraint("expected_low IS NULL OR expected_low <= expected_effect", name="low_is_not_above"),
        CheckConstraint("washout_days >= 0", name="washout_is_a_number_of_days"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), unique=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"), index=True)
    definition_version: Mapped[int]
    reasons: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    expected_effect: Mapped[float]
    expected_low: Mapped[float | None]
    shape: Mapped[Shape] = mapped_column(Word(Shape))
    washout_days: Mapped[int] = mapped_column(default=0, server_default="0")
    verdict_days: Mapped[str] = mapped_column(String(40), default="28,56,91,182", server_default="28,56,91,182")
    unit_value_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    value_agreed_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    run_cost_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # a year
    share_rule: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    bundle_share: Mapped[int | None]  # per cent of a bundle with changes of the same weeks, as agreed before go-live
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    registered_at: Mapped[datetime]
    hash: Mapped[str] = mapped_column(String(64))


class Guardrail(Base):
    """A metric that must not get worse. harm_limit: in its unit, how much worse would be harm. Never edited."""

    __tablename__ = "impact_guardrails"
    __table_args__ = (UniqueConstraint("plan_id", "metric_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("impact_plans.id"))
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"))
    harm_limit: Mapped[float | None]


class Design(Base):
    """A proposed order of sites or queues, drawn by lot with its seed. The newest of a promise counts.

    waves: JSON [{"day": "2026-03-02", "units": [{"place_id": 3, "reason": null}, …]}, …]. smallest_effect: what 56
    days later is seen in four of five cases, in the metric's unit.
    """

    __tablename__ = "impact_designs"
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"), index=True)
    seed: Mapped[int]
    waves: Mapped[str] = mapped_column(Text)
    smallest_effect: Mapped[float | None]
    power: Mapped[float | None]  # of the expected effect, 0 to 1
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    chosen_at: Mapped[datetime | None]


class Rollout(Base):
    """A unit that has the change, since which day. Taken from a confirmed delivery and then frozen (triggers)."""

    __tablename__ = "impact_rollouts"
    __table_args__ = (
        Index("uq_impact_rollouts_place", "commitment_id", "place_id", unique=True,
              sqlite_where=text("reason IS NULL"), postgresql_where=text("reason IS NULL")),
        Index("uq_impact_rollouts_reason", "commitment_id", "place_id", "reason", unique=True,
              sqlite_where=text("reason IS NOT NULL"), postgresql_where=text("reason IS NOT NULL")),
        Index("ix_impact_rollouts_place", "place_id", "live_from"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    reason: Mapped[str | None] = mapped_column(String(80))  # a queue; None: every contact there
    live_from: Mapped[date]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))  # whose evidence it rests on
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime]


class RollBack(Base):
    """The change was taken back at a unit: its clock stops on that day. Append-only (triggers)."""

    __tablename__ = "impact_rollbacks"
    id: Mapped[int] = mapped_column(primary_key=True)
    rollout_id: Mapped[int] = mapped_column(ForeignKey("impact_rollouts.id"), unique=True)
    live_to: Mapped[date]  # the first day without it
    reason: Mapped[str] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class StoredEstimate(Base):
    """One run of the estimator: what it saw and what it said. Append-only (triggers).

    as_of: the last day of values that it saw. seen_at: revisions of values recorded until then were seen, so that the
    same run can be made again; input_hash: SHA-256 over the readings. result: the estimator's whole answer as JSON.
    """

    __tablename__ = "impact_estimates"
    __table_args__ = (
        Index("uq_impact_estimates_locked", "plan_id", "metric_id", "kind", "day", unique=True,
              sqlite_where=text("day IS NOT NULL"), postgresql_where=text("day IS NOT NULL")),
        Index("ix_impact_estimates_newest", "plan_id", "metric_id", "id"),
        Index("ix_impact_estimates_decided", "kind", "day", "decision"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("impact_plans.id"))
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"))
    kind: Mapped[EstimateKind] = mapped_column(Word(EstimateKind))
    day: Mapped[int | None]  # 28, 56, 91, 182 where it is locked
    as_of: Mapped[date]
    seen_at: Mapped[datetime]
    estimate: Mapped[float | None]
    ci_low: Mapped[float | None]
    ci_high: Mapped[float | None]
    p: Mapped[float | None]
    counterfactual: Mapped[float | None]
    volume_post: Mapped[float | None]  # contacts or answers of the units that have it, since they have it
    decision: Mapped[str] = mapped_column(String(40))
    grade: Mapped[str] = mapped_column(String(1), default="", server_default="")
    flags: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    result: Mapped[str] = mapped_column(Text)
    method_version: Mapped[str] = mapped_column(String(20))
    input_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class FlagReview(Base):
    """A named reviewer without a stake looked at a flag. Append-only (triggers)."""

    __tablename__ = "impact_flag_reviews"
    __table_args__ = (UniqueConstraint("estimate_id", "flag"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    estimate_id: Mapped[int] = mapped_column(ForeignKey("impact_estimates.id"))
    flag: Mapped[str] = mapped_column(String(60))
    cleared: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class Overlap(Base):
    """Two changes that were live at the same units in the same weeks. plan_id < other_id; counted anew when found."""

    __tablename__ = "impact_overlaps"
    __table_args__ = (CheckConstraint("plan_id < other_id", name="written_once"),)
    plan_id: Mapped[int] = mapped_column(ForeignKey("impact_plans.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("impact_plans.id"), primary_key=True)
    unit_days_shared: Mapped[int]
    share: Mapped[float]  # of the smaller one's unit-days, 0 to 1
    separable: Mapped[bool]  # at least two units have only one of them
    bundled: Mapped[bool]
    found_at: Mapped[datetime]


class SelfCheck(Base):
    """Pretend go-lives on the organisation's own history, and how often they were called a change. Append-only."""

    __tablename__ = "impact_self_checks"
    __table_args__ = (CheckConstraint("alarms >= 0 AND alarms <= runs", name="alarms_are_among_the_runs"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int | None] = mapped_column(ForeignKey("metrics.id"))  # None: every metric together
    runs: Mapped[int]
    alarms: Mapped[int]
    seed: Mapped[int]
    detail: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON by metric
    method_version: Mapped[str] = mapped_column(String(20))
    input_hash: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: by command or at night
    at: Mapped[datetime]


class Override(Base):
    """The programme pays from impact although the self-check says not to: in public, with the reason. Append-only."""

    __tablename__ = "impact_overrides"
    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("impact_self_checks.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class Baseline(Base):
    """The limits of a chart start anew from a day, because a named person says why. The old ones stay visible."""

    __tablename__ = "impact_baselines"
    __table_args__ = (UniqueConstraint("metric_id", "place_id", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    since: Mapped[date]
    reason: Mapped[str] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
