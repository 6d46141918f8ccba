"""Who may do what with results. Which ideas somebody may read about is decided by the query. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "result.list": signed_in,
    "result.see": signed_in,
    "result.start_limits": holds(Role.PROGRAMME),
    "plan.see": signed_in,  # as far as the promise may be read
    "plan.register": signed_in,  # its owner, its sponsor and programme alone, as with the next two
    "rollout.design": signed_in,
    "rollout.roll_back": signed_in,
    "estimate.list": signed_in,
    "flag.list": holds(Role.PROGRAMME),
    "flag.review": holds(Role.PROGRAMME),  # without a stake in the change
    "self_check.see": signed_in,
    "self_check.start": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
    "self_check.overrule": holds(Role.PROGRAMME),
}
