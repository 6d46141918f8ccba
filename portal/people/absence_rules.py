"""Who may be away when, who covers, and who may answer on somebody's behalf. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from portal.errors import Conflict, Invalid, Refusal, Refused

ABSENCE_DAYS_MAX = 400


class AbsenceRefusal(Refusal):
    """Why an absence or a delegate is not noted. The value is the stable code."""

    ENDS_BEFORE = "ends_before_it_begins", Invalid, "The last day comes before the first.", "last_day"
    OVER = "over_already", Invalid, "That is over already. Choose a last day from today on.", "last_day"
    TOO_LONG = "too_long_away", Invalid, "Choose a time of at most 400 days.", "last_day"
    OVERLAPS = "overlaps", Conflict, "You have noted an absence for some of these days. Take that back first."
    UNKNOWN_COVER = "unknown_cover", Invalid, "Choose somebody who works here and can answer.", "cover"
    COVERS_FOR_ONESELF = "covers_for_oneself", Invalid, "Choose somebody else: this is you.", "cover"
    COVER_IS_AWAY = (
        "cover_is_away", Conflict,
        "They are away then themselves, and nobody is left who covers. Choose somebody else.",
    )  # fmt: skip
    UNKNOWN_DELEGATE = "unknown_delegate", Invalid, "Choose somebody of your own employer who works here.", "delegate"
    DELEGATE_IS_ONESELF = "delegate_is_oneself", Invalid, "Choose somebody else: this is you.", "delegate"
    NOTHING_TO_GIVE = (
        "nothing_to_give", Refused,
        "You answer on behalf of somebody yourself. Only they can name who does so.",
    )  # fmt: skip
    DELEGATED_ALREADY = "delegated_already", Conflict, "They answer on your behalf already. End that first."
    DELEGATION_OVER = "delegation_over", Conflict, "That is over already."


def span_refusal(first: date, last: date, today: date) -> AbsenceRefusal | None:
    """Why somebody cannot be away from the first to the last day, or None."""
    if last < first:
        return AbsenceRefusal.ENDS_BEFORE
    if last < today:
        return AbsenceRefusal.OVER
    return AbsenceRefusal.TOO_LONG if last - first > timedelta(days=ABSENCE_DAYS_MAX) else None


def acting(person_id: int, away: Mapping[int, int | None]) -> int | None:
    """Who acts for somebody: themselves unless they are away, else their cover, the cover's cover and so on; None
    where that ends nowhere.

    away: person → their cover (or None) of everybody who is away that day.
    """
    seen, here = {person_id}, person_id
    while here in away:
        following = away[here]
        if following is None or following in seen:
            return None
        seen.add(following)
        here = following
    return here
