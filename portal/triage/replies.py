"""The first human reply to an idea: answered, promised to be fixed here, or left to the swarm. In public, once."""

from datetime import date, datetime

from sqlalchemy import exists, select

from portal.commitments.rules import NewPromise
from portal.db import db, insert_if_new
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.service import is_author
from portal.ideas.words import StoryKind
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.triage import local_fix
from portal.triage.lane_scope import said_where
from portal.triage.local_fix_models import LocalFix
from portal.triage.models import Decision, Reply, ReplyKind
from portal.triage.policy import MAY
from portal.triage.reply_rules import ReplyFacts, ReplyRefusal, reply_refusal, words_refusal

TOLD_AS = {ReplyKind.ANSWERED: StoryKind.REPLIED, ReplyKind.LEFT_TO_SWARM: StoryKind.LEFT_TO_SWARM}


def reply(
    viewer: Viewer, idea: Idea, kind: ReplyKind, words: str, now: datetime, *, due_on: date | None = None
) -> Reply:
    """Give the first reply where the idea was said. words: of a fix, the sentence that is promised until `due_on`.

    Raises Refused (`not_allowed`), the refusals of `ReplyRefusal`, and for a fix those of a local promise.
    """
    demand(MAY, "reply.give", viewer, said_where(idea))
    refused = reply_refusal(facts_of(viewer, idea))
    if refused is None and kind is not ReplyKind.FIXED_HERE:
        refused = words_refusal(words, needed=kind is ReplyKind.ANSWERED)
    if refused is not None:
        raise refused.as_error()
    if kind is ReplyKind.FIXED_HERE:
        if due_on is None:
            raise ReplyRefusal.FIX_NEEDS_A_DATE.as_error()
        local_fix.promise(viewer, idea, idea.site_id or 0, NewPromise(words, due_on), now=now)
    given = _keep(viewer, idea, kind, words, now)
    if given is None:
        raise ReplyRefusal.ALREADY_REPLIED.as_error()
    if kind in TOLD_AS:
        story.record(idea.id, TOLD_AS[kind], now=now, actor_id=viewer.id, words=given.words)
    db.session.flush()
    return given


def fix_here(viewer: Viewer, idea: Idea, site_id: int, words: str, due_on: date, *, now: datetime) -> LocalFix:
    """Promise to fix it at a site of one's own; where the idea was said there and nobody has replied, this replies.

    Raises the refusals of `local_fix.promise`.
    """
    made = local_fix.promise(viewer, idea, site_id, NewPromise(words, due_on), now=now)
    if idea.site_id == site_id and reply_refusal(facts_of(viewer, idea)) is None:
        _keep(viewer, idea, ReplyKind.FIXED_HERE, words, now)
    return made


def facts_of(viewer: Viewer, idea: Idea) -> ReplyFacts:
    """What decides whether the viewer can give the first reply; one query."""
    replied = exists().where(Reply.idea_id == idea.id)
    decided = exists().where(Decision.idea_id == idea.id, Decision.undone_at.is_(None))
    row = db.session.execute(select(replied.label("replied"), decided.label("decided"))).one()
    return ReplyFacts(
        stage=idea.stage.value, hidden=idea.hidden_at is not None, own=is_author(viewer, idea), replied=row.replied,
        decided=row.decided,
    )  # fmt: skip


def _keep(viewer: Viewer, idea: Idea, kind: ReplyKind, words: str, now: datetime) -> Reply | None:
    """The reply as a row; None where somebody was faster."""
    values = {"idea_id": idea.id, "kind": kind, "by_id": viewer.id, "at": now, "words": words.strip()}
    made = insert_if_new(Reply, values, key=("idea_id",))
    return db.session.get_one(Reply, made) if made is not None else None
