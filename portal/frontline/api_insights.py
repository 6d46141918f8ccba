"""The interface to insights: what executives learned at the frontline, and what became of it."""

from datetime import date
from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import insight_queries, insights
from portal.frontline.insight_queries import InsightLine, Wanted
from portal.frontline.insight_words import QUERY_CHARS_MAX, Became
from portal.frontline.words import Credit, InsightKind
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.web.api import AskedNumber, Line, Moment, NumberPath, PageAsked, Sent, Shown, api, listed, page_of, shown
from portal.web.transactions import writing

bp = api("insights", "What executives learned at the frontline. Everybody reads it once a debrief is finished.")
READS, WRITES = Scope.SHIFTS_READ, Scope.SHIFTS_WRITE


class InsightsAsked(PageAsked):
    """Which insights."""

    q: str = Field("", max_length=QUERY_CHARS_MAX, pattern=r"^[^\u0000]*$", description="Every word of it is in it.")
    site: AskedNumber | None = None
    queue: Line | None = Field(None, max_length=80)
    kind: InsightKind | None = None
    by: AskedNumber | None = Field(None, description="Whose.")
    became: Became | None = Field(None, description="Where what came of it stands now.")


class InsightWriterShown(Shown):
    """Who had the shift."""

    number: int
    name: str


class InsightSiteShown(Shown):
    """Where."""

    number: int
    name: str


class InsightShown(Shown):
    """Something that somebody with power learned at the frontline, and what it became."""

    number: int
    kind: InsightKind
    became: Became
    words: str
    by: InsightWriterShown
    buddy: str | None = Field(description="Who hosted the shift, where they want to be named.")
    site: InsightSiteShown
    queue: str
    shift: int
    shift_at: Moment
    made_at: Moment
    idea: int | None
    title: str | None = Field(description="Of the idea.")
    commitment: int | None
    promise: str | None
    due_on: date | None
    stop: int | None = Field(description="The stop signal that it answers.")
    hidden: bool = Field(description="By moderation: its writer and those who moderate still read it.")


class HostedInsightShown(InsightShown):
    """The same, for whoever hosted the shift. credit: whether they want to be named."""

    credit: Credit


class InsightCreditSent(Sent):
    """Whether one wants to be named."""

    wanted: bool


@bp.get("/insights", responses={200: page_of(InsightShown)})
@requires("insight.see", scope=READS)
def list_insights(query: InsightsAsked) -> Response:
    """What executives learned, the newest first."""
    wanted = Wanted(query.q.strip(), query.site, query.queue, query.kind, query.by, query.became)
    lines, following = insight_queries.insights_page(the_viewer(), wanted, limit=query.limit, cursor=query.cursor)
    return listed([insight_shown(line) for line in lines], following)


@bp.get("/insights/<int:number>", responses={200: InsightShown})
@requires("insight.see", scope=READS)
def see_insight(path: NumberPath) -> Response:
    """One insight."""
    return shown(insight_shown(insight_queries.line_of(the_viewer(), path.number)))


@bp.post("/insights/<int:number>/withdrawal", responses={204: None})
@requires("insight.withdraw", scope=WRITES)
def withdraw_insight(path: NumberPath) -> Any:
    """Take back what an answer became, and with it the idea or the promise; the answer stays in the debrief.

    409 `answer_stands`, `promise_stands`, `already_promoted`, `has_joined_ideas`, `changed_meanwhile`.
    """
    viewer = the_viewer()
    with writing():
        insights.withdraw(viewer, insight_queries.insight_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.get("/me/hosted-insights", responses={200: page_of(HostedInsightShown)})
@requires("insight.credit", scope=READS)
def list_hosted_insights(query: PageAsked) -> Response:
    """What came of shifts that one hosted, the newest first."""
    lines, following = insight_queries.credits_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_hosted(line) for line in lines], following)


@bp.put("/insights/<int:number>/credit", responses={200: HostedInsightShown})
@requires("insight.credit", scope=WRITES)
def answer_insight_credit(path: NumberPath, body: InsightCreditSent) -> Response:
    """Whoever hosted the shift says whether they want to be named, as often as they like (403 `not_asked`)."""
    viewer = the_viewer()
    with writing():
        insight = insight_queries.insight_for(viewer, path.number)
        insights.answer_credit(viewer, insight, wanted=body.wanted, now=clock.now())
        answer = _hosted(insight_queries.line_of(viewer, path.number))
    return shown(answer)


def insight_shown(line: InsightLine) -> InsightShown:
    """The shape of an insight."""
    return InsightShown(**_facts(line))


def _hosted(line: InsightLine) -> HostedInsightShown:
    return HostedInsightShown(**_facts(line), credit=line.credit)


def _facts(line: InsightLine) -> dict[str, Any]:
    return {
        "number": line.number, "kind": line.kind, "became": line.became, "words": line.words,
        "by": InsightWriterShown(number=line.by_id, name=line.by), "buddy": line.buddy,
        "site": InsightSiteShown(number=line.site_id, name=line.site), "queue": line.queue, "shift": line.slot,
        "shift_at": line.shift_at, "made_at": line.made_at, "idea": line.idea, "title": line.title,
        "commitment": line.promise, "promise": line.sentence, "due_on": line.due_on, "stop": line.stop,
        "hidden": line.hidden,
    }  # fmt: skip
