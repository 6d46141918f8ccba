"""Who may vote. Pure."""

from portal.people.policy import Rule, holds, in_a_team, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "vote.cast": in_a_team,  # the swarm is peers; whoever answers ideas does not also carry them
    "vote.withdraw": in_a_team,
    "stops.see": signed_in,
    "swarm.explain": signed_in,
    "idea.merge": holds(Role.EXECUTIVE, Role.PROGRAMME),  # where the idea was said, or above; and taking apart again
    "swarm.audit": holds(Role.PROGRAMME, Role.AUDITOR),
}
