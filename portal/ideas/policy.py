"""Who may do what with ideas. Whether an idea may be seen at all is decided by the query. Pure."""

from portal.people.policy import Rule, holds, signed_in
from portal.people.roles import Role

MAY: dict[str, Rule] = {
    "idea.list": signed_in,
    "idea.see": signed_in,
    "idea.say": signed_in,
    "idea.edit": signed_in,  # the author alone, within the window: `ideas.rules.edit_refusal`
    "idea.withdraw": signed_in,  # the author alone
    "idea.follow": signed_in,
    "idea.sort": signed_in,  # kind, barrier, site: the author, or programme
    "comment.write": signed_in,
    "comment.withdraw": signed_in,  # its author alone
    "idea.report": signed_in,
    "idea.moderate": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
    "moderation_log.see": signed_in,
    "idea.import": holds(Role.PROGRAMME, Role.ADMINISTRATOR),
    "rule.see": signed_in,  # as far as its scope goes
    "rule.name": signed_in,  # the author, whoever sorts, owners, programme: `rule_record_service`
    "rule.change": holds(Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME),  # its owner, or programme
    "rule.decide": holds(Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME),  # its owner, executives in scope, programme
    "rule.review": holds(Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME),  # one's own; for programme all
    "bulletin.see": signed_in,  # as far as its rule may be seen
    "bulletin.confirm": signed_in,  # for whom its rule holds
    "bulletin.count": holds(Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME),  # as whoever may decide about the rule
}
