"""Verbs about comments: builds, workarounds and questions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Missing
from portal.ideas import drafts, search_index
from portal.ideas.models import Comment, Idea
from portal.ideas.origin import origin_of
from portal.ideas.policy import MAY
from portal.ideas.rules import CommentRefusal, SayRefusal, comment_refusal, comment_withdraw_refusal
from portal.ideas.service import facts_of, is_author
from portal.ideas.words import COMMENT_CHARS_MAX, SAY_CHARS_MIN, CommentKind, Names, Stage
from portal.outbox import service as outbox
from portal.people.policy import demand
from portal.people.viewer import Viewer

ADDED = "comment.added"  # the outbox's topic; payload: comment_id


@dataclass(frozen=True)
class NewComment:
    """What somebody adds, in Markdown."""

    body: str
    kind: CommentKind = CommentKind.BUILD
    names: Names = Names.HIDDEN
    draft_key: str | None = None


def add_comment(viewer: Viewer, idea: Idea, words: NewComment, *, now: datetime) -> Comment:
    """Add to an idea; the same form sent twice gives the first comment again.

    Raises Invalid (`too_short`, `too_long`), Conflict (`already_sent`) or the refusals of `CommentRefusal`.
    """
    demand(MAY, "comment.write", viewer)
    _refuse_length(words.body)
    if (before := _sent_before(viewer, idea, words)) is not None:
        return before
    if refusal := comment_refusal(facts_of(idea)):
        raise refusal.as_error()
    comment = _new_comment(viewer, idea, words, now)
    try:
        with db.session.begin_nested():
            db.session.add(comment)
    except IntegrityError:
        before = _sent_before(viewer, idea, words)
        if before is None:
            raise
        return before
    count(idea.id, +1, Idea.stage != Stage.MERGED)
    if words.names is not Names.NONE:
        drafts.clear(viewer.id, drafts.about_comment(idea.id))
    db.session.flush()
    outbox.emit(ADDED, {"comment_id": comment.id}, now=now)
    search_index.index_comment(comment)
    return comment


def _refuse_length(body: str) -> None:
    if len(body.strip()) < SAY_CHARS_MIN:
        raise SayRefusal.TOO_SHORT.as_error()
    if len(body) > COMMENT_CHARS_MAX:
        raise SayRefusal.TOO_LONG.as_error()


def _sent_before(viewer: Viewer, idea: Idea, words: NewComment) -> Comment | None:
    if words.draft_key is None:
        return None
    before = db.session.scalar(select(Comment).where(Comment.draft_key == words.draft_key))
    if before is None:
        return None
    author_id = None if words.names is Names.NONE else viewer.id
    if (before.idea_id, before.author_id, before.body) != (idea.id, author_id, words.body):
        raise SayRefusal.SENT_BEFORE.as_error()
    return before


def _new_comment(viewer: Viewer, idea: Idea, words: NewComment, now: datetime) -> Comment:
    # "The author" is written beside a comment only if that tells no more than idea and comment do by themselves:
    # a shown name must not give away who said a hidden idea, nor a shown idea who wrote a hidden comment.
    as_author = is_author(viewer, idea) and words.names is idea.names
    return Comment(
        idea_id=idea.id, kind=words.kind, body=words.body, names=words.names, at=now, by_idea_author=as_author,
        author_id=None if words.names is Names.NONE else viewer.id, draft_key=words.draft_key,
        origin_label=origin_of(viewer, words.names).label,
    )  # fmt: skip


def withdraw_comment(viewer: Viewer, comment: Comment, *, now: datetime) -> None:
    """Take a comment back. Raises the refusals of `CommentRefusal`."""
    held = locked(comment.id)
    mine = held.author_id is not None and held.author_id == viewer.id
    if refusal := comment_withdraw_refusal(is_author=mine, withdrawn=held.withdrawn_at is not None):
        raise refusal.as_error()
    held.withdrawn_at = now
    if held.hidden_at is None:
        count(held.idea_id, -1)
    db.session.flush()
    search_index.index_comment(held)


def locked(comment_id: int) -> Comment:
    """The comment as it is now, held until this transaction ends: withdrawing and hiding both change the count."""
    query = select(Comment).where(Comment.id == comment_id).with_for_update()
    comment = db.session.scalar(query.execution_options(populate_existing=True))
    if comment is None:
        raise Missing("comment")
    return comment


def count(idea_id: int, change: int, *still: ColumnElement[bool]) -> None:
    """Keep the number of comments that can be read, relative to what it is now.

    Raises Conflict `merged` if the conditions no longer hold: it has just joined another idea, its comments with it.
    """
    counted = update(Idea).where(Idea.id == idea_id, *still).values(comment_count=Idea.comment_count + change)
    if db.session.execute(counted).rowcount != 1:  # type: ignore[attr-defined]
        raise CommentRefusal.MERGED.as_error()
