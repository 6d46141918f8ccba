"""Moving votes from one idea to another and back. Votes are appended: moving is revoking here and casting there.

What a merge does to votes is three kinds of records:

* `vote_left`: a vote that stood on the idea that joined; it is revoked, and stands there again after the merge.
* `vote_joined`: its copy on the other idea, as it was cast: same person, team, site, moment and way.
* `vote_gave_way`: what the person had said on the other idea before, where the vote that joined is the later one.

A person's one vote is the later of the two; among equal moments the less favourable, as in `rows.standing_votes`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import aliased

from portal.db import db, table_of
from portal.ideas.models import Idea
from portal.swarm.merge_models import Merge, MergeMove, MergeUndo
from portal.swarm.merge_movers import MOVES, Way, record, recorded
from portal.swarm.models import Vote
from portal.swarm.rules import VoteKind
from portal.swarm.stop_models import StopStep

LEFT, JOINED, GAVE_WAY = "vote_left", "vote_joined", "vote_gave_way"
VOTES, STEPS = table_of(Vote), table_of(StopStep)
KEPT = ("person_id", "team_id", "site_id", "kind", "reason", "sentence", "via", "at")  # of a vote that is cast again
FAVOUR = (VoteKind.STOP, VoteKind.PASS, VoteKind.SUPPORT, VoteKind.STRONG)


def move(way: Way, *, now: datetime) -> None:
    """Cast the votes of one idea on the other one. The author's own vote does not count there and stays behind.

    Call it with both score rows locked: nobody else writes votes on either idea.
    """
    newest, here = _newest_on(way.into_id), _standing_on(way.from_id)
    record(way.merge_id, LEFT, select(Vote.id).where(*here))
    record(way.merge_id, GAVE_WAY, _giving_way(way))
    _revoke(way.into_id, recorded(way.merge_id, GAVE_WAY), now)
    there = aliased(Vote)
    decided = select(there.person_id).where(there.idea_id == way.into_id, there.revoked_at.is_(None))
    author = select(Idea.author_id).where(Idea.id == way.into_id, Idea.author_id.is_not(None))
    coming = select(literal(way.into_id), *_columns(Vote)).where(
        *here, Vote.person_id.not_in(decided), Vote.person_id.not_in(author)
    )
    db.session.execute(insert(VOTES).from_select(["idea_id", *KEPT], coming.order_by(Vote.id)))
    copy, origin = aliased(Vote), aliased(Vote)
    left = origin.idea_id == way.from_id, origin.person_id == copy.person_id, origin.revoked_at.is_(None)
    copies = select(copy.id, origin.id).where(copy.idea_id == way.into_id, copy.id > newest, *left)
    record(way.merge_id, JOINED, copies)
    _answers_follow(select(MOVES.c.row_id, MOVES.c.origin_id).where(*_joined(way)))
    _revoke(way.from_id, recorded(way.merge_id, LEFT), now)


def put_back(way: Way, *, now: datetime) -> None:
    """Give both ideas the votes that they had before; whoever has decided anew since then keeps that decision there."""
    newest = _newest_on(way.from_id)
    left = Vote.idea_id == way.from_id, Vote.id.in_(recorded(way.merge_id, LEFT))
    again = select(literal(way.from_id), *_columns(Vote)).where(*left)
    db.session.execute(insert(VOTES).from_select(["idea_id", *KEPT], again.order_by(Vote.id)))
    copy, origin = aliased(Vote), aliased(Vote)
    same = copy.idea_id == way.from_id, copy.id > newest, copy.person_id == origin.person_id
    _answers_follow(select(copy.id, origin.id).where(*same, origin.id.in_(recorded(way.merge_id, LEFT))))
    _still_copies(way, newest)
    standing = _copies_that_stand(way)
    _revoke(way.into_id, recorded(way.merge_id, JOINED), now)
    _cast_again(way, _next_best(way, standing))


def _joined(way: Way) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return MOVES.c.merge_id == way.merge_id, MOVES.c.kind == JOINED


def _answers_follow(pairs: Select[int, int]) -> None:
    """What was answered to a stop signal, and whether it was kept, goes with it. pairs: (its copy, the vote before)."""
    both = pairs.subquery()
    copied, before = both.c
    kept = "number", "kind", "by_id", "words", "at"
    steps = select(copied, *(STEPS.c[name] for name in kept)).join(both, before == STEPS.c.vote_id)
    db.session.execute(insert(STEPS).from_select(["vote_id", *kept], steps.order_by(STEPS.c.id)))


def _giving_way(way: Way) -> Select[int]:
    there, here = aliased(Vote), aliased(Vote)
    earlier = or_(there.at < here.at, and_(there.at == here.at, _favour(there.kind) > _favour(here.kind)))
    both = here.person_id == there.person_id, here.idea_id == way.from_id, here.revoked_at.is_(None)
    return select(there.id).join(here, and_(*both, earlier)).where(
        there.idea_id == way.into_id, there.revoked_at.is_(None)
    )  # fmt: skip


def _still_copies(way: Way, newest: int) -> None:
    """Votes that stand again and had themselves come with an earlier merge belong to that one still."""
    again, before, moved = aliased(Vote), aliased(Vote), aliased(MergeMove)
    same = again.idea_id == way.from_id, again.person_id == before.person_id, again.revoked_at.is_(None)
    came = select(moved.merge_id, literal(JOINED), again.id, moved.origin_id).select_from(moved)
    was = before.id == moved.row_id, before.idea_id == way.from_id
    came = came.join(before, and_(*was)).join(again, and_(*same, again.id > newest))
    came = came.where(moved.kind == JOINED, moved.row_id.in_(recorded(way.merge_id, LEFT)))
    db.session.execute(insert(MOVES).from_select(["merge_id", "kind", "row_id", "origin_id"], came))


def _copies_that_stand(way: Way) -> list[int]:
    """Whose vote on the other idea is the one that came with this merge."""
    copies = Vote.id.in_(recorded(way.merge_id, JOINED))
    return list(db.session.scalars(select(Vote.person_id).where(*_standing_on(way.into_id), copies)))


def _next_best(way: Way, people: Sequence[int]) -> list[Row]:
    """What each of these people says on the other idea without this merge: the latest of what gave way to a merge
    there and of what other merges that stand have brought; columns of the vote, with its merge and origin."""
    found: dict[int, Row] = {}
    wanted = set(people)
    for row in db.session.execute(_gave_way(way).union_all(_never_came(way))) if wanted else ():
        best = found.get(row.person_id)
        if row.person_id in wanted and (best is None or _rank(row) > _rank(best)):
            found[row.person_id] = row
    return list(found.values())


def _gave_way(way: Way) -> Select:
    """Votes on the other idea that gave way to a merge, but not those that came with one that is undone."""
    moved, gave = aliased(MergeMove), aliased(MergeMove)
    query = select(*_columns(Vote), moved.merge_id, moved.origin_id).select_from(Vote)
    query = query.outerjoin(moved, and_(moved.kind == JOINED, moved.row_id == Vote.id))
    came = or_(moved.merge_id.is_(None), moved.merge_id.in_(_others(way)))
    is_recorded = exists().where(gave.kind == GAVE_WAY, gave.row_id == Vote.id)
    return query.where(Vote.idea_id == way.into_id, is_recorded, came)


def _never_came(way: Way) -> Select:
    """Votes on ideas that other merges brought, which were not cast here because a later one stood."""
    moved, copied, others = aliased(MergeMove), aliased(MergeMove), _others(way)
    query = select(*_columns(Vote), moved.merge_id, moved.row_id).select_from(moved).join(Vote, Vote.id == moved.row_id)
    came = select(copied.origin_id).where(copied.kind == JOINED, copied.merge_id.in_(others))
    return query.where(moved.kind == LEFT, moved.merge_id.in_(others), Vote.id.not_in(came))


def _others(way: Way) -> Select[int]:
    """Other merges into the same idea that stand."""
    undone = exists().where(MergeUndo.merge_id == Merge.id)
    return select(Merge.id).where(Merge.into_id == way.into_id, Merge.id != way.merge_id, ~undone)


def _cast_again(way: Way, votes: Sequence[Row]) -> None:
    if not votes:
        return
    newest = _newest_on(way.into_id)
    db.session.execute(
        insert(VOTES), [{"idea_id": way.into_id} | {name: getattr(row, name) for name in KEPT} for row in votes]
    )
    fresh = select(Vote.person_id, Vote.id).where(Vote.idea_id == way.into_id, Vote.id > newest)
    number = dict(db.session.execute(fresh).all())
    came = [
        {"merge_id": row.merge_id, "kind": JOINED, "row_id": number[row.person_id], "origin_id": row.origin_id}
        for row in votes
        if row.merge_id is not None
    ]
    if came:
        db.session.execute(insert(MOVES), came)


def _rank(row: Any) -> tuple[datetime, int]:
    return row.at, -FAVOUR.index(row.kind)


def _favour(kind: Any) -> ColumnElement[int]:
    return case(*((kind == one, place) for place, one in enumerate(FAVOUR)), else_=len(FAVOUR))


def _columns(vote: Any) -> list[Any]:
    return [getattr(vote, name) for name in KEPT]


def _standing_on(idea_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Vote.idea_id == idea_id, Vote.revoked_at.is_(None)


def _newest_on(idea_id: int) -> int:
    return db.session.scalar(select(func.max(Vote.id)).where(Vote.idea_id == idea_id)) or 0


def _revoke(idea_id: int, votes: Select[int], now: datetime) -> None:
    statement = update(Vote).where(*_standing_on(idea_id), Vote.id.in_(votes)).values(revoked_at=now)
    db.session.execute(statement.execution_options(synchronize_session=False))
