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
    "looks.note": in_a_team,
    "looks.see_setting": signed_in,
    "looks.switch": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
    "occurrence.note": in_a_team,
    "occurrence.change": signed_in,  # one's own alone, as long as it is fresh
    "occurrence.see": signed_in,  # figures after deciding; single ones are shown to whoever noted them
    "hour_cost.see": holds(Role.PROGRAMME, Role.EXECUTIVE, Role.ADMINISTRATOR),
    "hour_cost.set": holds(Role.PROGRAMME),
    "idea.merge": holds(Role.EXECUTIVE, Role.PROGRAMME),  # where the idea was said, or above; and taking apart again
    "swarm.audit": holds(Role.PROGRAMME, Role.AUDITOR),
    "swarm.alarms": holds(Role.PROGRAMME),
    "parameters.see": signed_in,  # why an order is as it is
    "parameters.change": holds(Role.PROGRAMME),
    "sample.assess": holds(Role.EXECUTIVE),
    "sample.results": holds(Role.PROGRAMME),
}
