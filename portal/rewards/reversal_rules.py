"""Why an award is not taken back, or that is not decided. Pure."""

from portal.errors import Conflict, Invalid, Refusal, Refused


class ReversalRefusal(Refusal):
    """The value is the stable code."""

    NO_REASON = "reason_missing", Invalid, "Say why: the reason stands on the statement.", "reason"
    OWN_AWARD = "own_award", Refused, "This is your own award. Somebody else decides on it."
    SECOND_PERSON = "second_person", Refused, "You asked for it. Somebody else decides."
    NOT_YOURS = "not_yours", Refused, "Somebody else decides on this one."  # never says why
    TAKEN_BACK = "taken_back_already", Conflict, "This award has been taken back, or somebody has asked for it already."
    DECIDED = "decided_already", Conflict, "Somebody has decided this already."
