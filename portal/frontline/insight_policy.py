"""Who may do what with debriefs and insights. Whose seat it is, and who hosted it, is decided by the verbs. Pure."""

from portal.people.policy import Rule, signed_in

MAY: dict[str, Rule] = {
    "debrief.write": signed_in,  # whoever has the seat, once the shift has started
    "insight.see": signed_in,  # once its debrief is finished
    "insight.withdraw": signed_in,  # whoever wrote it
    "insight.credit": signed_in,  # whoever hosted the shift
}
