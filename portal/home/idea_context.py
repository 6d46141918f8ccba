"""What the template of an idea's page is given: the page's parts in words."""

from datetime import date, datetime
from typing import Any

from portal.home.arc import with_verdict
from portal.home.idea_back import back
from portal.home.idea_clock import clock
from portal.home.idea_floor import floor
from portal.home.idea_merged import merged
from portal.home.idea_occurrences import again
from portal.home.idea_page import IdeaPage
from portal.home.idea_reply import first_reply
from portal.home.idea_rule import rule_box
from portal.ideas.box import MODES, fresh_key
from portal.ideas.earlier_shown import state_before
from portal.ideas.queries import comments_page, hidden_note
from portal.ideas.rules import comment_refusal, edit_refusal, withdraw_refusal
from portal.ideas.service import facts_of, is_author
from portal.ideas.shown import CommentView
from portal.ideas.words import CommentKind, Names, Stage
from portal.impact.queries import what_happened_to
from portal.notices.outcomes import BACKING
from portal.people.viewer import Viewer
from portal.web.dates import day_words, local_day
from portal.web.markdown import render_markdown


def context(viewer: Viewer, page: IdeaPage, *, now: datetime, after: str | None = None) -> dict[str, Any]:
    """Everything that templates/home/idea.html documents, by name. after: the cursor of a later page of comments."""
    idea, zone = page.idea, viewer.timezone
    today = local_day(now, zone)
    measured = page.commitment is not None and page.commitment.metric_id and page.commitment.delivered_at
    happened = what_happened_to(idea.id, today=today, now=now) if measured else None
    comments, more = comments_page(viewer, idea, after=after) if after or idea.first_comment else ([], None)
    return {
        "card": page.card,
        "say": idea.say,
        "meta": [
            f"Barrier: {idea.barrier.label}",
            day_words(idea.said_at, today=today, zone=zone),
            *state_before(idea),
        ],
        "swarm": page.swarm,
        "steps": with_verdict(page.steps, happened.word, bad=happened.tone == "stop") if happened else page.steps,
        "banner": _banner(idea),
        "decline": page.decision,
        "verdict": happened,
        "chart": happened.chart if happened else None,
        "promise": page.promise,
        "clock": clock(idea, zone, now),
        "entries": page.entries,
        "story_href": page.story_href,
        "comments": [_comment(one, idea.id, zone, today) for one in comments],
        "more_comments": f"/ideas/{idea.id}?comments={more}#talk" if more else None,
        "first_comments": f"/ideas/{idea.id}#talk" if after else None,
        "comment": _comment_form(page),
        "may": _may(viewer, idea, now),
        "rule": rule_box(viewer, idea, today=today),
        "back": back(viewer, idea, page.commitment, today=today),
        "floor": floor(page.commitment),
        "again": again(viewer, idea, now=now),
        "first_reply": first_reply(viewer, idea, page.moments, today=today, zone=zone),
        **merged(viewer, idea, now=now),
    }


def _banner(idea: Any) -> dict[str, str] | None:
    if idea.hidden_at is not None and (note := hidden_note(idea)):
        return {
            "text": f"This idea is hidden from the board: {note.reason}",
            "href": "/moderation",
            "label": "Moderation log",
        }
    if idea.stage is Stage.WITHDRAWN:
        return {"text": "You took this idea back. Nobody else can see it.", "href": "", "label": ""}
    return None


def _comment(one: CommentView, number: int, zone: str, today: date) -> dict[str, Any]:
    gone = (
        "This comment was taken back."
        if one.withdrawn
        else "This comment is hidden by a moderator."
        if not one.body
        else ""
    )
    return {
        "id": one.id,
        "who": one.byline.text,
        "sub": "",
        "initials": one.byline.initials,
        "hidden": one.names is not Names.SHOWN,
        "chip": (one.kind.label, "brand" if one.kind is CommentKind.BUILD else ""),
        "say": gone or render_markdown(one.body),
        "gone": bool(gone),
        "when": day_words(one.at, today=today, zone=zone),
        "datetime": one.at.isoformat(timespec="seconds"),
        "mine": one.mine and not one.withdrawn,
        "report_href": "" if gone or one.mine else f"/ideas/{number}/reports?comment={one.id}",
    }


def _comment_form(page: IdeaPage) -> dict[str, Any] | None:
    if comment_refusal(facts_of(page.idea)) is not None:
        return None
    return {
        "words": page.kept_words,
        "modes": MODES,
        "kinds": [(kind.value, kind.label) for kind in CommentKind],
        "draft_key": fresh_key(),
    }


def _may(viewer: Viewer, idea: Any, now: datetime) -> dict[str, Any]:
    """What the viewer may do with the words themselves."""
    facts, mine = facts_of(idea), is_author(viewer, idea)
    sorts = mine or viewer.is_programme
    return {
        "edit_href": f"/ideas/{idea.id}/edit" if edit_refusal(facts, is_author=mine, now=now) is None else None,
        "withdraw": withdraw_refusal(facts, is_author=mine) is None and not idea.has_joined,
        "sort_href": f"/ideas/{idea.id}/sorting" if sorts and idea.stage is Stage.OPEN else None,
        "give": viewer.is_frontline and idea.stage is Stage.OPEN and idea.hidden_at is None,
        "report_href": None if mine else f"/ideas/{idea.id}/reports",
        "unmute": idea.muted,
        "mute": not idea.muted and (mine or bool(idea.follow) or idea.vote in BACKING),
    }
