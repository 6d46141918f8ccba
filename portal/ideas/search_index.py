"""Keeping the index of what can be found. Called by the verbs that write the texts, in their transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, cast, delete, exists, func, select, update

from portal.db import db, is_postgres, table_of
from portal.ideas.models import Comment, Idea
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.search_models import EntryKind, SearchStem, SearchWord, entry_id, entry_ids
from portal.ideas.search_store import ENTRIES, add, put, remove, remove_all
from portal.ideas.search_terms import plain, stems_of
from portal.ideas.search_words import counted, parts_of
from portal.ideas.words import Stage
from portal.outbox import service as outbox

TITLE_CHARS_MAX = 200
AT_ONCE = 1_000
COMPLETE = "search.complete"  # the outbox's topic; payload: nothing, or `ideas_after`
GONE = (Stage.WITHDRAWN, Stage.MERGED)  # what has joined another idea is found as that one


@dataclass(frozen=True)
class Text:
    """A text that can be found. ref: the id of what it belongs to; idea_id: whose readers may find it, None: all."""

    kind: EntryKind
    ref: int
    idea_id: int | None
    at: datetime
    title: str
    text: str

    def columns(self) -> dict[str, Any]:
        """The row of the index."""
        return {
            "id": entry_id(self.kind, self.ref), "kind": self.kind, "ref": self.ref, "idea_id": self.idea_id,
            "at": self.at, "title": self.title[:TITLE_CHARS_MAX], "text": self.text,
            "stems": stems_of(self.title, self.text), "learned": False,
        }  # fmt: skip


# One kind of text: those with an id above the first argument, in order, at most as many as the second says. Only
# those that stand: what was taken back or is hidden is not among them.
Source = Callable[[int, int], Sequence[Text]]


def index(kind: EntryKind, ref: int, *, idea_id: int | None, title: str, text: str, at: datetime) -> None:
    """Let a text be found, by its new words where it was there before."""
    put(Text(kind, ref, idea_id, at, title, text).columns())


def forget(kind: EntryKind, ref: int) -> None:
    """Let a text be found no more: it was taken back or is hidden."""
    remove(entry_id(kind, ref))


def index_idea(idea: Idea) -> None:
    """Let an idea be found; one that is hidden, taken back or part of another one is forgotten."""
    db.session.flush()
    if idea.hidden_at is not None or idea.stage in GONE:
        return forget(EntryKind.IDEA, idea.id)
    index(EntryKind.IDEA, idea.id, idea_id=idea.id, title=idea.title, text=idea.say, at=idea.said_at)


def index_comment(comment: Comment) -> None:
    """Let a comment be found, unless it is hidden or taken back."""
    if comment.hidden_at is not None or comment.withdrawn_at is not None:
        return forget(EntryKind.COMMENT, comment.id)
    index(EntryKind.COMMENT, comment.id, idea_id=comment.idea_id, title="", text=plain(comment.body), at=comment.at)


def comments_follow(numbers: Select[int], here: int, to: int) -> None:
    """Let those of these comments that were found under one idea be found under another one: by its readers."""
    wanted = numbers.subquery()
    entries = select(cast(wanted.c[0], ENTRIES.c.id.type) + entry_id(EntryKind.COMMENT, 0))
    moved = update(ENTRIES).where(ENTRIES.c.id.in_(entries), ENTRIES.c.idea_id == here).values(idea_id=to)
    db.session.execute(moved.execution_options(synchronize_session=False))


def ideas(after: int, most: int) -> list[Text]:
    """The source of ideas."""
    columns = Idea.id, Idea.said_at, Idea.title, Idea.say
    shown = Idea.hidden_at.is_(None), Idea.stage.not_in(GONE)
    rows = db.session.execute(select(*columns).where(Idea.id > after, *shown).order_by(Idea.id).limit(most))
    return [Text(EntryKind.IDEA, row.id, row.id, row.said_at, row.title, row.say) for row in rows]


def comments(after: int, most: int) -> list[Text]:
    """The source of comments."""
    columns = Comment.id, Comment.idea_id, Comment.at, Comment.body
    shown = Comment.hidden_at.is_(None), Comment.withdrawn_at.is_(None)
    rows = db.session.execute(select(*columns).where(Comment.id > after, *shown).order_by(Comment.id).limit(most))
    return [Text(EntryKind.COMMENT, row.id, row.idea_id, row.at, "", plain(row.body)) for row in rows]


def complete_soon(after: int, *, now: datetime) -> None:
    """Let the worker bring the entries of all ideas above a number in order, as soon as this transaction is there."""
    outbox.emit(COMPLETE, {"ideas_after": after}, now=now)


def add_missing(kind: EntryKind, source: Source, after: int) -> tuple[int, int | None]:
    """Index the next part of a source where it is not yet, and take out what no longer stands.

    Returns how many were added, and the id to go on after (None at the end). Nothing that is right is written again.
    """
    texts = source(after, AT_ONCE)
    last = texts[-1].ref if len(texts) == AT_ONCE else None
    ends = entry_id(kind, after), entry_ids(kind)[1] if last is None else entry_id(kind, last)
    within = ENTRIES.c.id > ends[0], ENTRIES.c.id <= ends[1]
    kept = select(ENTRIES.c.id, ENTRIES.c.ref, ENTRIES.c.stems, ENTRIES.c.idea_id).where(*within)
    rows = {text.ref: text.columns() for text in texts}
    right, wrong = set(), []
    for entry in db.session.execute(kept):
        row = rows.get(entry.ref)
        if row and (row["stems"], row["idea_id"]) == (entry.stems, entry.idea_id):
            right.add(entry.ref)
        else:
            wrong.append((entry.id, entry.stems))
    remove_all(wrong)
    new = [row for ref, row in rows.items() if ref not in right]
    add(new)
    return len(new), last


def learn(most: int = AT_ONCE) -> int:
    """Take the words of new texts into the lists that corrections and rarity are read from; returns how many texts.

    Not in the transaction of who says something: a mistyped word can wait a minute. A text that was changed counts
    its words a second time, until the lists are made anew.
    """
    waiting = select(ENTRIES.c.id, ENTRIES.c.title, ENTRIES.c.text, ENTRIES.c.stems).where(~ENTRIES.c.learned)
    rows = db.session.execute(waiting.order_by(ENTRIES.c.id).limit(most).with_for_update(skip_locked=True)).all()
    if not rows:
        return 0
    _count(row.stems for row in rows)
    _keep_words((row.title, row.text) for row in rows)
    numbers = [{"entry": row.id} for row in rows]
    db.session.connection().execute(
        update(ENTRIES).where(ENTRIES.c.id == bindparam("entry")).values(learned=True), numbers
    )
    return len(rows)


def anything_to_learn() -> bool:
    """True if there are texts whose words are not in the lists."""
    return db.session.scalar(select(ENTRIES.c.id).where(~ENTRIES.c.learned).limit(1)) is not None


def forget_words() -> None:
    """Begin the lists of words anew: what stands in no text any more goes with them."""
    db.session.execute(delete(SearchWord))
    db.session.execute(delete(SearchStem))
    db.session.execute(update(ENTRIES).values(learned=False))


def _count(texts: Iterable[str]) -> None:
    rows = [{"stem": stem, "docs": docs} for stem, docs in sorted(counted(texts).items())]
    if rows:
        table = table_of(SearchStem)
        statement = _insert(table).values(stem=bindparam("stem"), docs=bindparam("docs"))
        more = {"docs": table.c.docs + statement.excluded.docs}
        db.session.connection().execute(statement.on_conflict_do_update(index_elements=["stem"], set_=more), rows)


def _keep_words(texts: Iterable[tuple[str, str]]) -> None:
    rows = [{"part": part, "word": word} for part, word in sorted(parts_of(texts))]
    if rows:
        db.session.connection().execute(_insert(table_of(SearchWord)).on_conflict_do_nothing(), rows)


def _insert(table: Any) -> Any:
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert as postgres

        return postgres(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite

    return sqlite(table)


def missing() -> int:
    """How many ideas, comments and rules that stand cannot be found yet."""
    return sum(db.session.scalar(select(func.count()).select_from(query.subquery())) or 0 for query in _missing())


def _missing() -> Iterator[Select[int]]:
    for model, kind in ((Idea, EntryKind.IDEA), (Comment, EntryKind.COMMENT)):
        entry = exists().where(ENTRIES.c.id == entry_id(kind, 0) + cast(model.id, ENTRIES.c.id.type))
        gone = Idea.stage.in_(GONE) if model is Idea else Comment.withdrawn_at.is_not(None)
        yield select(model.id).where(~entry, model.hidden_at.is_(None), ~gone)
    entry = exists().where(ENTRIES.c.id == entry_id(EntryKind.RULE, 0) + cast(RuleRecord.id, ENTRIES.c.id.type))
    yield select(RuleRecord.id).where(~entry)
