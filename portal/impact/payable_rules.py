"""What a measured effect is worth, and which part of it may be paid when. Pure; money in hundredths of the currency.

Paid is the lower end of the interval, so that luck is not: half after the verdict, half after measuring again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from portal.impact.estimate_words import Decision, Direction, Grade
from portal.impact.guardrails_rules import RailWord

BELIEVED = 1.5  # times the registered expected effect: more is luck until measured again
GRADE_FACTORS = {Grade.A: 1.0, Grade.B: 0.75, Grade.C: 0.25}
SMALL_IDEA_CENTS = 50_000  # a before-and-after alone never pays more than this
YEAR_DAYS = 365.0
FADED = 0.5  # of the estimate at the verdict
LOOK_FIRST = "Somebody without a stake looks at it first."


@dataclass(frozen=True)
class Effect:
    """An estimate with its 95 % interval in the metric's unit; good_*: turned so that more is better."""

    direction: Direction
    estimate: float
    ci_low: float
    ci_high: float

    @property
    def good(self) -> float:
        """The estimate, positive where it is better."""
        return self.estimate if self.direction is Direction.UP else -self.estimate

    def good_low(self, level: float = 0.05) -> float:
        """The lower end in the good direction. level: the share outside both ends; below 0.05 the end is further."""
        low = self.ci_low if self.direction is Direction.UP else -self.ci_high
        wider = max(1.0, NormalDist().inv_cdf(1 - level / 2) / NormalDist().inv_cdf(0.975))
        return self.good - wider * (self.good - low)


@dataclass(frozen=True)
class Value:
    """What one unit is worth and what the change costs. volume: contacts of the units with it, in `days` days."""

    expected_effect: float
    unit_value_cents: int | None
    run_cost_cents_a_year: int
    volume: float
    days: int
    grade: Grade
    share: float = 1.0  # of a bundle


def payable_effect(effect: Effect, expected: float, *, level: float = 0.05) -> float:
    """The lower end in the good direction, at most 1.5 times what was expected, never below nought."""
    return min(max(0.0, effect.good_low(level)), BELIEVED * expected)


def payable_cents(effect: Effect, value: Value, *, level: float = 0.05) -> int:
    """What the change is worth for the purpose of paying: both halves together, rounded down."""
    if value.unit_value_cents is None:
        return 0
    gross = payable_effect(effect, value.expected_effect, level=level) * value.volume * value.unit_value_cents
    net = max(0.0, gross - value.run_cost_cents_a_year * value.days / YEAR_DAYS)
    cents = net * GRADE_FACTORS[value.grade]
    if value.grade is Grade.C:
        cents = min(cents, SMALL_IDEA_CENTS)
    return int(cents * value.share + 1e-6)  # what is a whole number but for the last bit stays it


@dataclass(frozen=True)
class Seen:
    """Everything that decides about the payments of one change. None where the day has not come.

    never: the plan allows no payment at all (registered too late). payable: cents, both halves. rails, rails_later:
    the guard-rails on day 56 and on day 91. later: the decision of day 91. measured, remeasured: the verdict, and weeks
    14 to 26. confirmed, confirmed_later: among the quarter's changes, on day 56 and on day 91. not_allowed: why paying
    is off for the whole organisation, empty where it is on. flags_open, flags_later: nobody has looked at them yet, of
    the verdict and of the re-measure.
    """

    verdict: Decision
    payable: int
    measured: Effect | None
    never: bool = False
    flags_open: int = 0
    flags_later: int = 0
    flags_upheld: int = 0
    rails: Sequence[RailWord] = ()
    confirmed: bool = True
    later: Decision | None = None
    rails_later: Sequence[RailWord] | None = None
    confirmed_later: bool | None = None
    remeasured_as: Decision | None = None
    remeasured: Effect | None = None
    put_back: bool = False
    not_allowed: str = ""


@dataclass(frozen=True)
class Tranche:
    """One half. held: why it is not paid yet; empty where it is."""

    number: int
    cents: int
    held: str = ""


@dataclass(frozen=True)
class Payments:
    """What is to be handed on now. ended: why nothing more is paid."""

    tranches: tuple[Tranche, ...] = ()
    ended: str = ""


def payments(seen: Seen) -> Payments:
    """Which halves are due, held or ended as things stand."""
    if seen.verdict is not Decision.IMPROVED or seen.never or seen.measured is None:
        return Payments()
    if ended := _ended(seen, seen.measured):
        return Payments(ended=ended)
    half = seen.payable // 2
    now = half // 2 if RailWord.NOT_PROVEN in seen.rails else half
    first = Tranche(1, now, _held(seen))
    if seen.remeasured is None or seen.remeasured_as is Decision.TOO_EARLY:
        return Payments((first,))
    # What a guard-rail held back comes with the second half, once day 91 has shown that it does no harm.
    back = half - now if seen.rails_later is not None and RailWord.NOT_PROVEN not in seen.rails_later else 0
    second = int((seen.payable - half) * _left(seen.measured, seen.remeasured) + 1e-6) + back
    waits = first.held or (LOOK_FIRST if seen.flags_later else "")
    return Payments((first, Tranche(2, second, waits)))


def _left(then: Effect, now: Effect) -> float:
    """How much of the lower end is left, at most all of it."""
    return min(1.0, max(0.0, now.good_low() / then.good_low())) if then.good_low() > 0 else 0.0


def _ended(seen: Seen, measured: Effect) -> str:
    if seen.put_back:
        return "The change was put back."
    if seen.flags_upheld:
        return "Whoever looked at the flags says that the numbers do not show it."
    if Decision.WORSENED in (seen.later, seen.remeasured_as):
        return "Measured again, it made things worse."
    if seen.remeasured is not None and seen.remeasured.good < FADED * measured.good:
        return "Measured again, less than half of the effect is left."
    if seen.rails_later is not None and RailWord.WORSENED in seen.rails_later:
        return "Something that must not get worse got worse."
    if seen.confirmed_later is False and not seen.confirmed:
        return "It was not confirmed among the changes of its quarter."
    return ""


def _held(seen: Seen) -> str:
    if seen.flags_open:
        return LOOK_FIRST
    if seen.rails_later is None and RailWord.WORSENED in seen.rails:
        return "Something that must not get worse got worse. We look again on day 91."
    if not (seen.confirmed or seen.confirmed_later):
        return "Improved, but not confirmed among the changes of its quarter. We look again on day 91."
    return seen.not_allowed
