"""Who may see and move points: everybody their own; budgets, settings and reversals by who keeps them. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

KEEPERS = holds(Role.PROGRAMME, Role.ADMINISTRATOR)

MAY: dict[str, Rule] = {
    "wallet.see": signed_in,
    "statement.see": signed_in,
    "reward.see": signed_in,
    "reward.redeem": signed_in,
    "reward.manage": holds(Role.PROGRAMME),  # at the employer or above
    "order.see": signed_in,  # one's own, and those one decides about
    "order.cancel": signed_in,  # one's own
    "order.decide": holds(Role.APPROVER, Role.PROGRAMME),  # of people at the node or below; never one's own
    "payroll.make": holds(Role.PROGRAMME, Role.ADMINISTRATOR),  # at the employer or above
    "thanks.see": signed_in,
    "thanks.say": signed_in,
    "thanks.echo": signed_in,
    "thanks.report": signed_in,
    "thanks.moderate": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
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
