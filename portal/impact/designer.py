"""Which units should go first, and what would be visible then: the estimator asked before anything has happened. Pure.

The half-width of an estimate depends on the blocks before the go-live and on who goes when, not on what comes after. So
the history is continued by as many weeks as the verdict will see, with values that do not matter, and the estimator's
own machinery is asked how wide its interval would be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from math import erf, sqrt
from statistics import median

from portal.impact.band import WIDER, Z
from portal.impact.estimate_parts import DAILY_GAP_DAYS_MAX, Reading
from portal.impact.estimate_words import PRE_BLOCKS_MIN, Grade, grade
from portal.impact.words import VERDICT_DAY

IN_FOUR_OF_FIVE = 0.8416  # standard errors: the share of 0.8 of the normal distribution
WEEK, YEAR_WEEKS = 7, 52


@dataclass(frozen=True)
class Wave:
    """Units that go live on the same day. units: as they are named in the history."""

    day: date
    units: tuple[str, ...]


@dataclass(frozen=True)
class Forecast:
    """What a roll-out would show on a locked day, in the metric's own unit.

    half_width: of the 95 % interval. smallest: the effect that would be found in four cases of five. power: the share
    of cases in which the expected effect would be found, None where nothing was expected. treated, controls: units;
    pre_blocks: weeks (or slower periods) of history. why_not: why nothing can be said, else empty.
    """

    half_width: float | None = None
    smallest: float | None = None
    power: float | None = None
    grade: Grade = Grade.C
    treated: int = 0
    controls: int = 0
    pre_blocks: int = 0
    why_not: str = ""


def drawn(units: Iterable[str], seed: int) -> list[str]:
    """The units in an order drawn by lot. The same seed gives the same order on any machine, for ever.

    Each unit's lot is SHA-256 of "seed:unit"; the smallest goes first. Whoever has the seed can draw it again.
    """
    return sorted(set(units), key=lambda unit: (sha256(f"{seed}:{unit}".encode()).hexdigest(), unit))


def in_waves(order: Sequence[str], waves: int, *, first: date, weeks_between: int) -> list[Wave]:
    """The units in `order` on so many days, as evenly as can be; a remainder goes to the first ones."""
    count = max(1, min(waves, len(order)))
    size, more = divmod(len(order), count)
    found, start = [], 0
    for turn in range(count):
        end = start + size + (turn < more)
        found.append(Wave(first + timedelta(weeks=weeks_between * turn), tuple(order[start:end])))
        start = end
    return found


def one_held_back(waves: Sequence[Wave]) -> list[Wave]:
    """The same without the unit that was drawn last: it stays as it is, to compare with."""
    *earlier, last = waves
    kept = replace(last, units=last.units[:-1])
    return [*earlier, kept] if kept.units else list(earlier)


def predicted(
    history: Iterable[Reading], waves: Sequence[Wave], *, expected: float | None = None, days: int = VERDICT_DAY
) -> Forecast:
    """What would be visible `days` after the first go-live. history: of every unit, the go-lives in it are not read.

    expected: the size of the effect, above 0. Weeks of history are enough and quicker than days (see `by_week`).
    """
    from portal.impact import comparison  # numeric libraries: see estimate_parts
    from portal.impact.estimate_model import prediction
    from portal.impact.panel import laid_out

    rows = [one for one in history if one.value is not None and one.n != 0]
    wanted = {unit for wave in waves for unit in wave.units}
    if not {one.unit for one in rows} & wanted:
        return Forecast(why_not="Nothing was ever reported for these units, so nothing can be foretold.")
    panel = laid_out(_continued(rows, waves, days))
    pre, post = comparison.span(panel) if panel else (0, 0)
    if panel is None or pre < PRE_BLOCKS_MIN or post < 1:
        return Forecast(pre_blocks=pre, why_not="Fewer than eight whole weeks or periods were reported so far.")
    pooled = comparison.pooled(panel, pre, post)
    found = prediction(panel, pooled) if pooled else None
    if pooled is None or found is None:
        return Forecast(pre_blocks=pre, why_not="Too little was reported so far to foretell anything.")
    never = sum(panel.live[row] >= len(panel.days) for row in pooled.controls)
    half = found.half_width
    return Forecast(
        half_width=half, smallest=smallest_of(half), power=None if expected is None else power_of(expected, half),
        grade=grade(treated=len(pooled.units), controls=len(pooled.controls), never_treated=never),
        treated=len(pooled.units), controls=len(pooled.controls), pre_blocks=pre,
    )  # fmt: skip


def power_of(effect: float, half_width: float) -> float:
    """The share of cases in which an effect of this size gives an interval that leaves nought out on its side.

    The estimator widens its intervals, so its error is smaller than half_width / 1.96.
    """
    error = error_of(half_width)
    return _below((abs(effect) - half_width) / error) if error > 0 else 1.0


def smallest_of(half_width: float) -> float:
    """The effect that is found in four cases of five."""
    return half_width + IN_FOUR_OF_FIVE * error_of(half_width)


def error_of(half_width: float) -> float:
    """The standard error behind half an interval of the estimator."""
    return half_width / (WIDER * Z)


def by_week(readings: Iterable[Reading]) -> list[Reading]:
    """Daily readings as weeks from Monday, weighted by n: a tenth of the work, and as wide an interval."""
    sums: dict[tuple[str, date], list[tuple[float, float]]] = {}
    for one in readings:
        if one.value is not None and one.n != 0:
            monday = one.day - timedelta(days=one.day.weekday())
            sums.setdefault((one.unit, monday), []).append((one.value, 1.0 if one.n is None else one.n))
    return [
        Reading(monday, unit, sum(value * n for value, n in parts) / total, total)
        for (unit, monday), parts in sums.items()
        if (total := sum(n for _, n in parts)) > 0
    ]


def _continued(rows: Sequence[Reading], waves: Sequence[Wave], days: int) -> list[Reading]:
    """The history and as much again as the verdict will see: what lies a year (or all there is) back, once more."""
    columns = _columns(sorted({one.day for one in rows}))
    step = (columns[-1] - columns[0]).days / max(1, len(columns) - 1) or WEEK
    ahead = max(1, round(days / step))
    lives = _lives(columns, waves, step)
    back = _whole_years(columns)
    of_day: dict[date, list[Reading]] = {}
    for one in rows:
        of_day.setdefault(one.day, []).append(one)
    found = [replace(one, treated_from=lives.get(one.unit)) for one in rows]
    for turn in range(ahead):
        day = _ahead(columns, turn, step)
        like = columns[len(columns) - back + turn % back]
        found += [replace(one, day=day, treated_from=lives.get(one.unit)) for one in of_day.get(like, ())]
    return found


def _columns(days: Sequence[date]) -> list[date]:
    """The days of the grid: every day of daily data, else the days on which anything was reported."""
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    if gaps and median(gaps) <= DAILY_GAP_DAYS_MAX:
        return [days[0] + timedelta(days=turn) for turn in range((days[-1] - days[0]).days + 1)]
    return list(days)


def _lives(columns: Sequence[date], waves: Sequence[Wave], step: float) -> Mapping[str, date]:
    """Go-lives as if the first wave began where the history ends, and each later one whole periods after it."""
    first = min(wave.day for wave in waves)
    turns = {wave.day: round((wave.day - first).days / step) for wave in waves}
    return {unit: _ahead(columns, turns[wave.day], step) for wave in waves for unit in wave.units}


def _ahead(columns: Sequence[date], turn: int, step: float) -> date:
    return columns[-1] + timedelta(days=round(step * (turn + 1)))


def _whole_years(columns: Sequence[date]) -> int:
    """How many columns are repeated: a year of weeks, so that weekdays and seasons stay; all where there is less."""
    daily = len(columns) > 1 and (columns[1] - columns[0]).days == 1
    year = YEAR_WEEKS * WEEK if daily else YEAR_WEEKS
    if len(columns) >= year:
        return year
    return max(WEEK, len(columns) // WEEK * WEEK) if daily and len(columns) >= WEEK else len(columns)


def _below(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2
