"""The interface to debriefs: one's own, answer by answer, and what each answer becomes."""

from datetime import datetime

from flask import Response
from pydantic import Field

from portal import clock
from portal.commitments.rules import SENTENCE_CHARS_MAX
from portal.frontline import debriefs
from portal.frontline.api_insights import InsightShown, insight_shown
from portal.frontline.debrief_queries import DebriefPage, debrief_page
from portal.frontline.debrief_rules import PLACES_MAX, WORDS_MAX, WORDS_MIN
from portal.frontline.debrief_spotting import refuse_personal_data
from portal.frontline.insight_queries import line_of
from portal.frontline.insights import Becoming
from portal.frontline.words import DebriefQuestion, InsightKind
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import (
    AskedPath,
    Day,
    Moment,
    Number,
    NumberPath,
    Sent,
    Shown,
    Words,
    api,
    shown,
)
from portal.web.transactions import writing

bp = api("debriefs", "What a shift taught whoever took it: their own to write, nobody else’s to read.")
INSIST = "Save it although it seems to hold personal data."
READS, WRITES = Scope.SHIFTS_READ, Scope.SHIFTS_WRITE


class AnswerPath(AskedPath):
    """Which answer of which shift."""

    number: Number = Field(description="Of the shift.")
    question: DebriefQuestion
    place: int = Field(
        ge=1,
        le=PLACES_MAX,
        description="Several surprises are several answers, from 1. Only the first question has one alone.",
    )


class DebriefAnswerSent(Sent):
    """One answer, in place of what stood there."""

    words: Words = Field(min_length=WORDS_MIN, max_length=WORDS_MAX)
    insist: bool = Field(False, description=INSIST)


class BecomingSent(Sent):
    """What an answer becomes."""

    kind: InsightKind
    words: Words = Field("", max_length=WORDS_MAX, description="As everybody reads it; empty: the answer as it stands.")
    stop: Number | None = Field(None, description="For an answer to a stop signal: of `GET /stops/waiting`.")
    promise: Words = Field("", max_length=SENTENCE_CHARS_MAX, description="For a promise; empty: the words.")
    due_on: Day | None = Field(None, description="For a promise: after today, within a year.")
    insist: bool = Field(False, description=INSIST)


class DebriefAnswerShown(Shown):
    """A saved answer, and what it became."""

    question: DebriefQuestion
    place: int
    words: str
    saved_at: Moment
    insight: InsightShown | None


class DebriefShown(Shown):
    """One's own debrief. started_at null: nothing is saved yet. finished_at null: nobody else reads it yet."""

    shift: int
    site: str
    queue: str
    started_at: Moment | None
    finished_at: Moment | None
    answers: list[DebriefAnswerShown]


@bp.get("/shifts/<int:number>/debrief", responses={200: DebriefShown})
@requires("debrief.write", scope=READS)
def see_debrief(path: NumberPath) -> Response:
    """One's own debrief of a shift (403 `no_seat`; 409 `not_started`, `not_there`)."""
    return shown(_debrief(the_viewer(), path.number, clock.now()))


@bp.post("/shifts/<int:number>/debrief", responses={201: DebriefShown})
@requires("debrief.write", scope=WRITES)
def start_debrief(path: NumberPath) -> Response:
    """Begin the debrief of one's seat; twice is the same as once (403 `no_seat`; 409 `not_started`, `not_there`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> DebriefShown:
        debriefs.start(viewer, path.number, now=now)
        return _debrief(viewer, path.number, now)

    return once(verb, status=201)


@bp.put("/shifts/<int:number>/debrief/answers/<question>/<int:place>", responses={200: DebriefShown})
@requires("debrief.write", scope=WRITES)
def save_debrief_answer(path: AnswerPath, body: DebriefAnswerSent) -> Response:
    """Save one answer by itself; personal data is asked about first (409 `has_become`; 422 `personal_data`)."""
    viewer, now = the_viewer(), clock.now()
    refuse_personal_data(viewer, path.number, body.words, insists=body.insist, field="words")
    with writing():
        debrief = debriefs.start(viewer, path.number, now=now)
        debriefs.answer(viewer, debrief, path.question, body.words, place=path.place, now=now)
        answer = _debrief(viewer, path.number, now)
    return shown(answer)


@bp.delete("/shifts/<int:number>/debrief/answers/<question>/<int:place>", responses={200: DebriefShown})
@requires("debrief.write", scope=WRITES)
def take_out_debrief_answer(path: AnswerPath) -> Response:
    """Take an answer out again (409 `has_become`)."""
    viewer, now = the_viewer(), clock.now()
    with writing():
        debriefs.take_out(viewer, debriefs.start(viewer, path.number, now=now), path.question, place=path.place)
        answer = _debrief(viewer, path.number, now)
    return shown(answer)


@bp.post("/shifts/<int:number>/debrief/answers/<question>/<int:place>/insights", responses={201: InsightShown})
@requires("debrief.write", scope=WRITES)
def turn_answer_into(path: AnswerPath, body: BecomingSent) -> Response:
    """Let an answer become an idea, an answer to a stop signal, a promise of one's own or a note.

    403 `own_stop`, `out_of_reach`, `not_allowed`; 409 `has_become`, `cannot_promise`, `already_answered`, `taken_back`;
    422 `kept_for_you`, `no_stop`, `no_date`, `date_not_after_today`, `date_too_far`,
    `sentence_too_short`, `sentence_too_long`, `personal_data`.
    """
    viewer, now = the_viewer(), clock.now()
    for name, text in (("words", body.words), ("promise", body.promise)):
        refuse_personal_data(viewer, path.number, text, insists=body.insist, field=name)
    becoming = Becoming(body.words, body.stop, body.promise, body.due_on)

    def verb() -> InsightShown:
        debrief = debriefs.start(viewer, path.number, now=now)
        answer = debriefs.answer_at(viewer, debrief, path.question, path.place)
        made = debriefs.turn_into(viewer, answer, body.kind, becoming, now=now)
        return insight_shown(line_of(viewer, made.id))

    return once(verb, status=201)


@bp.post("/shifts/<int:number>/debrief/finish", responses={200: DebriefShown})
@requires("debrief.write", scope=WRITES)
def finish_debrief(path: NumberPath) -> Response:
    """This is all: everybody reads it, and what nothing was chosen for becomes a note (409 `nothing_written`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> DebriefShown:
        debriefs.finish(viewer, debriefs.start(viewer, path.number, now=now), now=now)
        return _debrief(viewer, path.number, now)

    return once(verb)


def _debrief(viewer: Viewer, number: int, now: datetime) -> DebriefShown:
    page: DebriefPage = debrief_page(viewer, number, now=now)
    answers = [
        DebriefAnswerShown(
            question=one.question, place=one.place, words=one.words, saved_at=one.saved_at,
            insight=insight_shown(one.insight) if one.insight else None,
        )
        for one in page.answers
    ]  # fmt: skip
    return DebriefShown(
        shift=page.slot, site=page.site, queue=page.queue, started_at=page.started_at, finished_at=page.finished_at,
        answers=answers,
    )  # fmt: skip
