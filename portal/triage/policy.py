"""Who answers what the swarm has carried. Pure."""

from portal.people.policy import Rule, holds, in_a_team, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "triage.see": holds(Role.EXECUTIVE),
    "triage.decide": holds(Role.EXECUTIVE),  # where the idea was said, or above
    "answerers.set": holds(Role.PROGRAMME),  # at the place or above
    "clock.see": signed_in,  # as far as the idea may be seen
    "decision.see": signed_in,  # as far as the idea may be seen
    "decision.ask_again": in_a_team,  # new voices are counted by team
}
