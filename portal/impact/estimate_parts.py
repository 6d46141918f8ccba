"""What goes into an estimate and what comes out of it. Pure, and without the numeric libraries.

They take 16 MB and a tenth of a second to load: whoever shows what was estimated needs none of them.
"""

from dataclasses import dataclass
from datetime import date

from portal.impact.estimate_words import Decision, Direction, Flag, Grade, Method

DAILY_GAP_DAYS_MAX = 3  # between the readings of what counts as daily


@dataclass(frozen=True, slots=True)
class Reading:
    """What one unit reported for one day or period.

    value: a mean or a rate; None is missing. n: contacts or answers behind it; None is not told and counts 1, 0 is
    missing. treated_from: the unit's go-live, the same in every reading of a unit; None: never.
    """

    day: date
    unit: str
    value: float | None
    n: float | None = None
    treated_from: date | None = None


@dataclass(frozen=True)
class Estimate:
    """The answer. Numbers are in the metric's own unit and None only where it is too early.

    estimate: the mean effect at the treated units since their go-live. ci_low, ci_high: of 95 %. band_low, band_high:
    valid however often one looks. expected_without: the mean that was to be expected without the change. relative:
    estimate / expected_without. smallest_effect_seen_80pct: what would be found in four cases of five.
    p_two_sided: for judging many changes together. reason: in words.
    """

    metric: str
    direction: Direction
    decision: Decision
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    method: Method = Method.COMPARISON
    evidence_grade: Grade = Grade.C
    n_sites_treated: int = 0
    n_controls: int = 0
    pre_blocks: int = 0
    post_blocks: int = 0
    block_days: float = 0.0
    expected_without: float | None = None
    relative: float | None = None
    half_width: float | None = None
    smallest_effect_seen_80pct: float | None = None
    band_low: float | None = None
    band_high: float | None = None
    p_two_sided: float | None = None
    reason: str = ""
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Block:
    """One week, or one period of slower data, counted from each unit's own go-live.

    block: 0 is the first with the change, -1 the last without. observed: the weighted mean of the changed units that
    have the block; expected, low, high: what was to be expected without the change and its 95 %, from block 0 on.
    n: contacts or answers behind it, None where nobody told.
    """

    block: int
    observed: float | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    n: float | None = None


@dataclass(frozen=True)
class UnitEstimate:
    """One changed unit alone. name: as in the readings. low, high: of 95 %, None where nothing can be said."""

    name: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    n: float | None = None


@dataclass(frozen=True)
class Running:
    """The mean effect over all whole blocks until a day, with the band that stays valid however often one looks.

    day: whole days since the go-live, 7 after the first week. low, high: of 95 %, for one look only.
    """

    day: int
    estimate: float
    band_low: float
    band_high: float
    low: float
    high: float
