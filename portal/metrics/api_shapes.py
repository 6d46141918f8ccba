"""The shapes of metrics in the interface: what is sent, and what is shown."""

import json
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from portal.metrics.csv_cells import N_MAX, REASON_CHARS_MAX, VALUE_MAX
from portal.metrics.models import Direction, Metric, MetricImport
from portal.metrics.push_rules import PushedRow, RowProblem, RowRefusal
from portal.metrics.rules import DECIMALS_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX, UNIT_CHARS_MAX
from portal.metrics.weeks import Week
from portal.web.api import AskedNumber, AskedPath, Day, Line, Moment, Number, PageAsked, Sent, Shown, Words, whole

ROWS_MAX = 2_000
SITE_CHARS_MAX = 400
POSITION_MAX = 100_000
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
Decimals = Annotated[int, Field(ge=0, le=DECIMALS_MAX), BeforeValidator(whole)]
Position = Annotated[int, Field(ge=0, le=POSITION_MAX), BeforeValidator(whole)]
Count = Annotated[int, Field(ge=0, le=N_MAX), BeforeValidator(whole)]


class CodePath(AskedPath):
    """The code of the metric in the address."""

    code: Code


class ObservationsAsked(PageAsked):
    """Which observations. since, until: days, both included."""

    site: AskedNumber | None = None
    since: Day | None = None
    until: Day | None = None


class MetricSent(Sent):
    """A metric of one's own."""

    code: Code
    name: Line = Field(min_length=1, max_length=NAME_CHARS_MAX)
    unit: Line = Field(min_length=1, max_length=UNIT_CHARS_MAX, description="Such as “per 100 contacts”.")
    direction: Direction = Field(description="Which way is better.")
    decimals: Decimals = Field(1, description="How many are shown.")
    note: Words = Field("", max_length=NOTE_CHARS_MAX)
    position: Position = Field(100, description="Its place in lists, small ones first.")


class RowSent(Sent):
    """One value."""

    day: Day = Field(description="The day, or the Monday of the week.")
    site: Number | Annotated[Line, Field(min_length=1, max_length=SITE_CHARS_MAX)] = Field(
        description="The number of a site or team, or its name: Leeds, Leeds/Billing, Brightline/Durban."
    )
    value: float = Field(ge=-VALUE_MAX, le=VALUE_MAX, description="In the metric's unit.")
    n: Count | None = Field(None, description="The contacts or answers behind it, if known.")
    reason: Line | None = Field(None, max_length=REASON_CHARS_MAX, description="Contact reason or queue.")

    def row(self) -> PushedRow:
        """What was sent, for the rules."""
        return PushedRow(self.day, self.site, self.value, self.n, self.reason)


class RowsSent(Sent):
    """Values of one metric. The same rows sent again change nothing; another value is a further revision."""

    rows: list[RowSent] = Field(min_length=1, max_length=ROWS_MAX)
    only_good: bool = Field(False, description="Save the good rows even if others have problems.")


class MetricShown(Shown):
    """A metric. last_day: the last one for which something was reported. sites: how many reported."""

    code: str
    name: str
    unit: str
    better: Direction
    decimals: int
    note: str
    last_day: date | None
    sites: int


class WeekShown(Shown):
    """One week of all sites, from its Monday. n: contacts or answers behind it, null where somebody did not say."""

    week_from: date
    value: float
    n: int | None
    sites: int


class FullMetricShown(MetricShown):
    """A metric with its last two years by week, the oldest first."""

    weeks: list[WeekShown]


class StarterShown(Shown):
    """The codes that were added; what was there already stays as it is."""

    added: list[str]


class PlaceNamed(Shown):
    """A site or a team."""

    number: int
    name: str


class ObservationShown(Shown):
    """A value as it was reported. revision: 1, or one more for each time it was corrected."""

    day: date
    site: PlaceNamed
    team: PlaceNamed | None = Field(description="Null: reported for the site itself.")
    reason: str | None
    value: float
    n: int | None
    revision: int
    counts: bool = Field(description="False once a later revision says something else.")
    recorded_at: Moment
    source: int | None = Field(description="The number of its import.")


class RowProblemShown(Shown):
    """Why a row was left out. row: its place in the list, the first being 0."""

    row: int
    field: str
    error: RowRefusal
    message: str


class PushedShown(Shown):
    """What came of the rows. source: the import that now names them; null where nothing was new."""

    new: int
    revised: int
    unchanged: int
    bad: int
    source: int | None
    problems: list[RowProblemShown]


class ImportShown(Shown):
    """Rows that were brought in: a file, or a day's pushes of one person for one metric."""

    number: int
    name: str
    imported_at: Moment
    new: int
    revised: int
    unchanged: int
    bad: int


def metric_facts(metric: Metric, last_day: date | None, sites: int) -> dict[str, Any]:
    """What `MetricShown` and its kin share."""
    return {
        "code": metric.code, "name": metric.name, "unit": metric.unit, "better": metric.direction,
        "decimals": metric.decimals, "note": metric.note, "last_day": last_day, "sites": sites,
    }  # fmt: skip


def week_shown(week: Week) -> WeekShown:
    """A week as the table on the metric's page has it."""
    return WeekShown(week_from=week.monday, value=week.value, n=week.n, sites=week.sites)


def observation_shown(row: Any) -> ObservationShown:
    """A row of `lists.observations_page`."""
    team = None if row.place_id == row.site_id else PlaceNamed(number=row.place_id, name=row.place)
    return ObservationShown(
        day=row.day, site=PlaceNamed(number=row.site_id, name=row.site), team=team, reason=row.reason,
        value=row.value, n=row.n, revision=row.revision, counts=bool(row.counts),
        recorded_at=row.recorded_at, source=row.import_id,
    )  # fmt: skip


def problem_shown(problem: RowProblem) -> RowProblemShown:
    """A row that was left out."""
    return RowProblemShown(row=problem.row, field=problem.field, error=problem.code, message=problem.code.sentence)


def import_shown(found: MetricImport) -> ImportShown:
    """An import as the list of metrics has it."""
    assert found.applied_at is not None  # only what was applied is listed
    sums = json.loads(found.summary)
    counts = {name: sums.get(name, 0) for name in ("new", "revised", "unchanged", "bad")}
    return ImportShown(number=found.id, name=found.filename, imported_at=found.applied_at, **counts)
