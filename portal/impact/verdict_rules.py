"""When a verdict is due, what it may say on which day, and how many verdicts of a quarter are judged together. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_words import Decision, Direction, Flag, Grade
from portal.impact.words import LOCKED_DAYS, VERDICT_DAY

METHOD_VERSION = "1"
FIRST_LOOK_DAY = 28
FIRST_LOOK_FACTOR = 2.97 / 1.96  # half-widths: on day 28 only what is beyond 99.7 % is said
FALSE_AMONG_CALLED = 0.10  # Benjamini and Hochberg 1995
WAIT_FOR_VALUES = 7  # days after a locked day on which it speaks with what has been reported
LATER_FROM_DAYS = 91  # the re-measure is made of weeks 14 to 26
REMEASURE_DAY = 182


@dataclass(frozen=True)
class Run:
    """Everything that decides which readings a run sees, so that it can be made again to the last digit.

    leaving_out: units that another change touches. together_with: promises of the same bundle. less: promises whose
    own effect is subtracted. later: weeks 14 to 26 instead of the first. lower: steps the grade is lowered by.
    """

    as_of: date
    leaving_out: tuple[str, ...] = ()
    together_with: tuple[int, ...] = ()
    less: tuple[int, ...] = ()
    later: bool = False
    lower: int = 0
    known_flags: tuple[Flag, ...] = ()

    def as_text(self) -> str:
        """As JSON; `run_of` reads it."""
        told = {"as_of": self.as_of.isoformat(), "leaving_out": self.leaving_out, "less": self.less,
                "together_with": self.together_with, "later": self.later, "lower": self.lower,
                "known_flags": self.known_flags}  # fmt: skip
        return json.dumps(told, sort_keys=True)


def run_of(told: Mapping) -> Run:
    """What `Run.as_text` wrote, read as JSON."""
    flags = tuple(Flag(one) for one in told.get("known_flags", ()))
    return Run(
        date.fromisoformat(told["as_of"]), tuple(told.get("leaving_out", ())), tuple(told.get("together_with", ())),
        tuple(told.get("less", ())), bool(told.get("later")), int(told.get("lower", 0)), flags,
    )  # fmt: skip


def days_of(text: str) -> tuple[int, ...]:
    """The locked days of a plan, "28,56,91,182", in order; others than these four are passed over."""
    named = {int(part) for part in text.split(",") if part.strip().isdigit()}
    return tuple(day for day in LOCKED_DAYS if day in named)


def last_day_seen(live_from: date, day: int) -> date:
    """The last day of values that a locked day sees: whole weeks since the first go-live."""
    return live_from + timedelta(days=day - 1)


def due_days(
    verdict_days: Sequence[int], stored: Iterable[int], *, live_from: date, today: date, newest: date | None,
    period_days: int,
) -> list[int]:  # fmt: skip
    """The locked days that have come and are not stored yet, in order.

    A day waits up to a week for its last values. newest: the last day or the start of the last period reported.
    period_days: how long one value is valid for.
    """
    done = set(stored)
    found = []
    for day in verdict_days:
        seen = last_day_seen(live_from, day)
        reported = newest is not None and newest + timedelta(days=period_days - 1) >= seen
        patience = timedelta(days=0 if reported else WAIT_FOR_VALUES)
        if day not in done and today >= live_from + timedelta(days=day) + patience:
            found.append(day)
    return found


def as_spoken(estimate: Estimate, day: int, *, lower: int = 0, wider: float = 1.0) -> Estimate:
    """What a locked day says of an estimate. Day 28 stays silent unless the effect is far beyond doubt.

    lower: steps by which the grade is lowered. wider: factor on both half-widths (of a back-fitted estimate).
    """
    found = replace(_widened(estimate, wider), evidence_grade=lowered(estimate.evidence_grade, lower))
    if day != FIRST_LOOK_DAY or found.estimate is None or found.half_width is None:
        return found
    if abs(found.estimate) > FIRST_LOOK_FACTOR * found.half_width:
        return found
    return replace(
        found, decision=Decision.TOO_EARLY, reason="Four weeks are enough only for effects far beyond doubt."
    )


def lowered(grade: Grade, steps: int) -> Grade:
    """A weaker grade by so many steps; C is the weakest."""
    grades = list(Grade)
    return grades[min(grades.index(grade) + steps, len(grades) - 1)]


def _widened(found: Estimate, factor: float) -> Estimate:
    if factor == 1.0 or found.estimate is None or found.ci_low is None or found.ci_high is None:
        return found
    low = found.estimate - factor * (found.estimate - found.ci_low)
    high = found.estimate + factor * (found.ci_high - found.estimate)
    word = found.decision
    if low <= 0 <= high and word in (Decision.IMPROVED, Decision.WORSENED):
        word = Decision.NO_VISIBLE_CHANGE
    half = None if found.half_width is None else found.half_width * factor
    return replace(found, ci_low=low, ci_high=high, half_width=half, decision=word)


def counted_from(readings: Iterable[Reading], days: int) -> list[Reading]:
    """The readings as if each unit had gone live so many days later, with nothing said of the days between.

    Those are the first days that a plan says do not count yet, or the 13 weeks before a re-measure of weeks 14 to 26.
    """
    if not days:
        return list(readings)
    found = []
    for one in readings:
        if one.treated_from is None:
            found.append(one)
            continue
        start = one.treated_from + timedelta(days=days)
        if not one.treated_from <= one.day < start:
            found.append(replace(one, treated_from=start))
    return found


def input_hash(readings: Iterable[Reading], *, metric: str, direction: Direction) -> str:
    """SHA-256 over what an estimate was made of, in an order of its own."""
    digest = sha256(f"{METHOD_VERSION}|{metric}|{direction}\n".encode())
    for one in sorted(readings, key=lambda one: (one.unit, one.day)):
        since = one.treated_from.isoformat() if one.treated_from else ""
        digest.update(f"{one.unit}|{one.day.isoformat()}|{one.value!r}|{one.n!r}|{since}\n".encode())
    return digest.hexdigest()


def volume_after(readings: Iterable[Reading]) -> float:
    """Contacts or answers of the units with the change since they have it; a value without a number counts one."""
    return float(sum(
        1.0 if one.n is None else one.n
        for one in readings
        if one.treated_from is not None and one.day >= one.treated_from and one.value is not None
    ))  # fmt: skip


def quarter_of(day: date) -> tuple[date, date]:
    """The first day of the calendar quarter, and the first after it."""
    month = 3 * ((day.month - 1) // 3) + 1
    first = date(day.year, month, 1)
    return first, date(day.year + (month == 10), 1 if month == 10 else month + 3, 1)


@dataclass(frozen=True)
class Among:
    """How a change stands among all that reached their verdict in the same quarter.

    of: how many there are. called: how many of them are confirmed. confirmed: whether this one is.
    """

    of: int
    called: int
    confirmed: bool

    @property
    def level(self) -> float:
        """The share of false ends that intervals of the confirmed may have together: q · R / m (Benjamini and
        Yekutieli 2005); 0.05 where that is less strict."""
        return min(0.05, FALSE_AMONG_CALLED * self.called / self.of) if self.of and self.called else 0.05


def among(ps: Sequence[float], own: float) -> Among:
    """Benjamini–Hochberg at 10 % over the p of all primary metrics of a quarter. own: this one's, one of them."""
    ranked = sorted(ps)
    called = max((rank for rank, p in enumerate(ranked, 1) if p <= FALSE_AMONG_CALLED * rank / len(ranked)), default=0)
    return Among(len(ranked), called, called > 0 and own <= ranked[called - 1])


def not_confirmed_words(found: Among) -> str:
    """What stands beside an improvement that is not confirmed."""
    many = f"{found.of} changes" if found.of != 1 else "one change"
    return f"Improved, not confirmed among {many} measured this quarter. We look again on day 91."


def is_a_verdict(day: int | None, decision: Decision) -> bool:
    """Whether a locked estimate is told to people: day 28 only where it spoke."""
    return day is not None and (day >= VERDICT_DAY or decision is not Decision.TOO_EARLY)
