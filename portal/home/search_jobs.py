"""Bringing the index of what can be found up to date with everything that is said, in short transactions."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, exists, select

from portal.commitments.models import Commitment, CommitmentState, Delivery
from portal.db import db, writing
from portal.frontline.insight_search import insights
from portal.ideas import meaning, search_index
from portal.ideas.rule_record_search import rules
from portal.ideas.search_index import Source, Text
from portal.ideas.search_models import EntryKind
from portal.ideas.search_terms import plain
from portal.outbox.service import Claimed

LEARN, COMPLETE = "search.learn", search_index.COMPLETE
READ_AT_ONCE, READ_A_MINUTE = 100, 500  # ideas whose meaning is read
LEARNED_AT_MOST = 20  # times a run: the next minute goes on


def results(after: int, most: int) -> list[Text]:
    """The source of promises that were not handed back, with what their owners say was done."""
    later = Delivery.__table__.alias("later")
    newest: ColumnElement[bool] = ~exists().where(later.c.commitment_id == Commitment.id, later.c.id > Delivery.id)
    query = (
        select(Commitment.id, Commitment.idea_id, Commitment.made_at, Commitment.sentence, Delivery.evidence)
        .outerjoin(Delivery, (Delivery.commitment_id == Commitment.id) & newest)
        .where(Commitment.id > after, Commitment.state != CommitmentState.HANDED_BACK)
    )
    return [
        Text(EntryKind.RESULT, row.id, row.idea_id, row.made_at, row.sentence, plain(row.evidence or ""))
        for row in db.session.execute(query.order_by(Commitment.id).limit(most))
    ]


# Every kind of text there is. A capability that adds a kind adds its source.
SOURCES: Sequence[tuple[EntryKind, Source]] = (
    (EntryKind.IDEA, search_index.ideas), (EntryKind.COMMENT, search_index.comments), (EntryKind.RULE, rules),
    (EntryKind.RESULT, results), (EntryKind.INSIGHT, insights),
)  # fmt: skip


def complete(tell: Callable[[str], None] = lambda words: None) -> int:
    """Add what is missing and take out what no longer stands, a thousand texts a transaction; returns how many."""
    count = 0
    for kind, source in SOURCES:
        count += _complete_kind(kind, source, 0)
        tell(f"{kind.label}: complete")
    return count


def _complete_kind(kind: EntryKind, source: Source, after: int | None) -> int:
    count = 0
    while after is not None:
        with writing():
            added, after = search_index.add_missing(kind, source, after)
        count += added
    return count


def learn(most: int = LEARNED_AT_MOST) -> int:
    """Take the words of new texts into the lists; returns how many texts."""
    count = 0
    for _ in range(most):
        with writing():
            now = search_index.learn()
        count += now
        if now < search_index.AT_ONCE:
            break
    return count


def rebuild(tell: Callable[[str], None] = lambda words: None) -> tuple[int, int]:
    """Complete the index and make the lists of words anew; returns how many texts were added and were read."""
    added = complete(tell)
    with writing():
        search_index.forget_words()
    return added, learn(most=1_000_000)


def read_meanings(most: int, *, now: datetime) -> int:
    """Read what new ideas mean, some at a time, where the extra is there; returns how many. About 20 ms each."""
    reader = meaning.reader()
    count = 0
    while reader is not None and count < most and (rows := meaning.waiting(READ_AT_ONCE)):
        db.session.rollback()  # reading takes long: no transaction stays open meanwhile
        directions = {row.id: reader.direction(row.say) for row in rows}
        with writing():
            meaning.keep(directions, now=now)
        count += len(directions)
    return count


def _learn(message: Claimed, now: datetime) -> None:
    if search_index.anything_to_learn():
        learn()
    read_meanings(READ_A_MINUTE, now=now)


def _complete(message: Claimed, now: datetime) -> None:
    """Everything, or the ideas after the one that the message names."""
    if "ideas_after" in message.payload:
        _complete_kind(EntryKind.IDEA, search_index.ideas, message.payload["ideas_after"])
    else:
        complete()
    learn()


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic runs: words once a minute, what is missing once an hour (UTC)."""
    moment = now.astimezone(UTC)
    return [(LEARN, f"{LEARN}:{moment:%Y-%m-%dT%H:%M}"), (COMPLETE, f"{COMPLETE}:{moment:%Y-%m-%dT%H}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {LEARN: _learn, COMPLETE: _complete}
