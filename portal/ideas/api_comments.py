"""The interface to what people add to an idea."""

from typing import Any, Literal

from flask import Response
from pydantic import Field

from portal import clock
from portal.ideas import moderating, queries, talking
from portal.ideas.api import INSIST, Reported, ReportSent
from portal.ideas.box import refuse_personal_data
from portal.ideas.moderating import Text
from portal.ideas.queries import comment_for, idea_for
from portal.ideas.shown import CommentView
from portal.ideas.talking import NewComment
from portal.ideas.words import COMMENT_CHARS_MAX, SAY_CHARS_MIN, CommentKind, Names
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import Moment, NumberPath, PageAsked, Sent, Shown, Words, api, listed, page_of
from portal.web.markdown import render_markdown
from portal.web.transactions import writing

bp = api("comments", "Builds, workarounds and questions.")


class CommentSent(Sent):
    """What somebody adds, in Markdown."""

    body: Words = Field(min_length=SAY_CHARS_MIN, max_length=COMMENT_CHARS_MAX, description="Markdown.")
    kind: CommentKind = CommentKind.BUILD
    names: Literal["shown", "hidden"] = Field("hidden", description="Hidden: the name is shown to nobody.")
    insist: bool = Field(False, description=INSIST)


class CommentShown(Shown):
    """A comment. Its words are null where it was taken back or is hidden by moderation."""

    number: int
    idea: int
    kind: CommentKind
    body: str | None = Field(description="Markdown, as it was written.")
    html: str | None = Field(description="The same, as the pages show it.")
    names: Names
    byline: str = Field(description="A name and a place, `The author`, or where it comes from.")
    mine: bool
    state: Literal["shown", "withdrawn", "hidden"]
    at: Moment


@bp.get("/ideas/<int:number>/comments", responses={200: page_of(CommentShown)})
@requires("idea.see", scope=Scope.IDEAS_READ)
def list_comments(path: NumberPath, query: PageAsked) -> Response:
    """What was added to an idea, the oldest first."""
    viewer = the_viewer()
    idea = idea_for(viewer, path.number)
    found, following = queries.comments_page(viewer, idea, after=query.cursor, size=query.limit)
    return listed([_comment(one) for one in found], following)


@bp.post("/ideas/<int:number>/comments", responses={201: CommentShown})
@requires("comment.write", scope=Scope.IDEAS_WRITE)
def add_comment(path: NumberPath, body: CommentSent) -> Response:
    """Add a build, a workaround or a question (409 `idea_withdrawn`, `idea_hidden`; 422 `personal_data`)."""
    viewer, words = the_viewer(), NewComment(body.body, body.kind, Names(body.names))
    idea_for(viewer, path.number)
    refuse_personal_data(viewer, body.body, words.names, insists=body.insist, field="body")

    def verb() -> CommentShown:
        idea = idea_for(viewer, path.number)
        made = talking.add_comment(viewer, idea, words, now=clock.now())
        return _comment(queries.comment_shown(viewer, idea, made.id))

    return once(verb, status=201)


@bp.delete("/comments/<int:number>", responses={204: None})
@requires("comment.withdraw", scope=Scope.IDEAS_WRITE)
def withdraw_comment(path: NumberPath) -> Any:
    """Take a comment of one's own back (403 `not_yours`, 409 `comment_withdrawn`); that it was there stays visible."""
    viewer = the_viewer()
    with writing():
        talking.withdraw_comment(viewer, comment_for(viewer, path.number)[1], now=clock.now())
    return "", 204


@bp.post("/comments/<int:number>/reports", responses={201: Reported})
@requires("idea.report", scope=Scope.IDEAS_WRITE)
def report_comment(path: NumberPath, body: ReportSent) -> Response:
    """Ask those who moderate to look at a comment (409 `own_text`, `already_reported`, `text_withdrawn`)."""
    viewer = the_viewer()

    def verb() -> Reported:
        idea, comment = comment_for(viewer, path.number)
        moderating.report(viewer, Text(idea, comment), body.reason, body.words, now=clock.now())
        return Reported(idea=idea.number, comment=comment.id, reason=body.reason)

    return once(verb, status=201)


def _comment(one: CommentView) -> CommentShown:
    body = one.body or None
    return CommentShown(
        number=one.id, idea=one.number, kind=one.kind, body=body, html=str(render_markdown(body)) if body else None,
        names=one.names, byline=one.byline.text, mine=one.mine, at=one.at,
        state="withdrawn" if one.withdrawn else "hidden" if one.hidden else "shown",
    )  # fmt: skip
