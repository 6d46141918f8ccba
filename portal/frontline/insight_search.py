"""Insights as texts that can be found, once their debrief is finished.

Who finds one that became an idea or a promise is decided by that idea; a note is found by everybody. What answered a
stop signal is not among them: it is read by those alone who may know of the signal.
"""

from sqlalchemy import ColumnElement, Row, Select, select

from portal.db import db
from portal.frontline.debrief_models import Debrief, Insight
from portal.frontline.words import InsightKind
from portal.ideas import search_index
from portal.ideas.guess import title_of
from portal.ideas.search_index import Text
from portal.ideas.search_models import EntryKind, entry_ids


def index(number: int) -> None:
    """Let an insight be found by the words that it has, or no more where it was taken back or is hidden."""
    db.session.flush()
    row = db.session.execute(_insights().where(Insight.id == number)).one_or_none()
    if row is None:
        return search_index.forget(EntryKind.INSIGHT, number)
    text = _text(row)
    search_index.index(text.kind, text.ref, idea_id=text.idea_id, title=text.title, text=text.text, at=text.at)


def insights(after: int, most: int) -> list[Text]:
    """The source of insights."""
    query = _insights().where(Insight.id > after).order_by(Insight.id).limit(most)
    return [_text(row) for row in db.session.execute(query)]


def note_of_entry(entry: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that an entry of the index that belongs to no idea is a note, which everybody may read."""
    return entry.between(*entry_ids(EntryKind.INSIGHT))


def _insights() -> Select:
    query = select(Insight.id, Insight.idea_id, Insight.words, Insight.made_at)
    return query.join(Debrief, Debrief.id == Insight.debrief_id).where(
        Debrief.finished_at.is_not(None), Insight.withdrawn_at.is_(None), Insight.hidden_at.is_(None),
        Insight.kind != InsightKind.STOP_ANSWER,
    )  # fmt: skip


def _text(row: Row) -> Text:
    title = title_of(row.words)
    rest = "" if row.words.strip().removesuffix(".") == title else row.words  # one sentence is found once
    return Text(EntryKind.INSIGHT, row.id, row.idea_id, row.made_at, title, rest)
