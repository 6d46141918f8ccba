"""Who may have people speak for a place in turn, and who speaks. Pure."""

from portal.people.policy import Rule, holds, in_a_team, signed_in
from portal.people.roles import Role

ROTATE = (Role.TEAM_LEADER, Role.PROGRAMME, Role.ADMINISTRATOR)
MAY: dict[str, Rule] = {
    "representative.see": signed_in,  # what they carried only as far as it may be read
    "representative.rotate": holds(*ROTATE),  # at the place or above
    "representative.join": in_a_team,  # at the place or below
    "representative.give": in_a_team,  # at the place or below
    "representative.speak": in_a_team,  # whoever has the turn
}
