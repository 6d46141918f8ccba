"""The ledger of verdicts: every change that is live and measured, how many came to what, and the money counted once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from portal.commitments.models import Commitment, Delivery, DeliverySite
from portal.db import db
from portal.errors import Invalid
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.impact.estimate_words import Decision, Direction
from portal.impact.models import Overlap, Plan, RollBack, Rollout, StoredEstimate
from portal.impact.queries import delivered
from portal.impact.result_money import Money, Worth, a_year, together
from portal.impact.result_words import Metric as MetricWords
from portal.impact.words import VERDICT_DAY
from portal.metrics.models import Metric
from portal.people.models import Place
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer

RESULTS_A_PAGE = 40
QUARTERS_SHOWN = 8
QUARTER = re.compile(r"([12]\d{3})-Q([1-4])")


class ResultWord(StrEnum):
    """What a change has come to so far."""

    WORKED = "worked"
    NOT_VISIBLE = "not_visible"
    TOO_EARLY = "too_early"
    WORSE = "worse"
    UNREGISTERED = "unregistered"

    @property
    def label(self) -> str:
        """As people read it."""
        return LABELS[self][0]

    @property
    def tone(self) -> str:
        """Of its chip."""
        return LABELS[self][1]

    @property
    def icon(self) -> str:
        """Of its chip."""
        return LABELS[self][2]


LABELS = {
    ResultWord.WORKED: ("Worked", "green", "check"),
    ResultWord.NOT_VISIBLE: ("No visible change", "", "chart"),
    ResultWord.TOO_EARLY: ("Too early", "", "clock"),
    ResultWord.WORSE: ("Made it worse", "stop", "alert"),
    ResultWord.UNREGISTERED: ("No plan registered", "", "flag"),
}


@dataclass(frozen=True)
class Wanted:
    """Which results to list. quarter: its first day and the first day after it, of the go-live."""

    word: ResultWord | None = None
    site: int | None = None
    quarter: tuple[date, date] | None = None


@dataclass(frozen=True)
class Ledger:
    """How many came to what, and what those with a verdict come to in a year, by currency."""

    counts: Mapping[ResultWord, int]
    money: Sequence[Money]
    valued: int

    @property
    def total(self) -> int:
        """Of all words."""
        return sum(self.counts.values())


def quarter_of(words: str | None) -> tuple[date, date] | None:
    """ "2026-Q3" as its first day and the first after it; None for no quarter. Raises Invalid `bad_quarter`."""
    if not words:
        return None
    found = QUARTER.fullmatch(words)
    if found is None:
        raise Invalid("bad_quarter", "Write a quarter like 2026-Q3.", {"quarter": "Write a quarter like 2026-Q3."})
    year, number = int(found[1]), int(found[2])
    first = date(year, 3 * number - 2, 1)
    return first, (date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1))


def quarters_until(today: date) -> list[str]:
    """The newest quarters, this one first."""
    found, year, number = [], today.year, (today.month - 1) // 3 + 1
    for _ in range(QUARTERS_SHOWN):
        found.append(f"{year}-Q{number}")
        year, number = (year - 1, 4) if number == 1 else (year, number - 1)
    return found


def results_for(
    viewer: Viewer, wanted: Wanted = Wanted(), *, before: int | None = None, limit: int = RESULTS_A_PAGE
) -> Sequence[Row]:
    """The newest deliveries first, one page and one more. One statement.

    (commitment_id, delivery_id, idea_id, title, sentence, metric_id, metric_name, unit, decimals, direction, live_from,
    word, day, estimate, ci_low, ci_high, volume_post, unit_value_minor, run_cost_minor, currency)
    """
    e = StoredEstimate
    query = delivered(
        Delivery.id.label("delivery_id"), Idea.id.label("idea_id"), Idea.title, Commitment.sentence, Metric.unit,
        Metric.decimals, Metric.direction, WORD.label("word"), e.day, e.estimate, e.ci_low, e.ci_high, e.volume_post,
        Plan.unit_value_minor, Plan.run_cost_minor, Plan.currency,
    )  # fmt: skip
    query = _narrowed(query, viewer, wanted)
    if wanted.word is not None:
        query = query.where(WORD.in_([wanted.word.value]))
    if before is not None:
        query = query.where(Delivery.id < before)
    return db.session.execute(query.order_by(Delivery.id.desc()).limit(limit + 1)).all()


def ledger_for(viewer: Viewer, wanted: Wanted = Wanted()) -> Ledger:
    """The counts of every word, and the money, for the site and quarter that are wanted. Two statements."""
    counted = _narrowed(delivered(WORD.label("word")), viewer, wanted).subquery()
    rows = db.session.execute(select(counted.c.word, func.count()).group_by(counted.c.word)).all()
    found = {ResultWord(row[0]): row[1] for row in rows}
    money = [one for one in map(money_of, db.session.execute(_valued(viewer, wanted)).all()) if one is not None]
    counts = {word: found.get(word, 0) for word in ResultWord}
    return Ledger(counts, tuple(together(money).values()), len(money))


def money_of(row: Row) -> Money | None:
    """What a row's verdict comes to in a year; None before it, and where no value was agreed."""
    no_verdict = row.day is None or row.day < VERDICT_DAY or row.estimate is None
    if no_verdict or row.unit_value_minor is None or not row.volume_post:
        return None
    better = 1 if row.direction.value == Direction.UP.value else -1
    return a_year(Worth(row.estimate, row.ci_low, row.ci_high, better, row.volume_post, row.day, row.unit_value_minor,
                        row.run_cost_minor, row.currency or ""))  # fmt: skip


def money_words(row: Row) -> str:
    """About £113,000; "" without a verdict that something moved, or an agreed value."""
    money = money_of(row) if row.word in (ResultWord.WORKED, ResultWord.WORSE) else None
    return money.words if money else ""


def effect_words(row: Row) -> str:
    """−2.5 (−3.1 to −1.8); "" before there is a verdict."""
    if row.estimate is None or row.word == ResultWord.TOO_EARLY:
        return ""
    metric = MetricWords(row.metric_name, row.unit, Direction(row.direction.value), row.decimals)
    return f"{metric.moved(row.estimate)} ({metric.moved(row.ci_low)} to {metric.moved(row.ci_high)})"


def _narrowed(query: Select, viewer: Viewer, wanted: Wanted) -> Select:
    query = query.join(Idea, Idea.id == Commitment.idea_id).where(visible_to(viewer))
    if wanted.site is not None:
        got = select(DeliverySite.id).where(
            DeliverySite.delivery_id == Delivery.id, DeliverySite.site_id == wanted.site
        )
        query = query.where(got.exists())
    if wanted.quarter is not None:
        first, after = wanted.quarter
        query = query.where(Delivery.live_from.between(first, after - timedelta(days=1)))
    return query


def _valued(viewer: Viewer, wanted: Wanted) -> Select:
    """Verdicts with an agreed value of what is still live somewhere; of a bundle that shares an estimate one."""
    e, first = StoredEstimate, aliased(Plan)
    back = select(RollBack.id).where(RollBack.rollout_id == Rollout.id)
    live = select(Rollout.id).where(Rollout.commitment_id == Commitment.id, ~back.exists())
    shared = (
        select(Overlap.plan_id).join(first, first.id == Overlap.plan_id)
        .where(Overlap.other_id == Plan.id, Overlap.bundled, first.metric_id == Plan.metric_id)
    )  # fmt: skip
    query = delivered(Metric.direction, e.day, e.estimate, e.ci_low, e.ci_high, e.volume_post, Plan.unit_value_minor,
                      Plan.run_cost_minor, Plan.currency)  # fmt: skip
    valued = and_(e.day >= VERDICT_DAY, e.estimate.is_not(None), Plan.unit_value_minor.is_not(None))
    return _narrowed(query, viewer, wanted).where(valued, live.exists(), ~shared.exists())


def sites() -> Sequence[Row]:
    """(id, name) of every site, by name: what the ledger can be narrowed to."""
    query = select(Place.id, Place.name).where(Place.kind == PlaceKind.SITE).order_by(Place.name, Place.id)
    return db.session.execute(query).all()


def _word() -> ColumnElement[str]:
    e = StoredEstimate
    return case(
        (Plan.id.is_(None), ResultWord.UNREGISTERED.value),
        (e.decision == Decision.IMPROVED.value, ResultWord.WORKED.value),
        (e.decision == Decision.WORSENED.value, ResultWord.WORSE.value),
        (and_(e.decision == Decision.NO_VISIBLE_CHANGE.value, e.day >= VERDICT_DAY), ResultWord.NOT_VISIBLE.value),
        else_=ResultWord.TOO_EARLY.value,
    )


WORD = _word()
