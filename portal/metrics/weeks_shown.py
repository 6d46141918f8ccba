"""What of a metric a page, a file and the interface show: one part of it by week, with what else happened."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from portal.metrics import queries
from portal.metrics.models import Metric, MetricKind
from portal.metrics.notes_queries import Note, notes_in
from portal.metrics.rules import is_told
from portal.metrics.weeks import WEEK, Week

WEEKS_SHOWN = 104
WEEKS_OF_LOAD = 4


@dataclass(frozen=True)
class Part:
    """One site (None: all), one contact reason (None: all)."""

    site_id: int | None = None
    reason: str | None = None

    @property
    def query(self) -> str:
        """For an address: ?site=3&reason=Refunds, or nothing."""
        asked = {"site": self.site_id, "reason": self.reason}
        told = {name: value for name, value in asked.items() if value is not None}
        return f"?{urlencode(told)}" if told else ""


def weeks_of(metric: Metric, part: Part) -> list[Week]:
    """The last two years, the oldest first; of one site or reason without weeks of a few answers."""
    last = queries.last_day(metric.id)
    if last is None:
        return []
    weeks = queries.weekly(
        metric.id, None if part.site_id is None else {part.site_id}, last - timedelta(weeks=WEEKS_SHOWN), last,
        reason=part.reason, summed=metric.kind is MetricKind.COUNT,
    )  # fmt: skip
    return [week for week in weeks if is_told(week, narrowed=part != Part())]


def notes_of(metric: Metric, weeks: list[Week], part: Part) -> list[Note]:
    """What else happened in these weeks."""
    if not weeks:
        return []
    sites = None if part.site_id is None else [part.site_id]
    return notes_in(metric.id, sites, weeks[0].monday, weeks[-1].monday + WEEK)


def answers_lately(weeks: list[Week]) -> list[int | None]:
    """The answers behind each of the last four weeks."""
    if not weeks:
        return []
    first = weeks[-1].monday - (WEEKS_OF_LOAD - 1) * WEEK
    return [week.n for week in weeks if week.monday >= first]
