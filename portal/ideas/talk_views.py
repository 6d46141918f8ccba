"""Comments over HTTP."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, DomainError, Gone, Invalid
from portal.ideas import talking
from portal.ideas.box import fresh_key, look
from portal.ideas.forms import CommentForm, WithdrawalForm
from portal.ideas.queries import comment_for, idea_for, idea_view
from portal.ideas.rules import SayRefusal
from portal.ideas.spotting import Finding
from portal.ideas.talking import NewComment
from portal.ideas.words import CommentKind, Names
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.limits import limiter, per_viewer
from portal.web.markdown import render_markdown
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("comments", __name__)
bp.add_app_template_filter(render_markdown, "markdown")


@bp.post("/ideas/<int:number>/comments")
@requires("comment.write")
@limiter.limit("10/minute", key_func=per_viewer)
def add(number: int) -> ResponseReturnValue:
    """Add a build, a workaround or a question; what looks like personal data is asked about first."""
    viewer, form = the_viewer(), CommentForm()
    idea_for(viewer, number)
    if not form.validate():
        return _again(viewer, number, form, status=422)
    names = Names(form.names.data)
    text, findings = look(viewer, form.say.data, names, insists=form.insists, wants_removal=form.wants_removal)
    if findings:
        return _again(viewer, number, form, findings=findings, status=422)
    words = NewComment(text, CommentKind(form.kind.data), names, form.draft_key.data or None)
    try:
        with writing():
            comment_id = talking.add_comment(viewer, idea_for(viewer, number), words, now=clock.now()).id
    except (Conflict, Gone, Invalid) as refusal:
        return _again(viewer, number, form, refusal=refusal, status=status_of(refusal))
    return redirect(url_for("home.idea", number=number, _anchor=f"comment-{comment_id}"), 303)


def _again(
    viewer: Viewer, number: int, form: CommentForm, *, status: int, findings: Sequence[Finding] = (),
    refusal: DomainError | None = None,
) -> ResponseReturnValue:  # fmt: skip
    """The form on a page of its own, with everything that was typed."""
    if form.draft_key.errors or not form.draft_key.data or (refusal and refusal.code == SayRefusal.SENT_BEFORE):
        form.draft_key.data = fresh_key()
    idea = idea_view(viewer, idea_for(viewer, number))
    facts = {"idea": idea, "form": form, "findings": findings, "refusal": refusal}
    return render_template("ideas/comment.html", here="board", **facts), status


@bp.post("/comments/<int:comment_id>/withdrawal")
@requires("comment.withdraw")
def withdraw(comment_id: int) -> ResponseReturnValue:
    """Take a comment back."""
    viewer, form = the_viewer(), WithdrawalForm()
    if not form.validate():
        raise Invalid("bad_reason", "Send the form again.")
    with writing():
        idea, comment = comment_for(viewer, comment_id)
        number = idea.number
        talking.withdraw_comment(viewer, comment, now=clock.now())
    flash("Your comment is taken back.")
    return redirect(url_for("home.idea", number=number, _anchor="talk"), 303)
