"""Who may look at shifts, take a seat, and take somebody out of one. Pure."""

from portal.frontline.slot_policy import looks_after
from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

# Whoever decides about rules and promises may take a headset; the place of the role says where.
TAKERS = (Role.EXECUTIVE, Role.OWNER, Role.PROGRAMME)

MAY: dict[str, Rule] = {
    "shift.take": holds(*TAKERS),  # for oneself, at the place of the role or below
    "shift.give_up": signed_in,  # one's own, whatever role one has by now
    "shift.take_out": looks_after,  # of the site, also after the deadline
}
