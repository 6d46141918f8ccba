"""Who may do what with metrics. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "metric.list": signed_in,
    "metric.see": signed_in,
    "metric.define": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
    "metric.note": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
    "metric.import": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
}
