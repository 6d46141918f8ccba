"""*What may I say now?*: rules by words of what held and of what holds."""

from sqlalchemy import ColumnElement, or_

from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_queries import rules_query, views_of
from portal.ideas.rule_record_shown import RuleView
from portal.ideas.rule_record_words import RuleState, normalised, terms
from portal.people.viewer import Viewer

FOUND_MAX = 10
LOOKED_AT_MAX = 60


def find_rules(viewer: Viewer, text: str, *, limit: int = FOUND_MAX) -> list[RuleView]:
    """Rules in the viewer's scope whose name, old or new wording has the words of a text, the best first.

    Each word finds what begins with it. Only where no rule has them all, those that have half of them are given. The
    one place that knows how rules are found: a full-text index can take its place.
    """
    asked = terms(text)
    if not asked:
        return []
    having = [_has(term) for term in asked]
    newest = RuleRecord.decided_at.desc().nulls_last(), RuleRecord.id.desc()
    found = views_of(rules_query(viewer).where(*having).order_by(*newest).limit(LOOKED_AT_MAX))
    if not found and len(asked) > 1:
        some = views_of(rules_query(viewer).where(or_(*having)).order_by(*newest).limit(LOOKED_AT_MAX))
        found = [rule for rule in some if 2 * -_distance(rule, asked)[0] >= len(asked)]
    return sorted(found, key=lambda rule: _distance(rule, asked))[:limit]


def _has(term: str) -> ColumnElement[bool]:
    # Letters and digits alone: nothing of a term means anything to LIKE, and a blank stands before each word.
    return RuleRecord.words.contains(f" {term}", autoescape=True)


def _distance(rule: RuleView, asked: list[str]) -> tuple[int, int, bool]:
    """Most words first, then in the name, then those with a verdict; what is equal stays newest first."""
    verdict = rule.verdict
    wordings = (verdict.old_wording, verdict.new_wording) if verdict else ()
    title, every = normalised(rule.title), normalised(rule.title, rule.says, *wordings)
    hits = sum(f" {term}" in every for term in asked)
    return -hits, -sum(f" {term}" in title for term in asked), rule.state is RuleState.OPEN
