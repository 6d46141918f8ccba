"""Executives on the frontline, in figures: what is counted, in which words, and what is hidden. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from portal.people.roles import GROUP_MIN

DAYS_BACK = 365  # over which changes and broadcasts are counted: a change takes longer than a quarter
HOURS_A_DAY = 24
TOO_FEW = f"Fewer than {GROUP_MIN} executives work here, so nothing is said about them as a group."


@dataclass(frozen=True)
class FloorFigures:
    """executives, on_floor, shifts, surprises: of the quarter that begins on `quarter_from`; a surprise is an answer
    to “What surprised you?” of a debrief that is finished. insights, changes: of the last year; an insight became a
    change where the idea that it belongs to is done. hours: from writing a surprise down to telling everybody, the
    median of the broadcasts of the last year; None of none.
    """

    quarter_from: date
    executives: int
    on_floor: int
    shifts: int
    surprises: int
    insights: int
    changes: int
    broadcasts: int
    hours: float | None

    @property
    def told(self) -> bool:
        """False where the figures of the quarter would be about a small group. Insights and broadcasts are signed,
        and everybody reads them: what is counted of those tells nothing new."""
        return self.executives >= GROUP_MIN

    @property
    def share(self) -> float | None:
        """Per cent of the executives who were on the floor this quarter; None where it is hidden."""
        return 100 * self.on_floor / self.executives if self.told else None

    @property
    def per_shift(self) -> float | None:
        """Surprises per completed shift; None where it is hidden, or without a shift."""
        return self.surprises / self.shifts if self.told and self.shifts else None

    @property
    def days(self) -> float | None:
        """From surprise to broadcast, in days of 24 hours."""
        return None if self.hours is None else self.hours / HOURS_A_DAY


@dataclass(frozen=True)
class FloorLine:
    """One figure on the page. href: what it counts; "" where there is nothing to show."""

    label: str
    value: str
    basis: str
    meaning: str
    href: str


def hours_between(surprised_and_told: Iterable[tuple[datetime, datetime]]) -> float | None:
    """The median of the hours from each first moment to the second one; None of nothing."""
    hours = [max(0.0, (told - surprised).total_seconds() / 3600) for surprised, told in surprised_and_told]
    return round(median(hours), 1) if hours else None


def sentence(found: FloorFigures | None) -> str:
    """For the paragraph on top; "" where there is nothing to say."""
    if found is None or not found.told:
        return ""
    return f"{found.on_floor or 'None'} of {found.executives} executives took a shift on the floor this quarter."


def lines(found: FloorFigures) -> list[FloorLine]:
    """The figures in words, in the order of the page."""
    return [
        FloorLine(
            "Executives on the floor this quarter", _percent(found.share),
            f"{found.on_floor} of {found.executives}" if found.told else "hidden",
            "Of those who work here as executives: how many have completed a shift since the quarter began.", "/shifts",
        ),
        FloorLine(
            "Surprises per shift", "–" if found.per_shift is None else f"{found.per_shift:.1f}",
            (f"{_counted(found.surprises, 'surprise')} in {_counted(found.shifts, 'shift')}"
             if found.told else "hidden"),
            "What was written down under “What surprised you?”, for each shift completed this quarter.", "/insights",
        ),
        FloorLine(
            "Surprises that became changes", _percent(100 * found.changes / found.insights if found.insights else None),
            f"{found.changes} of {found.insights} in a year",
            "Of what was shared after shifts in the last year: how many belong to an idea that is done by now.",
            "/insights",
        ),
        FloorLine(
            "From surprise to broadcast", duration_words(found.hours),
            f"{_counted(found.broadcasts, 'broadcast')} in a year",
            "From writing the first surprise of a shift down until everybody was told. Half took less time.",
            "/broadcasts",
        ),
    ]  # fmt: skip


def duration_words(hours: float | None) -> str:
    """ "5 hours", "1.5 days", "12 days"; a dash of nothing."""
    if hours is None:
        return "–"
    if hours < HOURS_A_DAY:
        return _counted(round(hours), "hour")
    days = hours / HOURS_A_DAY
    return f"{days:.1f} days" if days < 10 and round(days, 1) != round(days) else _counted(round(days), "day")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(share)} %"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
