"""The shapes of metrics in the interface: what is sent, and what is shown."""

import json
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from portal.metrics.api_definition_shapes import Code, MetricShown
from portal.metrics.csv_cells import N_MAX, REASON_CHARS_MAX, VALUE_MAX
from portal.metrics.models import MetricImport, NoteKind
from portal.metrics.notes_queries import Note
from portal.metrics.push_rules import PushedRow, RowProblem, RowRefusal
from portal.metrics.weeks import Week
from portal.web.api import (
    Asked,
    AskedNumber,
    AskedPath,
    Day,
    Line,
    Moment,
    Number,
    PageAsked,
    Sent,
    Shown,
    whole,
)

ROWS_MAX = 2_000
SITE_CHARS_MAX = 400
AskedReason = Annotated[Line, Field(min_length=1, max_length=REASON_CHARS_MAX)]
Count = Annotated[int, Field(ge=0, le=N_MAX), BeforeValidator(whole)]


class CodePath(AskedPath):
    """The code of the metric in the address."""

    code: Code


class WeeksAsked(Asked):
    """Which part of a metric; without these, everything together."""

    site: AskedNumber | None = Field(None, description="The number of a site.")
    reason: AskedReason | None = Field(None, description="A contact reason or queue, as it was reported.")


class ObservationsAsked(PageAsked):
    """Which observations. since, until: days, both included."""

    site: AskedNumber | None = None
    reason: AskedReason | None = None
    since: Day | None = None
    until: Day | None = None


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


class WeekShown(Shown):
    """One week of all sites, from its Monday. n: contacts or answers behind it, null where somebody did not say."""

    week_from: date
    value: float
    n: int | None
    sites: int


class NoteInWeeks(Shown):
    """What else happened in these weeks. place: null for everywhere."""

    kind: NoteKind
    date_from: date
    date_to: date
    place: str | None
    words: str


class FullMetricShown(MetricShown):
    """A metric with its last two years by week, the oldest first.

    survey_load: how many answers the last weeks rest on and how often people are asked; empty where nobody is asked.
    """

    weeks: list[WeekShown]
    survey_load: str
    notes: list[NoteInWeeks]


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
    undone_at: Moment | None = Field(description="When it was taken back, or null.")
    undoes: int | None = Field(description="The import that this one took back, or null.")


class UndoneShown(Shown):
    """An import that was taken back. number: the import whose revisions restored what was before."""

    number: int
    restored: int = Field(description="Values that are as before.")
    withdrawn: int = Field(description="Values that are gone again, because there was none before.")
    kept: int = Field(description="Values that were corrected since, and stay.")


def note_in_weeks(note: Note) -> NoteInWeeks:
    """A note as the metric's page lists it."""
    return NoteInWeeks(kind=note.kind, date_from=note.date_from, date_to=note.date_to, place=note.place,
                       words=note.words)  # fmt: skip


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
    return ImportShown(number=found.id, name=found.filename, imported_at=found.applied_at, **counts,
                       undone_at=found.undone_at, undoes=sums.get("undoes"))  # fmt: skip
