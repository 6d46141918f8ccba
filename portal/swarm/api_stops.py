"""The interface to stop signals: what waits for an answer, the answer, and what its giver does then."""

from flask import Response
from pydantic import Field

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.swarm import stop_queries, stops
from portal.swarm.rules import StopReason
from portal.swarm.stop_queries import StopLine
from portal.swarm.stop_rules import WORDS_MAX, WORDS_MIN, StopState
from portal.web.api import Moment, NumberPath, PageAsked, Sent, Shown, Words, api, listed, page_of

bp = api("stops", "Stop signals one by one, and their answers. Never who gave them.")


class AnswerSent(Sent):
    """The answer that everybody reads."""

    words: Words = Field(min_length=WORDS_MIN, max_length=WORDS_MAX)


class AnswerShown(Shown):
    """What was answered."""

    by: str
    words: str
    at: Moment


class StopLineShown(Shown):
    """A stop signal. mine: the key's person gave it; nobody else is told that."""

    number: int
    idea: int
    title: str
    reason: StopReason
    sentence: str = Field(description="Empty while it must stay hidden, or where nothing was written.")
    mine: bool
    state: StopState
    answers: list[AnswerShown]
    kept_at: Moment | None = Field(description="When it was kept in spite of the last answer.")
    may_answer: bool


@bp.get("/stops", responses={200: page_of(StopLineShown)})
@requires("stops.see", scope=Scope.IDEAS_READ)
def list_own_stops(query: PageAsked) -> Response:
    """One's own stop signals that stand or were answered, the newest first."""
    lines, following = stop_queries.own_stops(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(line) for line in lines], following)


@bp.get("/stops/waiting", responses={200: page_of(StopLineShown)})
@requires("stop.answer", scope=Scope.DECISIONS_READ)
def list_waiting_stops(query: PageAsked) -> Response:
    """What waits for an answer that one may give, the newest first."""
    lines, following = stop_queries.waiting_stops(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(line) for line in lines], following)


@bp.get("/ideas/<int:number>/stop-signals", responses={200: page_of(StopLineShown)})
@requires("stops.see", scope=Scope.IDEAS_READ)
def list_stops_of_idea(path: NumberPath) -> Response:
    """The stop signals on an idea one by one, as far as they are shown; none before one has decided."""
    return listed([_shown(line) for line in stop_queries.stops_page(the_viewer(), path.number).stops], None)


@bp.post("/stops/<int:number>/answers", responses={201: StopLineShown})
@requires("stop.answer", scope=Scope.DECISIONS_WRITE)
def answer_stop(path: NumberPath, body: AnswerSent) -> Response:
    """Answer a stop signal, in public (403 `own_stop`, `out_of_reach`; 409 `already_answered`, `taken_back`)."""
    viewer = the_viewer()

    def verb() -> StopLineShown:
        stops.answer_stop(viewer, path.number, body.words, now=clock.now())
        return _one(path.number)

    return once(verb, status=201)


@bp.post("/stops/<int:number>/lifting", responses={200: StopLineShown})
@requires("stop.decide", scope=Scope.VOTES_WRITE)
def lift_stop(path: NumberPath) -> Response:
    """Lift one's own stop signal after an answer (409 `not_answered`, `taken_back`, `closed`)."""
    viewer = the_viewer()

    def verb() -> StopLineShown:
        stops.lift_stop(viewer, path.number, now=clock.now())
        return _one(path.number)

    return once(verb)


@bp.post("/stops/<int:number>/keeping", responses={200: StopLineShown})
@requires("stop.decide", scope=Scope.VOTES_WRITE)
def keep_stop(path: NumberPath) -> Response:
    """Keep one's own stop signal in spite of the answer (409 `not_answered`, `already_kept`, `taken_back`)."""
    viewer = the_viewer()

    def verb() -> StopLineShown:
        stops.keep_stop(viewer, path.number, now=clock.now())
        return _one(path.number)

    return once(verb)


def _one(number: int) -> StopLineShown:
    line = stop_queries.readable_stop(the_viewer(), number)
    assert line is not None
    return _shown(line)


def _shown(line: StopLine) -> StopLineShown:
    return StopLineShown(
        number=line.number, idea=line.idea, title=line.title, reason=line.reason, sentence=line.words, mine=line.mine,
        state=line.state, answers=[AnswerShown(by=one.by, words=one.words, at=one.at) for one in line.answers],
        kept_at=line.kept_at, may_answer=line.may_answer,
    )  # fmt: skip
