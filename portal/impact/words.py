"""The words for how a change is expected to work and why an estimate was made. Pure."""

from enum import StrEnum

LOCKED_DAYS = (28, 56, 91, 182)
VERDICT_DAY = 56


class Shape(StrEnum):
    """How the effect is expected to come: at once, or growing."""

    STEP = "step"
    RAMP = "ramp"


class EstimateKind(StrEnum):
    """Why it was made. Only those of a locked day are a verdict; the others are looks on the way."""

    LOOK = "look"
    LOCKED = "locked"
    GUARDRAIL = "guardrail"
    REMEASURE = "remeasure"  # of weeks 14 to 26, for the second half of a payment
    PRETEND = "pretend"
