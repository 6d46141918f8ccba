"""Who answers what the swarm has carried. Pure."""

from portal.people.policy import Rule, holds
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "triage.see": holds(Role.EXECUTIVE),
    "triage.decide": holds(Role.EXECUTIVE),  # where the idea was said, or above
}
