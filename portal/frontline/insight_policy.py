"""Who may do what with debriefs and insights. Whose seat it is, and who hosted it, is decided by the verbs. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "debrief.write": signed_in,  # whoever has the seat, once the shift has started
    "insight.see": signed_in,  # once its debrief is finished
    "insight.withdraw": signed_in,  # whoever wrote it
    "insight.credit": signed_in,  # whoever hosted the shift
    "insight.moderate": holds(Role.PROGRAMME, Role.ADMINISTRATOR),  # at its site, and not one's own
}
