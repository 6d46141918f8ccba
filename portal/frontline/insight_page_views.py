"""The page of one insight, also where a decision about it was refused."""

from datetime import datetime

from flask import render_template

from portal.commitments.rules import day_in
from portal.errors import DomainError
from portal.frontline import insight_moderation_queries, insight_queries
from portal.frontline.debrief_forms import HideForm
from portal.frontline.debrief_rules import undo_refusal
from portal.people.viewer import Viewer


def insight_page(
    viewer: Viewer, number: int, *, now: datetime, form: HideForm | None = None, refusal: DomainError | None = None
) -> str:
    """One insight, with what became of it. Raises Missing. form: a decision that came back."""
    line = insight_queries.line_of(viewer, number)
    may_hide = insight_moderation_queries.may_moderate(viewer, line)
    return render_template(
        "frontline/insight.html", line=line, here="insights", today=day_in(viewer.timezone, now),
        may_undo=line.mine and undo_refusal(line.kind, line.made_at, withdrawn=False, now=now) is None,
        decided=insight_moderation_queries.last_decision(number) if line.hidden else None,
        form=(form or HideForm(formdata=None)) if may_hide or form else None, refusal=refusal,
        back_here=f"/insights/{number}",
    )  # fmt: skip
