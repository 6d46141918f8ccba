"""Who may see and move points: everybody their own; budgets, settings and reversals by who keeps them. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

KEEPERS = holds(Role.PROGRAMME, Role.ADMINISTRATOR)

MAY: dict[str, Rule] = {
    "wallet.see": signed_in,
    "statement.see": signed_in,
    "budget.see": holds(Role.PROGRAMME, Role.ADMINISTRATOR, Role.EXECUTIVE, Role.APPROVER, Role.AUDITOR),
    "budget.ask": KEEPERS,
    "budget.decide": holds(Role.PROGRAMME, Role.ADMINISTRATOR, Role.EXECUTIVE),  # another one than who asked
    "award.give": KEEPERS,
    "reward_settings.see": holds(Role.PROGRAMME, Role.ADMINISTRATOR, Role.AUDITOR),
    "reward_settings.set": holds(Role.PROGRAMME),
    "reversal.ask": KEEPERS,
    "reversal.decide": KEEPERS,  # another one than who asked
    "velocity.see": holds(Role.AUDITOR, Role.ADMINISTRATOR),
    "reversal.list": holds(Role.PROGRAMME, Role.ADMINISTRATOR, Role.AUDITOR),
}
