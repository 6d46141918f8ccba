"""Who may have shifts in a calendar of their own, and read the page before one. Pure."""

from portal.people.policy import Rule, signed_in

MAY: dict[str, Rule] = {
    "shift.calendar": signed_in,  # one's own seats, and where one is the host
    "shift.prepare": signed_in,  # for a seat of one's own
}
