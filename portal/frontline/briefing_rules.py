"""The data protection briefing: how long it counts, and who may note it. Pure."""

from datetime import date, timedelta

from portal.errors import Invalid, Refusal, Refused

COUNTS = timedelta(days=365)  # both days included


class BriefingRefusal(Refusal):
    """Why a briefing is not noted or taken back. The value is the stable code."""

    NOT_ONESELF = "not_for_oneself", Refused, "Somebody else notes that you have had the briefing."
    UNKNOWN_PERSON = "unknown_person", Invalid, "Choose somebody who takes shifts.", "person"
    AHEAD = "day_to_come", Invalid, "That day is still to come.", "done_on"
    EXPIRED = "briefing_expired", Invalid, "That is more than a year ago, so it does not count any more.", "done_on"
    NOT_A_MANAGER = (
        "not_a_site_manager", Refused,
        "The programme or whoever manages a site notes who has had the briefing.",
    )  # fmt: skip


def last_day(done_on: date) -> date:
    """The last day on which a briefing counts: a year, the day itself included."""
    return done_on + COUNTS - timedelta(days=1)


def briefing_refusal(done_on: date, *, today: date, own: bool) -> BriefingRefusal | None:
    """Why it cannot be noted, or None."""
    if own:
        return BriefingRefusal.NOT_ONESELF
    if done_on > today:
        return BriefingRefusal.AHEAD
    return BriefingRefusal.EXPIRED if done_on <= today - COUNTS else None
