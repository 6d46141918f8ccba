"""The tables of a result's page: locked days, flags, guard-rails, and what else happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row

from portal.impact import result_words as words
from portal.impact.estimate_words import Decision, Direction, Flag
from portal.impact.result_facts import Measured, flags_of
from portal.impact.result_words import Metric
from portal.impact.words import EstimateKind
from portal.metrics.models import NoteKind
from portal.metrics.notes_queries import Note
from portal.metrics.words import day_words

NOTES = {
    NoteKind.OUTAGE: "Outage",
    NoteKind.CAMPAIGN: "Campaign",
    NoteKind.HOLIDAY: "Holiday",
    NoteKind.DEFINITION: "Counted in another way",
    NoteKind.SURVEY: "Asked in another way",
}
RAIL_WORDS = {
    "better": ("Better", "green", "check"),
    "harmless": ("No harm seen", "", "check"),
    "not_proven": ("Not proven harmless", "honey", "clock"),
    "worse": ("Worse", "stop", "alert"),
    "early": ("Too early to say", "", "clock"),
}


@dataclass(frozen=True)
class LockedRow:
    """One locked estimate. number: of the estimate, which a payment refers to. said: its word."""

    number: int
    day: str
    until: str
    said: str
    estimate: str
    span: str
    hash: str


@dataclass(frozen=True)
class RailRow:
    """A metric that must not get worse. key: of RAIL_WORDS."""

    metric_id: int
    name: str
    key: str
    word: str
    tone: str
    icon: str
    sentence: str


def locked_rows(found: Measured | None, metric: Metric) -> list[LockedRow]:
    """Every locked day and re-measure of the primary metric, the newest first."""
    if found is None:
        return []
    kinds = (EstimateKind.LOCKED, EstimateKind.REMEASURE)
    runs = [run for run in found.runs if run.kind in kinds and run.metric_id == found.plan.row.metric_id]
    return [_locked(run, metric) for run in reversed(runs)]


def flag_rows(found: Measured | None, flags: Sequence[Flag]) -> list[tuple[str, str]]:
    """(what speaks against it, who has looked) for each flag of the newest locked estimate."""
    if found is None or found.locked is None:
        return []
    return [(words.FLAGS[flag], _looked(found, flag)) for flag in flags_of(*found.locked)]


def rail_rows(found: Measured | None) -> list[RailRow]:
    """The guard-rails, each with its word from its newest estimate."""
    rows = []
    for rail in found.rails if found else ():
        run = found.rail_runs.get(rail.id) if found else None
        metric = Metric(rail.name, rail.unit, Direction(rail.direction.value), rail.decimals)
        key = rail_key(run, metric, rail.harm_limit)
        rows.append(RailRow(rail.id, rail.name, key, *RAIL_WORDS[key], _rail_sentence(run, metric, rail.harm_limit)))
    return rows


def rail_key(run: Row | None, metric: Metric, harm_limit: float | None) -> str:
    """The word: "no visible change" is harmless only where its interval excludes the registered harm."""
    if run is None or run.decision == Decision.TOO_EARLY or run.ci_low is None:
        return "early"
    if run.decision == Decision.WORSENED:
        return "worse"
    if run.decision == Decision.IMPROVED:
        return "better"
    worst = -run.ci_low if metric.direction is Direction.UP else run.ci_high
    return "harmless" if harm_limit is not None and worst is not None and worst < abs(harm_limit) else "not_proven"


def note_rows(notes: Sequence[Note]) -> list[tuple[int, str, str, str]]:
    """(number on the chart, when, what and where, words) of each."""
    return [
        (place, _days(note), f"{NOTES[note.kind]}, {note.place or 'everywhere'}", note.words)
        for place, note in enumerate(notes, 1)
    ]


def _days(note: Note) -> str:
    if note.date_from == note.date_to:
        return day_words(note.date_from, year=True)
    return f"{day_words(note.date_from)} to {day_words(note.date_to, year=True)}"


def _locked(run: Row, metric: Metric) -> LockedRow:
    decision = words.decided(Decision(run.decision), run.day)
    again = run.kind is EstimateKind.REMEASURE
    said = words.WORDS[decision][0]
    if run.estimate is None or run.ci_low is None or run.ci_high is None:
        estimate, span = "–", "–"
    else:
        estimate, span = metric.moved(run.estimate), f"{metric.moved(run.ci_low)} to {metric.moved(run.ci_high)}"
    day = "Weeks 14 to 26" if again else f"Day {run.day}"
    return LockedRow(run.id, day, run.as_of.isoformat(), said, estimate, span, run.input_hash)


def _looked(found: Measured, flag: Flag) -> str:
    review = found.reviews.get(flag)
    if review is None:
        return "Nobody without a stake has looked at it yet."
    said = "and it may stand" if review.cleared else "and it speaks against the verdict"
    when = day_words(review.at.date(), year=True)
    return f"{review.name} looked at it on {when}, {said}: {review.reason}"


def _rail_sentence(run: Row | None, metric: Metric, harm_limit: float | None) -> str:
    limit = f" Harm would be {metric.amount(harm_limit)} {metric.unit}." if harm_limit else ""
    if run is None or run.estimate is None or run.ci_low is None or run.ci_high is None:
        return f"Not measured yet.{limit}"
    span = f"between {metric.moved(run.ci_low)} and {metric.moved(run.ci_high)}"
    return f"{metric.moved(run.estimate)} {metric.unit}, {span}.{limit}"
