"""Who may do what with promises. The owner is a relation: `commitments.rules.refusal` decides it. Pure."""

from portal.people.policy import Rule, holds, in_a_team, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "commitment.see": signed_in,  # as far as the idea may be seen
    "commitment.accept": signed_in,  # its owner alone, as with the next five
    "commitment.hand_back": signed_in,
    "commitment.update": signed_in,
    "commitment.move_date": signed_in,
    "commitment.deliver": signed_in,
    "commitment.not_back": signed_in,
    "commitment.steps": signed_in,
    "commitment.need_decision": signed_in,
    "commitment.call_help": signed_in,
    "commitment.help": signed_in,  # whoever was asked
    "commitment.nudge": signed_in,  # anybody but its owner
    "commitment.decide": holds(Role.EXECUTIVE, Role.PROGRAMME),  # and never its owner
    "commitment.hand_over": holds(Role.ADMINISTRATOR, Role.PROGRAMME),  # what somebody who leaves still owes
    "commitment.back": in_a_team,  # who meets it again are those who work with customers
    "floor_check.see": signed_in,  # what one is asked oneself
    "floor_check.answer": signed_in,  # as with the one before
    "commitment.confirm": holds(Role.EXECUTIVE, Role.PROGRAMME),  # and never its owner
}
