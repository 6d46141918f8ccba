"""What a flag means, what to look at, and who may say that it is nothing. Pure."""

from collections.abc import Collection

from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.impact.estimate_words import Flag

REASON_CHARS = 10, 400


class FlagRefusal(Refusal):
    """Why a flag is not reviewed. The value is the stable code."""

    STAKE = (
        "has_a_stake", Refused,
        "You have a stake in this change, so somebody else looks at its flags.",
    )  # fmt: skip
    NO_SUCH_FLAG = "no_such_flag", Conflict, "This estimate has no such flag."
    REVIEWED = "flag_reviewed_already", Conflict, "Somebody has looked at this flag already."
    REASON = "reason_length", Invalid, "Say in 10 to 400 characters what you looked at and what you saw.", "reason"


TITLES = {
    Flag.PRETEND_GO_LIVE: "An earlier day would have shown a change too",
    Flag.DENOMINATOR_SHIFT: "Far more or fewer answers than before",
    Flag.MISSING_DAYS: "Many days since the go-live are missing",
    Flag.ONE_UNIT_CARRIES_IT: "One site carries it",
    Flag.ANOTHER_CHANGE: "Another change went live in the same weeks",
    Flag.DEFINITION_CHANGED: "The metric was counted or asked in another way",
}
LOOK_AT = {
    Flag.PRETEND_GO_LIVE: "Had it gone live as many weeks earlier, we would have called a change as well. Look at the "
    "weeks before the go-live: was the change chosen after a bad patch, or did something else begin there?",
    Flag.DENOMINATOR_SHIFT: "Contacts or answers moved by more than a fifth against the comparison sites. Look at who "
    "was asked before and after: were other customers surveyed?",
    Flag.MISSING_DAYS: "More than a fifth of the days since the go-live were not reported. Look at which days they "
    "are: bad ones?",
    Flag.ONE_UNIT_CARRIES_IT: "Without one site there is nothing to see. Look at what else happened there.",
    Flag.ANOTHER_CHANGE: "Another change touches the same sites, so the numbers cannot tell the two apart. Look at "
    "when each went live, and at what each could do to this metric.",
    Flag.DEFINITION_CHANGED: "The metric had another definition, or other customers were asked, around the go-live or "
    "since. Look at the calendar: did it change everywhere on one day?",
}


def refusal(*, has_stake: bool, flags: Collection[Flag], flag: Flag, reason: str) -> FlagRefusal | None:
    """Why somebody cannot review a flag, or None."""
    if flag not in flags:
        return FlagRefusal.NO_SUCH_FLAG
    if has_stake:
        return FlagRefusal.STAKE
    low, high = REASON_CHARS
    return None if low <= len(reason.strip()) <= high else FlagRefusal.REASON
