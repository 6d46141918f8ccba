"""The shapes of what a metric is, in the interface."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from portal.metrics.csv_cells import VALUE_MAX
from portal.metrics.definition_rules import (
    BASIS_CHARS_MAX,
    CENTS_MAX,
    DEFINITION_CHARS_MAX,
    POSITION_MAX,
    SURVEY_NOTE_CHARS_MAX,
    MetricFacts,
    Value,
)
from portal.metrics.models import Cadence, Direction, Metric, MetricKind
from portal.metrics.rules import DECIMALS_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX, UNIT_CHARS_MAX
from portal.web.api import Day, Line, Moment, Number, Sent, Shown, Words, whole

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
Decimals = Annotated[int, Field(ge=0, le=DECIMALS_MAX), BeforeValidator(whole)]
Position = Annotated[int, Field(ge=0, le=POSITION_MAX), BeforeValidator(whole)]
HarmLimit = Annotated[float, Field(gt=0, le=VALUE_MAX)]
Cents = Annotated[int, Field(ge=1, le=CENTS_MAX), BeforeValidator(whole)]


class ValueSent(Sent):
    """What one unit more or less is worth for one contact, and who agreed to it."""

    cents: Cents = Field(description="Hundredths of the currency.")
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["GBP"])
    basis: Line = Field(min_length=1, max_length=BASIS_CHARS_MAX, description="What the amount rests on.")
    owner: Number = Field(description="The number of the owner, executive or programme lead who agreed.")


class MetricChanged(Sent):
    """What a metric is. Another unit, kind, direction or definition makes a new version."""

    name: Line = Field(min_length=1, max_length=NAME_CHARS_MAX)
    unit: Line = Field(min_length=1, max_length=UNIT_CHARS_MAX, description="Such as “per 100 contacts”.")
    direction: Direction = Field(description="Which way is better.")
    decimals: Decimals = Field(1, description="How many are shown.")
    note: Words = Field("", max_length=NOTE_CHARS_MAX)
    position: Position = Field(100, description="Its place in lists, small ones first.")
    kind: MetricKind = Field(MetricKind.MEAN, description="How values come together: of a count they add up.")
    cadence: Cadence = Field(Cadence.DAY, description="How often it is reported.")
    definition: Words = Field("", max_length=DEFINITION_CHARS_MAX, description="How exactly it is counted.")
    survey_note: Line = Field("", max_length=SURVEY_NOTE_CHARS_MAX, description="Who is asked, and how often.")
    harm_limit: HarmLimit | None = Field(None, description="In the unit: so much worse would be harm.")
    worth: ValueSent | None = None

    def facts(self) -> MetricFacts:
        """What was sent, for the verb."""
        sent = self.worth
        worth = Value(sent.cents, sent.currency, sent.basis, sent.owner) if sent else None
        return MetricFacts(
            self.name, self.unit, self.direction.value, self.kind.value, self.cadence.value, self.decimals, self.note,
            self.definition, self.survey_note, self.harm_limit, worth, self.position,
        )  # fmt: skip


class MetricChange(MetricChanged):
    """What a metric is from now on."""

    since: Day | None = Field(None, description="From which day on it is counted like this; today if left out.")


class MetricSent(MetricChanged):
    """A metric of one's own."""

    code: Code


class ValueShown(Shown):
    """What one unit more or less is worth for one contact. owner: the number of whoever agreed to it."""

    cents: int
    currency: str
    basis: str
    owner: int | None


class DefinitionShown(Shown):
    """How a metric was counted from a day on. since: 2000-01-01 where it was never said."""

    version: int
    definition: str
    unit: str
    better: Direction
    kind: MetricKind
    since: date
    by: str | None
    at: Moment


class MetricShown(Shown):
    """A metric. last_day: the last one for which something was reported. sites: how many reported."""

    code: str
    name: str
    unit: str
    better: Direction
    decimals: int
    note: str
    position: int
    kind: MetricKind
    cadence: Cadence
    definition: str
    definition_version: int
    survey_note: str
    harm_limit: float | None
    worth: ValueShown | None
    retired: bool
    last_day: date | None
    sites: int


def metric_facts(metric: Metric, last_day: date | None, sites: int) -> dict[str, Any]:
    """What `MetricShown` and its kin share."""
    return {
        "code": metric.code, "name": metric.name, "unit": metric.unit, "better": metric.direction,
        "decimals": metric.decimals, "note": metric.note, "position": metric.position, "kind": metric.kind,
        "cadence": metric.cadence, "definition": metric.definition, "survey_note": metric.survey_note,
        "definition_version": metric.definition_version, "harm_limit": metric.harm_limit, "worth": _worth(metric),
        "retired": metric.retired_at is not None, "last_day": last_day, "sites": sites,
    }  # fmt: skip


def _worth(metric: Metric) -> ValueShown | None:
    if metric.unit_value_minor is None:
        return None
    return ValueShown(cents=metric.unit_value_minor, currency=metric.currency or "", basis=metric.value_basis,
                      owner=metric.value_owner_id)  # fmt: skip


def definition_shown(row: Any) -> DefinitionShown:
    """A row of `definition_queries.versions_page`."""
    one = row.MetricDefinition
    return DefinitionShown(version=one.version, definition=one.definition, unit=one.unit, better=one.direction,
                           kind=one.kind, since=one.since, by=row.by, at=one.at)  # fmt: skip
