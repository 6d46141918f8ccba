"""What a roll-out may look like before it is drawn by lot. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.errors import Conflict, Invalid, Refusal, Refused

WAVES_MAX, WEEKS_BETWEEN_MAX, UNITS_MAX = 12, 26, 500
AHEAD_DAYS_MAX = 365
SEED_MAX = 2**31 - 1
ALL = ""  # the queue of a unit that is a whole site


class DesignRefusal(Refusal):
    """Why a roll-out cannot be drawn or kept. The value is the stable code."""

    NOT_A_DESIGNER = (
        "not_a_designer", Refused,
        "The owner of this promise, whoever made it or programme can plan how it is rolled out.",
    )  # fmt: skip
    HANDED_BACK = "handed_back", Conflict, "This promise was handed back. There is nothing to roll out."
    ALREADY_LIVE = "already_live", Conflict, "This is live already, so nothing is drawn any more."
    DESIGN_CHANGED = (
        "design_changed", Conflict,
        "Another order was drawn meanwhile. Look at that one first.",
    )  # fmt: skip
    NO_UNIT = "no_unit", Invalid, "Choose at least one site.", "sites"
    UNKNOWN_SITE = "unknown_site", Invalid, "Choose sites from the list.", "sites"
    TOO_MANY_UNITS = "too_many_units", Invalid, "Choose at most 500 sites and queues together.", "sites"
    MORE_WAVES_THAN_UNITS = (
        "more_waves_than_units", Invalid,
        "There are fewer sites and queues than waves. Choose fewer waves.", "waves",
    )  # fmt: skip
    WAVES_OUT_OF_RANGE = "waves_out_of_range", Invalid, "Choose 1 to 12 waves.", "waves"
    WEEKS_OUT_OF_RANGE = "weeks_out_of_range", Invalid, "Choose 1 to 26 weeks.", "weeks_between"
    DAY_NOT_AHEAD = "day_not_ahead", Invalid, "Choose a day after today, within a year.", "first_day"


@dataclass(frozen=True, slots=True)
class NewDesign:
    """How something is to be rolled out. reasons: the queues of these sites; none: the sites as a whole."""

    site_ids: tuple[int, ...]
    first_day: date
    waves: int = 1
    weeks_between: int = 4
    reasons: tuple[str, ...] = ()

    @property
    def units(self) -> list[str]:
        """The names of the units, as the lot and the history know them."""
        return [unit_name(site_id, reason) for site_id in self.site_ids for reason in self.reasons or (ALL,)]


def unit_name(place_id: int, reason: str | None) -> str:
    """The name of a unit: "7", or "7 cancellations" for a queue. No two units have the same."""
    return f"{place_id} {reason}" if reason else str(place_id)


def parts_of(unit: str) -> tuple[int, str | None]:
    """(place, queue) of a unit's name."""
    place, _, reason = unit.partition(" ")
    return int(place), reason or None


def design_refusal(wanted: NewDesign, today: date) -> DesignRefusal | None:
    """Why this cannot be drawn, or None."""
    if not wanted.site_ids:
        return DesignRefusal.NO_UNIT
    if len(wanted.units) > UNITS_MAX:
        return DesignRefusal.TOO_MANY_UNITS
    if not 1 <= wanted.waves <= WAVES_MAX:
        return DesignRefusal.WAVES_OUT_OF_RANGE
    if wanted.waves > len(set(wanted.units)):
        return DesignRefusal.MORE_WAVES_THAN_UNITS
    if not 1 <= wanted.weeks_between <= WEEKS_BETWEEN_MAX:
        return DesignRefusal.WEEKS_OUT_OF_RANGE
    fine = today < wanted.first_day <= today + timedelta(days=AHEAD_DAYS_MAX)
    return None if fine else DesignRefusal.DAY_NOT_AHEAD
