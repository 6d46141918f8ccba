"""The box about the rule on an idea's page: what it says, who owns it, how it ended."""

from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, select

from portal.ideas.models import Idea
from portal.ideas.rule_record_models import RuleIdea, RuleRecord
from portal.ideas.rule_record_queries import rule_shown, rules_in_scope
from portal.ideas.rule_record_shown import spoken
from portal.ideas.service import is_author
from portal.ideas.words import Kind, Stage
from portal.people.roles import Role
from portal.people.viewer import Viewer

NAMES = (Role.OWNER, Role.EXECUTIVE, Role.PROGRAMME)


def named_rule(viewer: Viewer) -> ScalarSelect[int]:
    """The number of the rule that an idea names, as far as the viewer may see it: part of a statement on `Idea`."""
    query = select(RuleRecord.id).join(RuleIdea, RuleIdea.rule_id == RuleRecord.id)
    return query.where(RuleIdea.idea_id == Idea.id, rules_in_scope(viewer)).correlate(Idea).scalar_subquery()


def rule_box(viewer: Viewer, idea: Any, *, today: date) -> dict[str, Any] | None:
    """What templates/ideas/_rule_box.html documents; None for an idea that is no stupid rule, at no cost.

    idea: the row of the page's statement, with `rule_id`. One query where a rule is named, else none.
    """
    if idea.rule_id is not None:
        rule = rule_shown(viewer, idea.rule_id)
        return {"rule": rule, "spoken": spoken(rule, today=today), "name_href": None}
    if idea.kind is not Kind.STUPID_RULE or idea.stage in (Stage.WITHDRAWN, Stage.MERGED):
        return None
    mine = is_author(viewer, idea) and idea.stage is Stage.OPEN
    # The roles alone: whether they hold where it was said is asked by the page behind the link.
    return {"rule": None, "name_href": f"/ideas/{idea.id}/rule"} if mine or viewer.holds(*NAMES) else None
