"""One result, put together for its page: the verdict, the numbers, the charts, and how we know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row

from portal.impact import result_facts as facts
from portal.impact import result_words as words
from portal.impact.chart_xmr import Noted, Xmr, judged
from portal.impact.estimate_words import Decision, Flag
from portal.impact.queries import Happened, result_for
from portal.impact.result_cards import ChartCard, effect_cards, expected_card, three_numbers, usual_card
from portal.impact.result_facts import Measured, Other
from portal.impact.result_money import Money, Worth, a_year, amount
from portal.impact.result_rows import LockedRow, RailRow, flag_rows, locked_rows, note_rows, rail_rows
from portal.impact.result_words import Metric, Said
from portal.impact.stored import Stored
from portal.impact.verdict_queries import among_quarter
from portal.impact.words import VERDICT_DAY
from portal.metrics.models import MetricKind
from portal.metrics.notes_queries import Note
from portal.metrics.words import day_words
from portal.people.viewer import Viewer
from portal.rewards.words import PaymentState

WITH, WITHOUT = "Sites with the change", "Sites without it"
FLOW_UNITS = ("second", "minute", "hour")
PAID = {PaymentState.HELD: "held", PaymentState.PAID: "paid", PaymentState.ENDED: "ended"}


@dataclass(frozen=True)
class ResultPage:
    """What templates/impact/result.html shows, from the top.

    row: .id of the idea, .title, .sentence of the promise. measured: None where no plan was registered. so_far: "" or
    the sentence between locked days. numbers: (value, what it is). how: (term, text). units: (name, since, until).
    """

    row: Row
    happened: Happened
    said: Said
    measured: Measured | None
    so_far: str
    numbers: Sequence[tuple[str, str]]
    charts: Sequence[ChartCard]
    usual: Sequence[ChartCard]
    how: Sequence[tuple[str, str]]
    flags: Sequence[tuple[str, str]]
    locked: Sequence[LockedRow]
    rails: Sequence[RailRow]
    notes: Sequence[tuple[int, str, str, str]]
    others: Sequence[Other]
    payments: Sequence[tuple[str, str, str, str]]
    units: Sequence[tuple[str, str, str]]
    baselines: Sequence[tuple[str, str, str]]


def result_page(viewer: Viewer, commitment_id: int, *, today: date) -> ResultPage:
    """The page of one result as far as the viewer may read it; raises Missing."""
    row, happened = result_for(viewer, commitment_id, today=today)
    found = facts.measured(commitment_id)
    metric = happened.metric
    others = facts.others_there(viewer, found, until=today) if found else []
    notes = facts.notes_around(found, metric_id=happened.metric_id, until=today) if found else []
    shown = found.locked or found.look if found else None
    flags = standing(found)
    said = _said(happened, found, flags, today)
    money = money_of(found, metric)
    charts: list[ChartCard] = []
    if found and shown:
        stored = shown[1]
        first = expected_card(stored, metric, number=commitment_id)
        plan = found.plan.row
        rest = effect_cards(stored, metric, number=commitment_id, unit_value=plan.unit_value_minor,
                            currency=plan.currency or "", is_flow=is_flow(happened))  # fmt: skip
        charts = [*([first] if first else []), *rest]
    return ResultPage(
        row, happened, said, found, _so_far(found, metric, today),
        _numbers(found, metric, money, said) if found else happened.chart.facts,
        charts or [happened.chart], _usual(happened, found, notes), _how(found, happened, flags) if found else [],
        flag_rows(found, flags), locked_rows(found, metric), rail_rows(found), note_rows(notes), others,
        _payments(found), _units(happened, found), _baselines(found),
    )  # fmt: skip


def standing(found: Measured | None) -> list[Flag]:
    """The flags of the newest locked estimate that nobody has cleared."""
    if found is None or found.locked is None:
        return []
    cleared = {flag for flag, review in found.reviews.items() if review.cleared}
    return [flag for flag in facts.flags_of(*found.locked) if flag not in cleared]


def money_of(found: Measured | None, metric: Metric) -> Money | None:
    """What the newest locked estimate comes to in a year; None where nobody has agreed what one is worth."""
    if found is None or found.locked is None:
        return None
    run, plan = found.locked[0], found.plan.row
    if plan.unit_value_minor is None or run.estimate is None or not run.volume_post:
        return None
    return a_year(Worth(run.estimate, run.ci_low, run.ci_high, metric.better, run.volume_post, run.day or VERDICT_DAY,
                        plan.unit_value_minor, plan.run_cost_minor, plan.currency or ""))  # fmt: skip


def is_flow(happened: Happened) -> bool:
    """Whether sums over weeks mean something: events and time, not scores."""
    return happened.kind is not MetricKind.MEAN or any(unit in happened.unit for unit in FLOW_UNITS)


def usual_weeks(happened: Happened, baselines: Sequence[Row], *, treated: bool) -> Xmr:
    """The weeks of one group between its limits, which were frozen at the go-live."""
    sides = (one if treated else two for _monday, one, two in happened.weeks)
    weeks = [week for week in sides if week is not None]
    starts = {one.since for one in baselines if (one.place_id in happened.treated_ids) == treated}
    return judged(weeks, live_from=happened.live_from, direction=happened.metric.direction, starts=sorted(starts))


def _said(happened: Happened, found: Measured | None, flags: Sequence[Flag], today: date) -> Said:
    if found is None:
        return Said(Decision.TOO_EARLY, happened.word, happened.sentence, happened.tone, happened.icon)
    if found.locked is None:
        live = found.first_live or happened.live_from
        due = live + timedelta(days=VERDICT_DAY)
        weeks = min(max((today - live).days // 7, 0), VERDICT_DAY // 7)
        return words.not_yet(weeks, until=due if due > today else None)
    run, stored = found.locked
    among = among_quarter(run)  # type: ignore[arg-type]
    return words.verdict_said(stored, happened.metric, day=run.day, back_on=found.back_on, flags=flags,
                              confirmed=among is None or among.confirmed)  # fmt: skip


def _so_far(found: Measured | None, metric: Metric, today: date) -> str:
    if found is None or found.look is None or found.first_live is None:
        return ""
    run, stored = found.look
    return words.so_far(stored.estimate, metric, day=(run.as_of - found.first_live).days + 1)


def _numbers(found: Measured, metric: Metric, money: Money | None, said: Said) -> list[tuple[str, str]]:
    if found.locked is None or said.decision is Decision.TOO_EARLY:
        return []
    numbers = three_numbers(found.locked[1].estimate, metric)
    plan = found.plan.row
    if money is None:
        return [*numbers, ("Not in money", "nobody has agreed what one is worth")]
    agreed = f"; the value of one was agreed by {plan.value_agreed_by}" if plan.value_agreed_by else ""
    cost = ", running costs taken off" if plan.run_cost_minor else ""
    return [*numbers, (amount(money.mid, money.currency), f"a year{cost}, {money.range_words}{agreed}")]


def _usual(happened: Happened, found: Measured | None, notes: Sequence[Note]) -> list[ChartCard]:
    marks = [Noted(place, note.date_from, note.date_to) for place, note in enumerate(notes, 1)]
    baselines, number = (found.baselines if found else ()), happened.commitment_id
    groups = [(WITH, "usual", True)] + ([(WITHOUT, "usual-without", False)] if happened.other_sites else [])
    cards = []
    for group, of, treated in groups:
        weeks = usual_weeks(happened, baselines, treated=treated)
        if weeks.weeks:
            cards.append(usual_card(weeks, happened.metric, live_from=happened.live_from, group=group, of=of,
                                    number=number, notes=marks))  # fmt: skip
    return cards


def _how(found: Measured, happened: Happened, flags: Sequence[Flag]) -> list[tuple[str, str]]:
    plan, told = found.plan.row, []
    if found.locked is not None or found.look is not None:
        stored: Stored = (found.locked or found.look)[1]  # type: ignore[index]
        estimate = stored.estimate
        told = [("Method", words.METHODS[estimate.method])]
        told.append(("Compared with", words.compared_with(estimate, happened.other_sites)))
        told.append(("Evidence", words.evidence(estimate)))
        if seen := words.smallest(estimate, happened.metric):
            told.append(("Smallest effect that would be visible", seen))
    metric = happened.metric
    expected = metric.moved(metric.better * plan.expected_effect)
    told.append(("Expected before it went live", f"{expected} {metric.unit}"))
    if evidence := facts.evidence_of(happened.commitment_id):
        told.append(("What showed that it is live", evidence))
    return told


def _payments(found: Measured | None) -> list[tuple[str, str, str, str]]:
    """(which half, sum, state with the reason, reference of the estimate) of each."""
    told = []
    for one in found.payments if found else ():
        state = PAID[one.state] + (f": {one.reason}" if one.reason else "")
        currency = (found.plan.row.currency if found else "") or ""
        told.append(("First half" if one.tranche == 1 else "Second half", amount(one.payable_cents, currency), state,
                     one.estimate_ref.rpartition(":")[2]))  # fmt: skip
    return told


def _units(happened: Happened, found: Measured | None) -> list[tuple[str, str, str]]:
    if found is None or not found.units:
        return [(name, happened.live_words, "") for name in happened.treated_sites]
    return [
        (f"{unit.name}, {unit.reason}" if unit.reason else unit.name, day_words(unit.live_from, year=True),
         day_words(unit.live_to, year=True) if unit.live_to else "")
        for unit in found.units
    ]  # fmt: skip


def _baselines(found: Measured | None) -> list[tuple[str, str, str]]:
    """(since, who and when, reason) of each new start of the limits, once for all its sites."""
    mine = {unit.site_id for unit in found.units} | {unit.place_id for unit in found.units} if found else set()
    rows = {
        (day_words(one.since, year=True), f"{one.name}, {day_words(one.at.date(), year=True)}", one.reason): None
        for one in (found.baselines if found else ())
        if one.place_id in mine
    }
    return list(rows)
