"""Insights over HTTP: everybody reads them; their writer takes them back, the buddy says whether to be named."""

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.rules import day_in
from portal.errors import Invalid
from portal.frontline import insight_queries, insights
from portal.frontline.debrief_forms import BecomeForm, CreditForm
from portal.frontline.insight_page_views import insight_page
from portal.frontline.insight_queries import Wanted
from portal.frontline.insight_words import QUERY_CHARS_MAX, Became
from portal.frontline.words import InsightKind
from portal.people import queries as people
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.forms import CONTROLS
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("insights", __name__)
FILTERS = ("q", "site", "queue", "kind", "by", "became")
Word = TypeVar("Word", bound=StrEnum)


@bp.get("/insights")
@requires("insight.see")
def index() -> ResponseReturnValue:
    """What executives learned at the frontline, the newest first."""
    viewer, after = the_viewer(), request.args.get("after")
    wanted = _wanted()
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    lines, following = insight_queries.insights_page(viewer, wanted, cursor=after)
    return render_template(
        "frontline/insights.html", lines=lines, wanted=wanted, kept=kept, here="insights", today=_today(viewer),
        kinds=[(kind.value, kind.label) for kind in InsightKind],
        becames=[(one.value, one.label) for one in Became], sites=[(site.id, site.name) for site in people.sites()],
        queues=[(queue, queue) for queue in insight_queries.queues()],
        writers=[(row.id, row.name) for row in insight_queries.writers()],
        hosts=insight_queries.is_asked(viewer),
        more=url_for(".index", after=following, **kept) if following else None,
        first=url_for(".index", **kept) if after else None,
    )  # fmt: skip


@bp.get("/insights/<int:number>")
@requires("insight.see")
def show(number: int) -> ResponseReturnValue:
    """One insight, with what became of it."""
    return insight_page(the_viewer(), number, now=clock.now())


@bp.get("/insights/credits")
@requires("insight.credit")
def credits() -> ResponseReturnValue:
    """What came of shifts that the viewer hosted."""
    viewer, after = the_viewer(), request.args.get("after")
    lines, following = insight_queries.credits_page(viewer, cursor=after)
    return render_template(
        "frontline/insight_credits.html", lines=lines, today=_today(viewer), here="insights",
        back_here="/insights/credits", more=url_for(".credits", after=following) if following else None,
        first=url_for(".credits") if after else None,
    )  # fmt: skip


@bp.post("/insights/<int:number>/withdrawal")
@requires("insight.withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    """Take back what an answer became; the answer stays."""
    viewer = the_viewer()
    if not BecomeForm().validate():
        raise Invalid("bad_form", "Send the form again.")
    with writing():
        insights.withdraw(viewer, insight_queries.insight_for(viewer, number), now=clock.now())
    flash("Taken back. Your answer is still in the debrief.")
    return redirect(safe_next(request.form.get("next"), url_for(".index")), 303)


@bp.post("/insights/<int:number>/credit")
@requires("insight.credit")
def credit(number: int) -> ResponseReturnValue:
    """Say whether one wants to be named beside it."""
    viewer, form = the_viewer(), CreditForm()
    if not form.validate():
        raise Invalid("bad_choice", "Choose one of the two.")
    wanted = form.wanted.data == "yes"
    with writing():
        insight = insight_queries.insight_for(viewer, number)
        insights.answer_credit(viewer, insight, wanted=wanted, now=clock.now())
    flash("Your name stands beside it." if wanted else "Your name does not stand beside it.")
    return redirect(safe_next(request.form.get("next"), url_for(".show", number=number)), 303)


def _wanted() -> Wanted:
    given = request.args
    text = CONTROLS.sub(" ", given.get("q", ""))[:QUERY_CHARS_MAX].strip()
    queue = CONTROLS.sub("", given.get("queue", ""))[:80] or None
    return Wanted(
        text, _id(given.get("site")), queue, _word(InsightKind, given.get("kind")), _id(given.get("by")),
        _word(Became, given.get("became")),
    )  # fmt: skip


def _id(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid("unknown_filter", "Insights have no such filter.")
    return int(text)


def _word(kind: type[Word], text: str | None) -> Word | None:
    if text and text not in set(kind):
        raise Invalid("unknown_filter", "Insights have no such filter.")
    return kind(text) if text else None


def _today(viewer: Viewer) -> Any:
    return day_in(viewer.timezone, clock.now())
