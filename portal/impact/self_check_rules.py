"""Pretend go-lives on an organisation's own history: how often is a change called where nothing happened? Pure."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt

from portal.errors import Conflict, Invalid, Refusal
from portal.impact.estimate_parts import Reading
from portal.impact.estimate_words import Decision, Direction

ALARMS_MAX = 0.08  # of all pretended go-lives, before points may follow from impact
RUNS_A_METRIC, RUNS_MIN = 40, 40
PRETENDED_DAYS = 56
WEEKS_BEFORE, WEEKS_BEFORE_MIN = 26, 10
REASON_CHARS = 10, 400


class CheckRefusal(Refusal):
    """Why a self-check is not started, or not overruled. The value is the stable code."""

    RUNNING = "self_check_running", Conflict, "A self-check is running. Wait until it is done."
    NOTHING_TO_CHECK = "nothing_to_check", Conflict, "No metric has half a year of daily or weekly values yet."
    NONE_FINISHED = "no_self_check", Conflict, "There is no finished self-check to overrule."
    PASSED = "self_check_passed", Conflict, "The newest self-check passed: there is nothing to overrule."
    TOO_FEW = "too_few_runs", Conflict, "The newest self-check had too little history to say anything."
    OVERRULED = "overruled_already", Conflict, "The newest self-check has been overruled already."
    REASON = "reason_length", Invalid, "Give the reason in 10 to 400 characters: everybody can read it.", "reason"


@dataclass(frozen=True)
class Pretended:
    """Some units that went live on a day on which nothing happened."""

    units: tuple[str, ...]
    live_from: date


@dataclass(frozen=True)
class Alarms:
    """How often a change was called among the runs, with the range that so few runs leave open (Wilson, 95 %)."""

    runs: int
    alarms: int

    @property
    def rate(self) -> float | None:
        """The share of false alarms; None without a run."""
        return self.alarms / self.runs if self.runs else None

    @property
    def range(self) -> tuple[float, float]:
        """The 95 % range of the share."""
        if not self.runs:
            return 0.0, 1.0
        n, p, z = self.runs, self.alarms / self.runs, 1.96
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def enough(self) -> bool:
        """Enough runs to say anything."""
        return self.runs >= RUNS_MIN

    @property
    def passed(self) -> bool:
        """Enough runs, and at most 8 % false alarms."""
        return self.enough and self.alarms <= ALARMS_MAX * self.runs


def untouched(readings: Iterable[Reading]) -> list[Reading]:
    """The history before anything went live anywhere it did: no value from a unit's own go-live on."""
    return [
        replace(one, treated_from=None)
        for one in readings
        if one.treated_from is None or one.day < one.treated_from
    ]  # fmt: skip


def pretend(readings: Sequence[Reading], *, seed: int, runs: int = RUNS_A_METRIC) -> list[Pretended]:
    """Units and days drawn by lot: the same seed gives the same. None where the history is too short.

    Up to half of the units change, on a day with a pretended eight weeks after it and up to half a year before it.
    """
    days = sorted({one.day for one in readings})
    units = sorted({one.unit for one in readings})
    if not days:
        return []
    span = (days[-1] - days[0]).days + 1
    before = min(WEEKS_BEFORE * 7, span - PRETENDED_DAYS)
    if before < WEEKS_BEFORE_MIN * 7:
        return []
    drawn = random.Random(seed)  # a lot that can be drawn again, no secret
    latest = span - PRETENDED_DAYS
    found = []
    for _ in range(runs):
        many = drawn.randint(1, max(1, len(units) // 2))
        chosen = tuple(sorted(drawn.sample(units, many)))
        found.append(Pretended(chosen, days[0] + timedelta(days=drawn.randint(min(before, latest), latest))))
    return found


def is_alarm(readings: Sequence[Reading], run: Pretended, metric: str, direction: Direction) -> bool | None:
    """Whether a change is called; None where nothing can be said of this run."""
    from portal.impact.estimator import estimate  # numeric libraries: see estimate_parts

    end = run.live_from + timedelta(days=PRETENDED_DAYS)
    seen = [
        replace(one, treated_from=run.live_from if one.unit in run.units else None)
        for one in readings
        if one.day < end
    ]  # fmt: skip
    word = estimate(seen, metric, direction).decision
    return None if word is Decision.TOO_EARLY else word in (Decision.IMPROVED, Decision.WORSENED)


def counted(readings: Sequence[Reading], metric: str, direction: Direction, *, seed: int, runs: int) -> Alarms:
    """Every pretended go-live of a metric, tried."""
    history = untouched(readings)
    tried = [is_alarm(history, run, metric, direction) for run in pretend(history, seed=seed, runs=runs)]
    said = [one for one in tried if one is not None]
    return Alarms(len(said), sum(said))


def reason_refusal(reason: str) -> CheckRefusal | None:
    """Why these words are no reason, or None."""
    low, high = REASON_CHARS
    return None if low <= len(reason.strip()) <= high else CheckRefusal.REASON
