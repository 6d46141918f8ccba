"""What a page says of an estimate: a word, a sentence, how sure, and why to be careful. Pure.

"Caused" is never said. "No visible change" is always followed by how small an effect would not be visible; there is no
word for no effect, because nobody can see that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.impact.estimate_parts import Block, Estimate
from portal.impact.estimate_words import Decision, Direction, Flag, Grade, Method
from portal.impact.stored import Stored
from portal.impact.words import VERDICT_DAY
from portal.metrics.words import day_words, listed, number, signed

WEEKS_BEFORE = 26
WORDS = {
    Decision.IMPROVED: ("It worked", "green", "check"),
    Decision.NO_VISIBLE_CHANGE: ("No visible change", "", "chart"),
    Decision.WORSENED: ("It made things worse", "stop", "alert"),
    Decision.TOO_EARLY: ("Too early to say", "", "clock"),
}
SO_FAR = {
    Decision.IMPROVED: "better",
    Decision.NO_VISIBLE_CHANGE: "no visible change",
    Decision.WORSENED: "worse",
    Decision.TOO_EARLY: "too early to say",
}
HOW = (
    "We compare each site with itself before, subtract what happened meanwhile in sites without the change, and give "
    "the range that the usual ups and downs leave open."
)
METHODS = {
    Method.COMPARISON: HOW,
    Method.BEFORE_AND_AFTER: "There is no site without the change to compare with. We compare each site with what its "
    "own past leads us to expect, and give the range that the usual ups and downs leave open.",
    Method.GROUP_TIME: "We compare sites that changed in the same period with sites that never did, from the period "
    "before, and give the range that the usual ups and downs leave open.",
}
GRADES = {
    Grade.A: "A: at least two sites with the change and three without it.",
    Grade.B: "B: there are sites to compare with, but few, or all of them changed one after another, or another "
    "change was live in the same weeks.",
    Grade.C: "C: few sites to compare with, and another change was live in the same weeks.",
}
ALONE = "C: nothing to compare with, before and after only."
FLAGS = {
    Flag.PRETEND_GO_LIVE: "An earlier day, on which nothing changed, would have shown a change too.",
    Flag.DENOMINATOR_SHIFT: "The number of contacts or answers moved by more than a fifth against the other sites.",
    Flag.MISSING_DAYS: "More than a fifth of the days since the go-live were not reported.",
    Flag.ONE_UNIT_CARRIES_IT: "One site brings most of the effect; without it the word would be another.",
    Flag.ANOTHER_CHANGE: "Another change was live at the same sites in the same weeks.",
    Flag.DEFINITION_CHANGED: "The metric was counted in another way during these weeks.",
}
CAREFUL = {
    Flag.PRETEND_GO_LIVE: "an earlier day, on which nothing changed, would have shown a change too",
    Flag.ANOTHER_CHANGE: "another change was live at the same sites in the same weeks",
    Flag.DEFINITION_CHANGED: "the metric was counted in another way during these weeks",
    Flag.ONE_UNIT_CARRIES_IT: "one site brings most of the effect",
}
NO_COMPARISON = "there is no site without the change to compare with"


@dataclass(frozen=True)
class Metric:
    """What is needed of a metric to speak of it."""

    name: str
    unit: str
    direction: Direction
    decimals: int = 1

    @property
    def better(self) -> int:
        """1 where up is good, else -1."""
        return 1 if self.direction is Direction.UP else -1

    def amount(self, value: float) -> str:
        """A value with its decimals; one more where it would round to nought."""
        return number(value, self._places(value))

    def moved(self, value: float) -> str:
        """The same with its sign."""
        return signed(value, self._places(value))

    def _places(self, value: float) -> int:
        return self.decimals + 1 if value and not round(value, self.decimals) else self.decimals


@dataclass(frozen=True)
class Said:
    """The verdict line. decision: as stored; care: why to be careful, "" for no reason."""

    decision: Decision
    word: str
    sentence: str
    tone: str
    icon: str
    care: str = ""


@dataclass(frozen=True)
class Means:
    """Weighted means over the units that have it: before, since, and what was to be expected since without it."""

    before: float | None
    after: float | None
    expected: float | None


def decided(decision: Decision, day: int | None) -> Decision:
    """What may be said of it: before the verdict day only what is beyond all doubt."""
    early = day is not None and day < VERDICT_DAY and decision is Decision.NO_VISIBLE_CHANGE
    return Decision.TOO_EARLY if early else decision


def verdict_said(
    stored: Stored, metric: Metric, *, day: int | None, confirmed: bool = True, back_on: date | None = None,
    flags: Sequence[Flag] = (),
) -> Said:  # fmt: skip
    """The verdict of a locked estimate. day: 28, 56, 91 or 182. confirmed: also among all changes of its quarter.

    back_on: the first day without it, where it was taken back everywhere. flags: as they stand, the cleared ones left
    out.
    """
    found = stored.estimate
    decision = decided(found.decision, day)
    word, tone, icon = WORDS[decision]
    if decision is Decision.IMPROVED and not confirmed:
        word, tone = "Better, not confirmed yet", "honey"
    parts = [_moved(stored, metric), _smallest(found, metric) if decision is Decision.NO_VISIBLE_CHANGE else ""]
    if decision is Decision.TOO_EARLY:
        parts = [_why_early(found, metric)]
    if decision is Decision.IMPROVED and not confirmed:
        parts.append("With so many changes measured at a time, one of them would look like this by chance.")
    if back_on is not None:
        parts.append(f"It was taken back on {day_words(back_on, year=True)}.")
    return Said(decision, word, " ".join(filter(None, parts)), tone, icon, care(found, flags))


def not_yet(weeks: int, *, until: date | None) -> Said:
    """The line before there is a verdict. weeks: whole ones since the go-live. until: when the verdict is due."""
    word, tone, icon = WORDS[Decision.TOO_EARLY]
    when = f" The verdict comes on {day_words(until, year=True)}." if until else ""
    return Said(Decision.TOO_EARLY, word, f"{weeks} of 8 weeks in. We will not guess.{when}", tone, icon)


def care(found: Estimate, flags: Sequence[Flag] = ()) -> str:
    """Why to treat it with care; "" where nothing speaks against it or nothing is said yet."""
    if found.decision is Decision.TOO_EARLY:
        return ""
    why = [NO_COMPARISON] if found.method is Method.BEFORE_AND_AFTER else []
    why += [CAREFUL[flag] for flag in flags if flag in CAREFUL]
    return f"Treat with care: {'; '.join(why)}." if why else ""


def so_far(found: Estimate, metric: Metric, *, day: int) -> str:
    """What can be said between two locked days."""
    start = f"So far, after {day} days: {SO_FAR[found.decision]}."
    if found.estimate is None or found.band_low is None or found.band_high is None:
        return start
    low, high = metric.moved(found.band_low), metric.moved(found.band_high)
    return (
        f"{start} The mean difference is {metric.moved(found.estimate)}, and lies between {low} and {high} however "
        f"often somebody looks. Only a locked day gives a verdict."
    )


def effect(found: Estimate, metric: Metric) -> tuple[str, str] | None:
    """(value, what it is): the effect with its range."""
    if found.estimate is None or found.ci_low is None or found.ci_high is None:
        return None
    what = "a week on average" if found.block_days == 7 else "a period on average"
    ends = f"between {metric.moved(found.ci_low)} and {metric.moved(found.ci_high)}"
    return metric.moved(found.estimate), f"{metric.unit}, {what}; {ends}"


def how_sure(found: Estimate) -> tuple[str, str] | None:
    """(value, what it is): how sure that it moved in this direction at all."""
    if found.p_two_sided is None or found.estimate is None:
        return None
    chance = 1 - found.p_two_sided / 2
    value = "over 99.9 %" if chance > 0.999 else f"{100 * chance:.1f} %" if chance >= 0.99 else f"{100 * chance:.0f} %"
    way = "lower" if found.estimate < 0 else "higher"
    return value, f"how sure that it is {way} than expected, the usual ups and downs counted in"


def evidence(found: Estimate) -> str:
    """The grade and what it stands for."""
    return ALONE if found.method is Method.BEFORE_AND_AFTER else GRADES[found.evidence_grade]


def smallest(found: Estimate, metric: Metric) -> str:
    """The effect below which nothing would be seen, in four of five cases."""
    if found.smallest_effect_seen_80pct is None:
        return ""
    seen = metric.amount(found.smallest_effect_seen_80pct)
    return f"An effect of {seen} is seen in four of five cases with these sites and weeks. A smaller one may be missed."


def compared_with(found: Estimate, names: Sequence[str]) -> str:
    """The comparison units, by name where they are known."""
    if not found.n_controls:
        return "Nothing: every site has the change."
    told = f": {listed(tuple(names))}" if names and len(names) == found.n_controls else ""
    many = "unit" if found.n_controls == 1 else "units"
    return f"{found.n_controls} {many} without the change{told}."


def means(series: Sequence[Block]) -> Means:
    """What the sentence compares: at most half a year before, and everything since."""
    before = [one for one in series if -WEEKS_BEFORE <= one.block < 0]
    after = [one for one in series if one.block >= 0]
    return Means(_mean(before, "observed"), _mean(after, "observed"), _mean(after, "expected"))


def _moved(stored: Stored, metric: Metric) -> str:
    found, all_of_it = stored.estimate, means(stored.series)
    without = all_of_it.expected if all_of_it.expected is not None else found.expected_without
    after = all_of_it.after
    if after is None and without is not None and found.estimate is not None:
        after = without + found.estimate
    if after is None or without is None:
        return ""
    to_expect = f"about {metric.amount(without)} was to be expected"
    base = "" if found.method is Method.BEFORE_AND_AFTER else " without the change"
    base = f"From its own past {to_expect}." if not base else f"{to_expect.capitalize()}{base}."
    if all_of_it.before is None:
        return f"{metric.name} ({metric.unit}) was about {metric.amount(after)} after it. {base}"
    return (
        f"{metric.name} ({metric.unit}) {_verb(all_of_it.before, after, metric)} about "
        f"{metric.amount(all_of_it.before)} before to {metric.amount(after)} after. {base}"
    )


def _verb(before: float, after: float, metric: Metric) -> str:
    if metric.amount(before) == metric.amount(after):
        return "went from"
    return "fell from" if after < before else "rose from"


def _smallest(found: Estimate, metric: Metric) -> str:
    seen = found.smallest_effect_seen_80pct
    return f"An effect smaller than {metric.amount(seen)} would not be visible." if seen is not None else ""


def _why_early(found: Estimate, metric: Metric) -> str:
    if found.decision is Decision.TOO_EARLY and found.reason:
        return f"{found.reason} We will not guess."
    return f"{metric.name} may still move either way. We will not guess."


def _mean(blocks: Sequence[Block], of: str) -> float | None:
    told = [(getattr(one, of), one.n) for one in blocks if getattr(one, of) is not None]
    if not told:
        return None
    weights = [1.0 if any(n is None for _, n in told) else float(n or 0) for _, n in told]
    whole = sum(weights)
    if not whole:
        return None
    return sum(value * weight for (value, _), weight in zip(told, weights, strict=True)) / whole
