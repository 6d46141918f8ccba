"""Asking something back before deciding, once for each idea, and answering it.

A question to the author is relayed: whoever asks never learns who was asked, and a hidden author answers as "the
author". The clock of the answer stands still from the question until its answer, or until the day of the reply.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError

from portal.commitments.scope import said_at
from portal.db import db
from portal.ideas import story
from portal.ideas.models import Idea
from portal.ideas.queries import visible_to
from portal.ideas.words import Names, StoryKind
from portal.outbox import service as outbox
from portal.people.calendars import calendar_of
from portal.people.policy import demand
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from portal.triage import rules
from portal.triage.models import Question
from portal.triage.moves_rules import (
    REPLY_DAYS_MAX,
    UNDO,
    QuestionRefusal,
    answer_refusal,
    question_refusal,
    reply_by,
)
from portal.triage.policy import MAY

ASKED = "triage.asked"  # payload: {"question": …}; available once it can no longer be taken back


@dataclass(frozen=True)
class _Where:
    """The node an idea was said at, for the policy."""

    path: str


def ask(
    viewer: Viewer,
    idea: Idea,
    words: str,
    *,
    now: datetime,
    expert_id: int | None = None,
    days: int = REPLY_DAYS_MAX,
) -> Question:
    """Ask the author (expert_id None) or somebody who knows it. days: working days until the clock goes on.

    Raises Conflict `already_decided`, `not_promoted` or `asked_once`, and the refusals of `QuestionRefusal`.
    """
    demand(MAY, "triage.decide", viewer, _Where(said_at(idea.id)))
    if stage := rules.stage_refusal(idea.stage):
        raise stage.as_error()
    if refused := question_refusal(words, days) or _asked_refusal(viewer, idea, expert_id):
        raise refused.as_error()
    _hold(idea)
    made = Question(
        idea_id=idea.id, by_id=viewer.id, at=now, expert_id=expert_id, words=words.strip(),
        reply_by=reply_by(now, days, calendar_of(idea.site_id)),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as error:
        raise QuestionRefusal.ASKED_ONCE.as_error() from error
    facts = {"question": made.id, "reply_by": made.reply_by.isoformat(), "to": "expert" if expert_id else "author"}
    step = story.record(
        idea.id, StoryKind.ASKED, now=now, actor_id=viewer.id, words=made.words, facts=facts, told_after=UNDO
    )
    made.story_id = step.id
    outbox.emit(ASKED, {"question": made.id}, now=now, available_at=now + UNDO)
    db.session.flush()
    return made


def answer(viewer: Viewer, question: Question, words: str, *, now: datetime) -> Question:
    """Answer what one was asked; everybody who may read the idea reads it. The clock goes on.

    Raises Refused `not_asked`, and the refusals of `answer_refusal`.
    """
    demand(MAY, "question.answer", viewer)
    idea = db.session.get_one(Idea, question.idea_id)
    if not is_asked(viewer, question, idea):
        raise QuestionRefusal.NOT_ASKED.as_error()
    refused = answer_refusal(words, answered=question.answered_at is not None, undone=question.undone_at is not None)
    if refused is not None:
        raise refused.as_error()
    open_ = Question.id == question.id, Question.answered_at.is_(None), Question.undone_at.is_(None)
    claim = update(Question).where(*open_).values(answer=words.strip(), answered_at=now)
    if db.session.execute(claim).rowcount != 1:  # type: ignore[attr-defined]
        raise QuestionRefusal.ANSWERED.as_error()
    named = question.expert_id is not None or idea.names is Names.SHOWN
    story.record(
        idea.id, StoryKind.ASK_ANSWERED, now=now, actor_id=viewer.id if named else None, words=words.strip(),
        facts={"question": question.id},
    )  # fmt: skip
    db.session.flush()
    return question


def is_asked(viewer: Viewer, question: Question, idea: Idea) -> bool:
    """Whether the question was put to this viewer. idea: the one it is about."""
    if question.expert_id is not None:
        return question.expert_id == viewer.id
    return idea.author_id is not None and idea.author_id == viewer.id


def _asked_refusal(viewer: Viewer, idea: Idea, expert_id: int | None) -> QuestionRefusal | None:
    once = exists().where(Question.idea_id == idea.id, Question.undone_at.is_(None))
    if db.session.scalar(select(once)):
        return QuestionRefusal.ASKED_ONCE
    if expert_id is None:
        # Not whether they still work here: of a hidden author that would tell who it is not.
        return QuestionRefusal.NO_AUTHOR if idea.author_id is None else None
    if expert_id == viewer.id:
        return QuestionRefusal.IS_YOURSELF
    return None if _may_read(expert_id, idea.id) else QuestionRefusal.UNKNOWN_EXPERT


def _may_read(person_id: int, idea_id: int) -> bool:
    expert = viewer_of(person_id) if 0 < person_id < 2**31 else None
    if expert is None:
        return False
    return db.session.scalar(select(Idea.id).where(Idea.id == idea_id, visible_to(expert))) is not None


def _hold(idea: Idea) -> None:
    """Of one who asks and one who decides at once, one comes second and finds it so."""
    still = update(Idea).where(Idea.id == idea.id, Idea.stage == idea.stage).values(stage=idea.stage)
    if db.session.execute(still).rowcount != 1:  # type: ignore[attr-defined]
        raise rules.DecisionRefusal.ALREADY_DECIDED.as_error()
