"""Asking for points and deciding about it: what is refused and why. Pure."""

from dataclasses import dataclass
from datetime import datetime

from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.ledger.postings import POINTS_MAX

NAME_CHARS_MAX, REASON_CHARS_MAX = 120, 200


class BudgetRefusal(Refusal):
    """The value is the stable code."""

    AMOUNT = (
        "amount_not_positive_integer", Invalid, f"Points are whole numbers from 1 to {POINTS_MAX:,}.", "points",
    )  # fmt: skip
    NAME = "bad_name", Invalid, f"A budget needs a name of at most {NAME_CHARS_MAX} characters.", "name"
    PERIOD = "bad_period", Invalid, "A budget ends after it starts, and not in the past.", "ends_at"
    REASON = "reason_missing", Invalid, "Say what it is for.", "reason"
    SECOND_PERSON = "second_person", Refused, "You asked for it. Somebody else decides."
    DECIDED = "decided_already", Conflict, "Somebody has decided this already."
    CLOSED = "budget_closed", Conflict, "The period of this budget is over. Ask for a new one."


class GiftRefusal(Refusal):
    """Why nobody is given points. The value is the stable code."""

    SELF = "self_award", Refused, "Nobody awards points to themselves, nor out of a budget that they approved."
    OWN_LINE = "own_line", Refused, "Nobody awards points to whoever leads them. Ask somebody else to do it."
    NOBODY = "unknown_person", Invalid, "Nobody active signs in with this.", "person"
    SENTENCE = "sentence_missing", Invalid, "Say what it is for: it stands on the statement.", "sentence"
    CLOSED = "budget_closed", Conflict, "No budget covers today. Ask for one first."
    EXCEEDED = "budget_exceeded", Conflict, "No budget of today holds as many points. Ask for more first."
    LIMIT = "limit_reached", Conflict, "This would be more than one person may get in a year."
    KEY = "idempotency_mismatch", Conflict, "This key was used before for something else. Use a new key."


@dataclass(frozen=True)
class NewBudget:
    """A budget that somebody asks for."""

    name: str
    points: int
    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True)
class Gift:
    """Points that somebody gives, with the sentence of the statement."""

    points: int
    sentence: str


def budget_refusal(asked: NewBudget, *, now: datetime) -> BudgetRefusal | None:
    """Why this is not asked for, or None."""
    if not 1 <= len(asked.name.strip()) <= NAME_CHARS_MAX:
        return BudgetRefusal.NAME
    if asked.ends_at <= asked.starts_at or asked.ends_at <= now:
        return BudgetRefusal.PERIOD
    return amount_refusal(asked.points, asked.reason)


def amount_refusal(points: object, reason: str) -> BudgetRefusal | None:
    """Why so many points are not asked for, or None."""
    if type(points) is not int or not 1 <= points <= POINTS_MAX:
        return BudgetRefusal.AMOUNT
    return None if reason.strip() else BudgetRefusal.REASON
