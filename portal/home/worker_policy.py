"""Who looks after the worker. Pure."""

from portal.people.policy import Rule, holds
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "worker.see": holds(Role.ADMINISTRATOR),
    "worker.resume": holds(Role.ADMINISTRATOR),
}
