"""The interface to looking after thanks: what was reported, and deciding about it."""

from flask import Response
from pydantic import Field

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.rewards import thanks_queries as queries
from portal.rewards import thanks_service as service
from portal.rewards.thanks_queries import Reported
from portal.rewards.thanks_rules import WORDS_CHARS_MAX, WORDS_CHARS_MIN
from portal.rewards.thanks_service import ThanksDecision
from portal.web.api import Line, Moment, NumberPath, PageAsked, Sent, Shown, api, listed, page_of

bp = api("looking-after-thanks", "Thanks that somebody asked to look at, or that are hidden.")


class ThanksDecisionSent(Sent):
    """What is decided, with the reason. Keep: what was asked about it is answered."""

    decision: ThanksDecision
    reason: Line = Field(min_length=WORDS_CHARS_MIN, max_length=WORDS_CHARS_MAX)


class ReportedThanksShown(Shown):
    """A thanks with what was asked about it. Who asked is not told."""

    number: int
    by: str
    to: str
    words: str
    hidden_at: Moment | None
    hidden_reason: str
    reports: list[str]


class ThanksDecidedShown(Shown):
    """What was decided."""

    number: int
    decision: ThanksDecision
    hidden_at: Moment | None


@bp.get("/thanks/reports", responses={200: page_of(ReportedThanksShown)})
@requires("thanks.moderate", scope=Scope.REWARDS_READ)
def list_reported_thanks(query: PageAsked) -> Response:
    """What somebody is asked to look at, and what is hidden, the newest first."""
    found, following = queries.reported(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(one) for one in found], following)


@bp.post("/thanks/<int:number>/decisions", responses={201: ThanksDecidedShown})
@requires("thanks.moderate", scope=Scope.REWARDS_WRITE)
def decide_about_thanks(path: NumberPath, body: ThanksDecisionSent) -> Response:
    """Hide, show again or keep it (403 `own_thanks`; 409 `already_hidden`, `not_hidden`, `not_reported`)."""
    viewer = the_viewer()

    def run() -> ThanksDecidedShown:
        row = queries.thanks_to_moderate(viewer, path.number)
        service.decide(viewer, row, body.decision, body.reason, now=clock.now())
        return ThanksDecidedShown(number=row.id, decision=body.decision, hidden_at=row.hidden_at)

    return once(run, status=201)


def _shown(one: Reported) -> ReportedThanksShown:
    said = one.said
    return ReportedThanksShown(
        number=said.id, by=said.from_name, to=said.to_name, words=said.words, hidden_at=one.hidden_at,
        hidden_reason=one.hidden_reason, reports=[words for words, _ in one.reports],
    )  # fmt: skip
