"""Reading what happened after a promise was kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, CommitmentState, Delivery, DeliverySite, DeliveryVerdict
from portal.db import db
from portal.errors import Missing
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.impact.before_after import Facts, Verdict, compare, figures, finished, sentence, verdict
from portal.impact.chart import around_go_live
from portal.impact.estimate_words import Decision, Direction
from portal.impact.models import Plan, RollBack, Rollout, StoredEstimate
from portal.impact.result_cards import ChartCard, expected_card, three_numbers
from portal.impact.result_words import Metric as MetricWords
from portal.impact.result_words import Said, verdict_said
from portal.impact.stored import from_json
from portal.impact.words import EstimateKind
from portal.metrics.models import Metric, MetricKind
from portal.metrics.weekly import TOP, kept, site_weeks
from portal.metrics.weeks import Week, monday_of, together
from portal.metrics.words import day_words, number
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from portal.statements import run

WEEKS_BEFORE, WEEKS_AFTER = 26, 52  # drawn on each side of go-live
HEAD = ("Week from", "Sites that got it", "Contacts or answers", "Sites that did not")
HOW = (
    "Each week is the mean of its sites, weighted by the contacts or answers behind it where they were reported. "
    "Before and after are plain means of full weeks, at most 26 on each side. Other things happened in these weeks "
    "too: a before and an after alone cannot tell what made the difference."
)


@dataclass(frozen=True)
class Happened:
    """What happened to the metric of a promise once it was live, ready for a template.

    word, sentence, tone, icon: the verdict line: of the newest locked estimate where there is one (`locked`), else what
    the numbers show. registered: a plan was registered. chart: see ChartCard. treated_sites, other_sites: names.
    """

    commitment_id: int
    idea_number: int
    verdict: Verdict
    word: str
    sentence: str
    tone: str
    icon: str
    chart: ChartCard
    metric_id: int
    metric_name: str
    live_from: date
    treated_sites: list[str]
    other_sites: list[str]
    weeks: list[tuple[date, Week | None, Week | None]] = field(repr=False)  # treated, others; oldest first
    compared: Facts
    unit: str
    metric: MetricWords
    kind: MetricKind
    treated_ids: frozenset[int] = frozenset()
    registered: bool = False
    locked: tuple[int, Decision] | None = None  # the day and what was decided

    @property
    def live_words(self) -> str:
        """2 April 2026."""
        return day_words(self.live_from, year=True)


def what_happened(commitment_id: int, *, today: date, now: datetime | None = None) -> Happened | None:
    """What happened after this promise was delivered; None without a metric or a delivery that stands.

    now: where it is told, the answer may be a minute old (see `metrics.weekly.kept`).
    """
    return _happened(OF_PROMISE, commitment_id, today, now)


def what_happened_to(idea_id: int, *, today: date, now: datetime | None = None) -> Happened | None:
    """The same for the promise that stands for an idea."""
    return _happened(OF_IDEA, idea_id, today, now)


def result_for(viewer: Viewer, commitment_id: int, *, today: date) -> tuple[Row, Happened]:
    """((id of the idea, title, promise), what happened), as far as the viewer may read it; raises Missing."""
    query = select(Idea.id, Idea.title, Commitment.sentence).join(Commitment, Commitment.idea_id == Idea.id)
    row = db.session.execute(query.where(Commitment.id == commitment_id, visible_to(viewer))).one_or_none()
    found = what_happened(commitment_id, today=today) if row is not None else None
    if row is None or found is None:
        raise Missing("result")
    return row, found


def said_of(commitment_id: int) -> Said | None:
    """The verdict line of a promise, from its newest locked estimate; None before there is one. One statement."""
    row = run(SAID, {"which": commitment_id}).first()
    if row is None:
        return None
    metric = MetricWords(row.name, row.unit, Direction(row.direction.value), row.decimals)
    return verdict_said(from_json(row.result), metric, day=row.day, back_on=row.back_on)


def _happened(statement: Select, which: int, today: date, now: datetime | None) -> Happened | None:
    row = run(statement, {"which": which}).first()
    if row is None or now is None:
        return None if row is None else _worked_out(row, today)
    return kept((row, today), lambda: _worked_out(row, today), now=now)


def _worked_out(row: Row, today: date) -> Happened:
    sites = run(SITES, {"delivery": row.delivery_id}).all()
    since = monday_of(row.live_from) - timedelta(weeks=WEEKS_BEFORE)
    until = min(today, row.live_from + timedelta(weeks=WEEKS_AFTER))
    values = site_weeks(row.metric_id, since, until)
    treated_ids = {site.id for site in sites if site.treated}
    treated = finished(together(values, treated_ids), today)
    others = finished(together(values, {site.id for site in sites} - treated_ids), today)
    return _assembled(row, sites, treated, others, today)


def delivered(*columns: Any) -> Select:
    """Standing promises with a metric and their newest delivery, unless that one was sent back.

    With the plan that was registered, and the newest locked estimate of it, where there are such.
    """
    other = aliased(Delivery)
    # Not the greatest number of each promise: from the deliveries a page is read without looking at them all.
    later = select(other.id).where(other.commitment_id == Delivery.commitment_id, other.id > Delivery.id)
    sent_back = select(DeliveryVerdict.id).where(
        DeliveryVerdict.delivery_id == Delivery.id, DeliveryVerdict.confirmed.is_(False)
    )
    return (
        select(Commitment.id.label("commitment_id"), Delivery.live_from, Metric.id.label("metric_id"),
               Metric.name.label("metric_name"), *columns)
        .select_from(Delivery)
        .join(Commitment, Commitment.id == Delivery.commitment_id)
        .outerjoin(Plan, Plan.commitment_id == Commitment.id)
        .join(Metric, Metric.id == func.coalesce(Plan.metric_id, Commitment.metric_id))
        .outerjoin(StoredEstimate, StoredEstimate.id == NEWEST_LOCKED)
        .where(Commitment.state != CommitmentState.HANDED_BACK, ~later.exists(), ~sent_back.exists())
    )  # fmt: skip


def _sites_query() -> Select:
    got_it = select(DeliverySite.site_id).where(DeliverySite.delivery_id == bindparam("delivery"))
    query = select(Place.id, Place.name, Place.id.in_(got_it).label("treated"))
    return query.where(Place.kind == PlaceKind.SITE).order_by(Place.name)


def _measured(which: ColumnElement[bool]) -> Select:
    columns = (
        Delivery.id.label("delivery_id"), Commitment.idea_id, Metric.unit, Metric.decimals, Metric.direction,
        Metric.kind, TOP,
        Plan.id.label("plan_id"), StoredEstimate.day, StoredEstimate.result,
        _back_on(Commitment.id),
    )  # fmt: skip
    return delivered(*columns).where(which)


def _assembled(row: Row, sites: Sequence[Row], treated: list[Week], others: list[Week], today: date) -> Happened:
    facts = compare(treated, others, live_from=row.live_from, today=today)
    drawn = around_go_live(
        treated, others, live_from=row.live_from, name=row.metric_name, facts=facts, decimals=row.decimals
    )
    weeks = _side_by_side(treated, others)
    title = f"{row.metric_name}, {row.unit}, by week. {drawn.scale}".strip()
    card = ChartCard(
        title, drawn.wide, drawn.narrow, figures(facts, unit=row.unit, decimals=row.decimals), HOW, HEAD,
        [_told(week, row.decimals) for week in reversed(weeks)], f"/results/{row.commitment_id}.csv",
    )  # fmt: skip
    metric = MetricWords(row.metric_name, row.unit, Direction(row.direction.value), row.decimals)
    seen = Happened(
        commitment_id=row.commitment_id, idea_number=row.idea_id, verdict=verdict(facts), word="", sentence="", tone="",
        icon="", chart=card, metric_id=row.metric_id, metric_name=row.metric_name, live_from=row.live_from,
        treated_sites=[site.name for site in sites if site.treated],
        other_sites=[site.name for site in sites if not site.treated], weeks=weeks, compared=facts,
        unit=row.unit, metric=metric, kind=row.kind, treated_ids=frozenset(site.id for site in sites if site.treated),
        registered=row.plan_id is not None,
    )  # fmt: skip
    return _with_words(seen, row)


def _with_words(seen: Happened, row: Row) -> Happened:
    """With the line of the newest locked estimate; before there is one, with what the numbers show."""
    if row.result is None:
        icon = "clock" if seen.verdict is Verdict.TOO_EARLY else "chart"
        plain = sentence(seen.compared, name=row.metric_name, decimals=row.decimals)
        return replace(seen, word=seen.verdict.words, sentence=plain, icon=icon)
    stored = from_json(row.result)
    said = verdict_said(stored, seen.metric, day=row.day, back_on=row.back_on)
    chart = seen.chart
    if card := expected_card(stored, seen.metric, number=row.commitment_id):
        chart = replace(card, facts=three_numbers(stored.estimate, seen.metric))
    words = f"{said.sentence} {said.care}".strip()
    return replace(seen, word=said.word, sentence=words, tone=said.tone, icon=said.icon, chart=chart,
                   locked=(row.day, said.decision))  # fmt: skip


def _side_by_side(treated: list[Week], others: list[Week]) -> list[tuple[date, Week | None, Week | None]]:
    one, two = ({week.monday: week for week in weeks} for weeks in (treated, others))
    return [(monday, one.get(monday), two.get(monday)) for monday in sorted(one.keys() | two.keys())]


def _told(week: tuple[date, Week | None, Week | None], decimals: int) -> list[str]:
    monday, one, two = week
    return [
        monday.isoformat(),
        number(one.value, decimals) if one else "–",
        f"{one.n:,}" if one and one.n is not None else "–",
        number(two.value, decimals) if two else "–",
    ]


def _back_on(commitment: Any) -> Any:
    """The first day without it, where it was taken back everywhere."""
    gone = select(case((func.count(Rollout.id) == func.count(RollBack.id), func.max(RollBack.live_to))))
    gone = gone.select_from(Rollout).outerjoin(RollBack, RollBack.rollout_id == Rollout.id)
    return gone.where(Rollout.commitment_id == commitment).scalar_subquery().label("back_on")


def _said() -> Select:
    columns = Metric.name, Metric.unit, Metric.direction, Metric.decimals, StoredEstimate.day, StoredEstimate.result
    query = select(*columns, _back_on(Plan.commitment_id)).join(Plan, Plan.metric_id == Metric.id)
    query = query.join(StoredEstimate, StoredEstimate.id == NEWEST_LOCKED)
    return query.where(Plan.commitment_id == bindparam("which"))


def _newest_locked() -> ScalarSelect[int]:
    e = StoredEstimate
    mine = e.plan_id == Plan.id, e.metric_id == Plan.metric_id, e.kind == EstimateKind.LOCKED, e.day.is_not(None)
    return select(e.id).where(*mine).order_by(e.day.desc()).limit(1).correlate(Plan).scalar_subquery()


# Built once: putting a statement together costs more than running it.
NEWEST_LOCKED = _newest_locked()
OF_PROMISE, OF_IDEA = (
    _measured(Commitment.id == bindparam("which")),
    _measured(Commitment.idea_id == bindparam("which")),
)
SITES = _sites_query()
SAID = _said()
