"""*What may I say now?*: rules by words of what held and of what holds."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.sql import FromClause

from portal.db import is_postgres
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_queries import rules_query, views_of
from portal.ideas.rule_record_shown import RuleView
from portal.ideas.rule_record_words import QUERY_CHARS_MAX, RuleState
from portal.ideas.search_models import EntryKind, entry_id
from portal.ideas.search_queries import corrected, found, sought
from portal.ideas.search_terms import Terms, all_of, any_of, stems_of, terms
from portal.people.viewer import Viewer

FOUND_MAX = 10
LOOKED_AT_MAX = 60


def find_rules(viewer: Viewer, text: str, *, limit: int = FOUND_MAX) -> list[RuleView]:
    """Rules in the viewer's scope whose name, old or new wording has the words of a text, the best first.

    In all their forms, and each word finds what begins with it. Only where no rule has them all, those that stand in
    no text are put right, and rules that have half of them are given.
    """
    wanted = terms(text[:QUERY_CHARS_MAX])
    if not wanted.stems:
        return []
    rules = _holding(viewer, wanted, all_of)
    if not rules:
        # Putting right is two statements, paid by those who would have found nothing.
        right = corrected(wanted)
        rules = _holding(viewer, right, all_of) if right != wanted else []
        rules, wanted = rules or _having_half(viewer, right), right
    return sorted(rules, key=lambda rule: _distance(rule, wanted.stems))[:limit]


def _having_half(viewer: Viewer, wanted: Terms) -> list[RuleView]:
    if len(wanted.stems) < 2:
        return []
    asked = wanted.stems
    return [rule for rule in _holding(viewer, wanted, any_of) if 2 * -_distance(rule, asked)[0] >= len(asked)]


def _holding(viewer: Viewer, wanted: Terms, match: Callable[..., str]) -> list[RuleView]:
    """The rules that hold the words, as `match` puts them together, the newest first."""
    postgres = is_postgres()
    asked: dict[str, Any] = sought(match(wanted.stems, postgres=postgres, begun=True), EntryKind.RULE)
    holding: FromClause = found(postgres=postgres).params(**asked).subquery("holding")
    numbers = select(holding.c.entry - entry_id(EntryKind.RULE, 0))
    newest = RuleRecord.decided_at.desc().nulls_last(), RuleRecord.id.desc()
    return views_of(rules_query(viewer).where(RuleRecord.id.in_(numbers)).order_by(*newest).limit(LOOKED_AT_MAX))


def _distance(rule: RuleView, asked: Sequence[str]) -> tuple[int, int, bool]:
    """Most words first, then in the name, then those with a verdict; what is equal stays newest first."""
    verdict = rule.verdict
    wordings = (verdict.old_wording, verdict.new_wording) if verdict else ()
    title, every = (f" {stems_of(*texts)}" for texts in ((rule.title,), (rule.title, rule.says, *wordings)))
    hits = sum(f" {stem}" in every for stem in asked)
    return -hits, -sum(f" {stem}" in title for stem in asked), rule.state is RuleState.OPEN
