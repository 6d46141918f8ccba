"""Who may look into the ledger. Pure."""

from portal.people.policy import Rule, holds
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "ledger.see": holds(Role.AUDITOR, Role.ADMINISTRATOR, Role.PROGRAMME),
}
