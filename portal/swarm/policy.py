"""Who may vote. Pure."""

from portal.people.policy import Rule, holds, in_a_team, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "vote.cast": in_a_team,  # the swarm is peers; whoever answers ideas does not also carry them
    "vote.withdraw": in_a_team,
    "stops.see": signed_in,
    "stop.answer": holds(Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME),  # below the node of the role
    "stop.decide": in_a_team,  # one's own, after an answer
    "swarm.explain": signed_in,
    "swarm.audit": holds(Role.PROGRAMME, Role.AUDITOR),
    "swarm.alarms": holds(Role.PROGRAMME),
    "parameters.see": signed_in,  # why an order is as it is
    "parameters.change": holds(Role.PROGRAMME),
    "sample.assess": holds(Role.EXECUTIVE),
    "sample.results": holds(Role.PROGRAMME),
}
