"""Rules as texts that can be found: their name, what they say, and what held and holds by the last verdict.

Who may find them is `rules_in_scope`, not an idea: their entries belong to none.
"""

from sqlalchemy import ColumnElement, Row, Select, and_, select

from portal.db import db
from portal.ideas import search_index
from portal.ideas.rule_record_models import RuleRecord, RuleVerdict
from portal.ideas.rule_record_queries import rules_in_scope
from portal.ideas.search_index import Text
from portal.ideas.search_models import EntryKind, entry_id
from portal.people.viewer import Viewer


def index_rule(rule_id: int) -> None:
    """Let a rule be found by the words that it has now."""
    db.session.flush()
    text = _text(db.session.execute(_rules().where(RuleRecord.id == rule_id)).one())
    search_index.index(text.kind, text.ref, idea_id=None, title=text.title, text=text.text, at=text.at)


def rules(after: int, most: int) -> list[Text]:
    """The source of rules."""
    query = _rules().where(RuleRecord.id > after).order_by(RuleRecord.id).limit(most)
    return [_text(row) for row in db.session.execute(query)]


def rule_of_entry(viewer: Viewer, entry: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that an entry of the index is of a rule that the viewer may see."""
    mine = RuleRecord.id == entry - entry_id(EntryKind.RULE, 0)
    return select(RuleRecord.id).where(mine, rules_in_scope(viewer)).exists()


def _rules() -> Select:
    last = and_(RuleVerdict.rule_id == RuleRecord.id, RuleVerdict.number == RuleRecord.verdicts)
    columns = RuleRecord.id, RuleRecord.title, RuleRecord.says, RuleRecord.named_at, RuleRecord.decided_at
    return select(*columns, RuleVerdict.old_wording, RuleVerdict.new_wording).outerjoin(RuleVerdict, last)


def _text(row: Row) -> Text:
    # What holds now stands first: it is what one looks for, and shows.
    wordings = dict.fromkeys(words for words in (row.new_wording, row.says, row.old_wording) if words)
    at = row.decided_at or row.named_at
    return Text(EntryKind.RULE, row.id, None, at, row.title, "\n".join(wordings))
