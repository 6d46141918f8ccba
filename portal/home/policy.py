"""Who may do what with the programme's figures. Whose figures somebody sees is decided by the query. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "programme.see": signed_in,
    "programme.publish": holds(Role.PROGRAMME),  # a partner's figures, where the role is held or above
}
