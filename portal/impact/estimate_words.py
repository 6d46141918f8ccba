"""What may be said about an estimate: the decision, the grade of the evidence, the flags, and one sentence. Pure."""

from collections.abc import Sequence
from enum import StrEnum

SEEN_AT_80_PCT = 1.43  # half-widths: (1.96 + 0.84) / 1.96, the effect found in four cases of five
CONTACTS_MIN = 100
POST_DAYS_MIN = 28
POST_PERIODS_MIN = 2  # of monthly and slower data
PRE_BLOCKS_MIN = 8


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"


class Decision(StrEnum):
    """The words a verdict may have."""

    TOO_EARLY = "too early"
    IMPROVED = "improved"
    WORSENED = "worsened"
    NO_VISIBLE_CHANGE = "no visible change"


class Grade(StrEnum):
    """How strong the comparison is. A: at least two changed and three comparison units. B: fewer, or everybody changed
    one after another. C: none, before and after only."""

    A = "A"
    B = "B"
    C = "C"


class Method(StrEnum):
    """How the estimate was made."""

    COMPARISON = "difference_in_differences"
    BEFORE_AND_AFTER = "before_and_after"
    GROUP_TIME = "group_time"


class Flag(StrEnum):
    """What a person must look at before anything is paid."""

    PRETEND_GO_LIVE = "pretend_go_live"  # an earlier day, when nothing happened, would have shown a change too
    DENOMINATOR_SHIFT = "denominator_shift"  # far more or fewer answers than at the comparison units
    MISSING_DAYS = "missing_days"
    ONE_UNIT_CARRIES_IT = "one_unit_carries_it"
    ANOTHER_CHANGE = "another_change"
    DEFINITION_CHANGED = "definition_changed"


def decision(low: float, high: float, direction: Direction) -> Decision:
    """The word for an interval of 95 %."""
    if low <= 0 <= high:
        return Decision.NO_VISIBLE_CHANGE
    better = (low > 0) == (direction is Direction.UP)
    return Decision.IMPROVED if better else Decision.WORSENED


def grade(*, treated: int, controls: int, never_treated: int) -> Grade:
    """The grade of the evidence. controls: comparison units used; never_treated: those of them that never change."""
    if not controls:
        return Grade.C
    return Grade.A if treated >= 2 and controls >= 3 and never_treated else Grade.B


def sentence(word: Decision, smallest: float, why: str, flags: Sequence[Flag]) -> str:
    """The reason in one or two sentences, without claiming a cause."""
    if word is Decision.TOO_EARLY:
        return why
    said = {
        Decision.IMPROVED: "The whole range is on the good side of no change.",
        Decision.WORSENED: "The whole range is on the bad side of no change.",
        Decision.NO_VISIBLE_CHANGE: f"The range holds no change; an effect smaller than {smallest:.4g} would not be "
        "visible.",
    }[word]
    look = " Somebody without a stake should look at the flags first." if flags else ""
    return f"{said} {why}{look}".strip()
