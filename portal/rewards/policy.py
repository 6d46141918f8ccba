"""Who may see points in a wallet: everybody their own, nobody another's; who spends, approves and thanks. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

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
}
