"""Customer metrics: what is measured, and every value ever reported for it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Word


class Direction(StrEnum):
    """Which way is better."""

    UP_IS_GOOD = "up"
    DOWN_IS_GOOD = "down"


class MetricKind(StrEnum):
    """How values of several contacts or days come together: a mean or a share by denominators, a count as a sum."""

    MEAN = "mean"
    RATE = "rate"
    COUNT = "count"


class Cadence(StrEnum):
    """How often a value is reported."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class NoteKind(StrEnum):
    """What else happened."""

    OUTAGE = "outage"
    CAMPAIGN = "campaign"
    HOLIDAY = "holiday"
    DEFINITION = "definition"  # the metric is counted in another way from that day
    SURVEY = "survey"  # other customers are asked, or in another way


class Metric(Base):
    """A customer metric with its unit and the direction that is better."""

    __tablename__ = "metrics"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(60))
    direction: Mapped[Direction] = mapped_column(Word(Direction))
    decimals: Mapped[int] = mapped_column(default=1, server_default="1")
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    position: Mapped[int] = mapped_column(default=100, server_default="100")  # order in lists
    retired_at: Mapped[datetime | None]
    kind: Mapped[MetricKind] = mapped_column(Word(MetricKind), default=MetricKind.MEAN, server_default="mean")
    cadence: Mapped[Cadence] = mapped_column(Word(Cadence), default=Cadence.DAY, server_default="day")
    definition: Mapped[str] = mapped_column(Text, default="", server_default="")
    definition_version: Mapped[int] = mapped_column(default=1, server_default="1")
    unit_value_minor: Mapped[int | None] = mapped_column(BigInteger)  # what one unit per contact is worth, in cents
    currency: Mapped[str | None] = mapped_column(String(3))
    value_basis: Mapped[str] = mapped_column(String(300), default="", server_default="")
    value_owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # who agreed what it is worth
    harm_limit: Mapped[float | None]  # in its unit: so much worse would be harm
    survey_note: Mapped[str] = mapped_column(String(300), default="", server_default="")  # who is asked how often


class MetricDefinition(Base):
    """How a metric was defined from a day on. Append-only (triggers); the newest stands in the metric as well."""

    __tablename__ = "metric_definitions"
    __table_args__ = (UniqueConstraint("metric_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"))
    version: Mapped[int]
    definition: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(60))
    direction: Mapped[Direction] = mapped_column(Word(Direction))
    kind: Mapped[MetricKind] = mapped_column(Word(MetricKind))
    since: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class CalendarNote(Base):
    """What else happened in some days: an outage, a campaign, a holiday, another way of counting or asking."""

    __tablename__ = "calendar_notes"
    __table_args__ = (
        CheckConstraint("date_to >= date_from", name="ends_after_it_starts"),
        Index("ix_calendar_notes_days", "date_from", "date_to"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[NoteKind] = mapped_column(Word(NoteKind))
    date_from: Mapped[date]
    date_to: Mapped[date]  # the last day of it
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))  # None: everywhere
    metric_id: Mapped[int | None] = mapped_column(ForeignKey("metrics.id"))  # None: whatever is measured
    words: Mapped[str] = mapped_column(String(300))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # taken back; it stays on the record


class MetricImport(Base):
    """A file of observations that was applied, so that every number has a source."""

    __tablename__ = "metric_imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text, default="", server_default="")  # kept until applied
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]  # further revisions restored what was
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    summary: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")


class Observation(Base):
    """One value of a metric for a place and a day or week. A correction is a further revision, never an edit.

    value: in the metric's unit. n: the number of contacts or answers behind it (the denominator), if known.
    withdrawn: from this revision on there is no value, because what brought it was taken back.
    """

    __tablename__ = "observations"
    __table_args__ = (
        Index("uq_observations_place", "metric_id", "place_id", "day", "revision", unique=True,
              sqlite_where=text("reason IS NULL"), postgresql_where=text("reason IS NULL")),
        Index("uq_observations_reason", "metric_id", "place_id", "reason", "day", "revision", unique=True,
              sqlite_where=text("reason IS NOT NULL"), postgresql_where=text("reason IS NOT NULL")),
        CheckConstraint("n IS NULL OR n >= 0", name="n_is_a_count"),
        CheckConstraint("revision >= 1", name="revisions_start_at_one"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    metric_id: Mapped[int] = mapped_column(ForeignKey("metrics.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    reason: Mapped[str | None] = mapped_column(String(80))  # contact reason or queue
    day: Mapped[date]  # the day, or the Monday of the week
    value: Mapped[float]
    n: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("metric_imports.id"), index=True)
    recorded_at: Mapped[datetime]
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
