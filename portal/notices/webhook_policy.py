"""Who sets up webhooks: administrators of the whole organisation, as what leaves the house concerns all. Pure."""

from portal.people.policy import Rule, holds
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "webhooks.see": holds(Role.ADMINISTRATOR),
    "webhooks.change": holds(Role.ADMINISTRATOR),
}
