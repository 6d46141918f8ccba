"""Verbs of moderation: asking for a look at a text, hiding and restoring it, with a public log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db
from portal.errors import Missing
from portal.ideas import search_index, story, talking
from portal.ideas.models import Comment, Idea, Moderation, Report
from portal.ideas.origin import path_of
from portal.ideas.policy import MAY
from portal.ideas.rules import Action, ModerationRefusal, TextFacts, moderation_refusal, report_refusal
from portal.ideas.words import ReportReason, Stage, StoryKind
from portal.people.policy import demand
from portal.people.viewer import Viewer

STORIES = {Action.HIDE: StoryKind.HIDDEN, Action.RESTORE: StoryKind.RESTORED}


@dataclass(frozen=True)
class Text:
    """What moderation is about: an idea, or one comment on it."""

    idea: Idea
    comment: Comment | None = None

    @property
    def author_id(self) -> int | None:
        """Who wrote it, where that is stored."""
        return self.comment.author_id if self.comment else self.idea.author_id

    @property
    def path(self) -> str:
        """The node of the tree for which somebody must hold the role."""
        return path_of(self.idea)


def report(viewer: Viewer, text: Text, reason: ReportReason, words: str = "", *, now: datetime) -> None:
    """Ask for a look at a text. Raises the refusals of `ModerationRefusal`."""
    demand(MAY, "idea.report", viewer)
    if refusal := report_refusal(_facts(text), is_author=_is_author(viewer, text)):
        raise refusal.as_error()
    comment_id = text.comment.id if text.comment else None
    row = Report(idea_id=text.idea.id, comment_id=comment_id, by_id=viewer.id, reason=reason, words=words, at=now)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise ModerationRefusal.REPORTED.as_error() from None


def moderate(viewer: Viewer, text: Text, action: Action, reason: str, *, now: datetime) -> Moderation:
    """Hide, restore or keep a text, for everybody to see why; returns the line of the log. Closes its open reports.

    Raises Refused `not_allowed` without the role at that node, or the refusals of `ModerationRefusal`.
    """
    demand(MAY, "idea.moderate", viewer, text)
    if text.comment is not None:
        text = Text(text.idea, talking.locked(text.comment.id))
    if refusal := moderation_refusal(action, _facts(text), is_author=_is_author(viewer, text)):
        raise refusal.as_error()
    if action is not Action.KEEP:
        _set_hidden(text, action, now)
    _close_reports(text, now)
    comment_id = text.comment.id if text.comment else None
    row = Moderation(
        idea_id=text.idea.id, comment_id=comment_id, action=action.value, by_id=viewer.id, reason=reason, at=now
    )
    db.session.add(row)
    if action in STORIES:
        facts = {"comment": comment_id} if comment_id is not None else {}
        story.record(text.idea.id, STORIES[action], now=now, actor_id=viewer.id, words=reason, facts=facts)
    db.session.flush()
    return row


def text_of(idea: Idea, comment_id: int | None) -> Text:
    """The idea, or one of its comments; raises Missing for a comment on another idea."""
    if comment_id is None:
        return Text(idea)
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.idea_id != idea.id:
        raise Missing("comment")
    return Text(idea, comment)


def _facts(text: Text) -> TextFacts:
    about = text.comment or text.idea
    withdrawn = text.comment.withdrawn_at is not None if text.comment else text.idea.stage is Stage.WITHDRAWN
    waiting = db.session.scalar(select(func.count()).select_from(Report).where(*_open_reports(text))) or 0
    return TextFacts(about.hidden_at is not None, withdrawn, waiting)


def _open_reports(text: Text) -> list[Any]:
    if text.comment is not None:
        return [Report.comment_id == text.comment.id, Report.closed_at.is_(None)]
    return [Report.idea_id == text.idea.id, Report.comment_id.is_(None), Report.closed_at.is_(None)]


def _close_reports(text: Text, now: datetime) -> None:
    db.session.execute(update(Report).where(*_open_reports(text)).values(closed_at=now))


def _set_hidden(text: Text, action: Action, now: datetime) -> None:
    hide = action is Action.HIDE
    if text.comment is not None:
        text.comment.hidden_at = now if hide else None
        talking.count(text.comment.idea_id, -1 if hide else +1)
        search_index.index_comment(text.comment)
        return
    still = Idea.hidden_at.is_(None) if hide else Idea.hidden_at.is_not(None)
    changed = update(Idea).where(Idea.id == text.idea.id, still).values(hidden_at=now if hide else None)
    if db.session.execute(changed).rowcount != 1:  # type: ignore[attr-defined]
        raise (ModerationRefusal.ALREADY_HIDDEN if hide else ModerationRefusal.NOT_HIDDEN).as_error()
    db.session.refresh(text.idea)
    search_index.index_idea(text.idea)


def _is_author(viewer: Viewer, text: Text) -> bool:
    return text.author_id is not None and text.author_id == viewer.id
