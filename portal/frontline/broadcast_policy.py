"""Who may do what with broadcasts: executives tell, everybody whom they tell answers. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "broadcast.see": signed_in,  # whoever it is for, its writer, and who runs the place
    "broadcast.write": holds(Role.EXECUTIVE),  # to places at or below their own node
    "broadcast.answer": signed_in,  # whoever was told
    "broadcast.count": holds(Role.EXECUTIVE, Role.PROGRAMME),  # its writer; programme of the place
}
