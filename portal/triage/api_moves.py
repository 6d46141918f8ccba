"""The interface to what goes with an answer: asking back, taking back, notes, and one's keys."""

from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.swarm import merging
from portal.triage import ask, assessments, keys, queries, undo
from portal.triage.assessments import Noted
from portal.triage.keys_rules import KeyAction, Keys
from portal.triage.moves_rules import (
    ANSWER_CHARS_MAX,
    ANSWER_CHARS_MIN,
    ASSESSMENT_CHARS_MAX,
    QUESTION_CHARS_MAX,
    QUESTION_CHARS_MIN,
    REPLY_DAYS,
    REPLY_DAYS_MAX,
    UNDO,
    Opinion,
)
from portal.triage.question_queries import QuestionView, question_for, waiting_for
from portal.web.api import (
    Line,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    Words,
    api,
    listed,
    page_of,
    shown,
)
from portal.web.transactions import writing

bp = api("triage", "Asking back before an answer, taking an answer back, notes, keys.")


class QuestionSent(Sent):
    """What is asked back. It stops the answer's clock, once for each idea."""

    question: Words = Field(min_length=QUESTION_CHARS_MIN, max_length=QUESTION_CHARS_MAX)
    expert: Number | None = Field(None, description="Somebody who knows it; null: the author, whoever that is.")
    days: Number = Field(REPLY_DAYS, le=REPLY_DAYS_MAX, description="Working days until the clock goes on.")


class QuestionAnswerSent(Sent):
    """What one was asked."""

    words: Words = Field(min_length=ANSWER_CHARS_MIN, max_length=ANSWER_CHARS_MAX)


class QuestionShown(Shown):
    """A question before an answer. expert: null for the author, who is never named here."""

    number: int
    idea: int
    title: str
    words: str
    by: str
    expert: str | None
    asked_at: Moment
    reply_by: Moment
    answer: str
    answered_at: Moment | None
    mine: bool = Field(description="It was put to the key's person.")
    taken_back: bool


class QuestionWaiting(Shown):
    """Something that the key's person was asked and has not answered."""

    number: int
    idea: int
    title: str
    words: str
    reply_by: Moment


class TakenBack(Shown):
    """The idea that waits again."""

    idea: int


class MoveMerged(Shown):
    """One idea has joined another one."""

    number: int = Field(description="Of the merge, for `POST /merges/{number}/undo`.")
    idea: int
    into: int


class MergeMoveSent(Sent):
    """Which idea it joins."""

    into: Number


class AssessmentSent(Sent):
    """What one thinks, without deciding."""

    opinion: Opinion
    words: Words = Field("", max_length=ASSESSMENT_CHARS_MAX)


class NoteShown(Shown):
    """What one executive thinks."""

    by: str
    opinion: Opinion
    words: str
    at: Moment


class AssessmentsShown(Shown):
    """One's own note, and those of others: an empty list before one's own."""

    idea: int
    own: NoteShown | None
    others: list[NoteShown]


class KeySent(Sent):
    """The key of one action."""

    action: KeyAction
    key: Line = Field(min_length=1, max_length=10, description="One letter or sign, no digit.")


class KeysSent(Sent):
    """Other keys for some actions, and whether single keys do anything."""

    on: bool = True
    keys: list[KeySent] = Field([], max_length=20)


class KeysShown(Shown):
    """on: single keys do something in triage."""

    on: bool
    keys: dict[str, str]


@bp.post("/ideas/<int:number>/questions", responses={201: QuestionShown})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def ask_back(path: NumberPath, body: QuestionSent) -> Response:
    """Ask the author or an expert before deciding (409 `already_decided`, `not_promoted`, `asked_once`).

    422 `no_author` where nobody is stored as the author, `unknown_expert`, `asks_yourself`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> QuestionShown:
        idea = queries.answerable(viewer, path.number)
        made = ask.ask(viewer, idea, body.question, expert_id=body.expert, days=body.days, now=now)
        return _question(question_for(viewer, made.id))

    return once(verb, status=201)


@bp.get("/questions", responses={200: page_of(QuestionWaiting)})
@requires("question.see", scope=Scope.IDEAS_READ)
def list_questions(query: PageAsked) -> Response:
    """What the key's person was asked and has not answered, the newest first."""
    rows, following = waiting_for(the_viewer(), limit=query.limit, cursor=query.cursor)
    items = [
        QuestionWaiting(number=row.id, idea=row.idea_id, title=row.title, words=row.words, reply_by=row.reply_by)
        for row in rows
    ]
    return listed(items, following)


@bp.get("/questions/<int:number>", responses={200: QuestionShown})
@requires("question.see", scope=Scope.IDEAS_READ)
def see_question(path: NumberPath) -> Response:
    """One question; 404 but for whoever was asked and whoever may answer the idea."""
    return shown(_question(question_for(the_viewer(), path.number)))


@bp.post("/questions/<int:number>/answers", responses={201: QuestionShown})
@requires("question.answer", scope=Scope.IDEAS_WRITE)
def answer_question(path: NumberPath, body: QuestionAnswerSent) -> Response:
    """Answer what one was asked (403 `not_asked`; 409 `already_answered`, `question_undone`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> QuestionShown:
        ask.answer(viewer, question_for(viewer, path.number).question, body.words, now=now)
        return _question(question_for(viewer, path.number))

    return once(verb, status=201)


@bp.post("/questions/<int:number>/undo", responses={201: TakenBack})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def undo_asking(path: NumberPath) -> Response:
    """Take one's question back within ten minutes (403 `not_your_decision`; 410 `undo_over`; 409 `already_undone`,
    `question_answered`)."""
    viewer, now = the_viewer(), clock.now()
    return once(lambda: TakenBack(idea=undo.undo_question(viewer, path.number, now=now).idea_id), status=201)


@bp.post("/decisions/<int:number>/undo", responses={201: TakenBack})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def undo_deciding(path: NumberPath) -> Response:
    """Take one's answer back within ten minutes, before anybody is told (403 `not_your_decision`; 410 `undo_over`).

    409 `owner_accepted` once the owner has taken the promise on, `already_undone`, `replaced`.
    """
    viewer, now = the_viewer(), clock.now()
    return once(lambda: TakenBack(idea=undo.undo(viewer, path.number, now=now).idea_id), status=201)


@bp.post("/triage/<int:number>/merge", responses={201: MoveMerged})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def merge_in_triage(path: NumberPath, body: MergeMoveSent) -> Response:
    """Let what waits join another idea; the refusals are those of `POST /ideas/{number}/merge`."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> MoveMerged:
        idea = queries.answerable(viewer, path.number)
        made = merging.merge(viewer, idea, body.into, now=now, told_after=UNDO)
        return MoveMerged(number=made.id, idea=made.from_id, into=made.into_id)

    return once(verb, status=201)


@bp.post("/merges/<int:number>/undo", responses={201: TakenBack})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def undo_merging(path: NumberPath) -> Response:
    """Take one's merge apart within ten minutes, before anybody is told (403 `not_your_decision`; 410 `undo_over`).

    409 `already_undone`, `replaced`, `merged_further`, `decided_since`, `changed_meanwhile`.
    """
    viewer, now = the_viewer(), clock.now()
    return once(lambda: TakenBack(idea=undo.undo_merge(viewer, path.number, now=now).from_id), status=201)


@bp.get("/ideas/<int:number>/assessments", responses={200: AssessmentsShown})
@requires("triage.decide", scope=Scope.DECISIONS_READ)
def see_assessments(path: NumberPath) -> Response:
    """One's own note about an idea, and with it those of other executives."""
    viewer = the_viewer()
    idea = queries.answerable(viewer, path.number)
    own, others = assessments.noted(viewer, idea.id)
    return shown(AssessmentsShown(idea=idea.id, own=_note(own) if own else None, others=[_note(one) for one in others]))


@bp.put("/ideas/<int:number>/assessment", responses={204: None})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def note_assessment(path: NumberPath, body: AssessmentSent) -> Any:
    """Note what one thinks, or change it while the idea waits (409 `already_decided`, `not_promoted`)."""
    viewer = the_viewer()
    with writing():
        idea = queries.answerable(viewer, path.number)
        assessments.note(viewer, idea, body.opinion, body.words, now=clock.now())
    return "", 204


@bp.get("/triage/keys", responses={200: KeysShown})
@requires("triage.keys", scope=Scope.DECISIONS_READ)
def see_triage_keys() -> Response:
    """One's own single keys of triage."""
    return shown(_keys(keys.keys_of(the_viewer())))


@bp.put("/triage/keys", responses={200: KeysShown})
@requires("triage.keys", scope=Scope.DECISIONS_WRITE)
def choose_triage_keys(body: KeysSent) -> Response:
    """Choose other keys, or none (422 `not_one_key`, `key_twice`); an action that is left out has the usual one."""
    viewer = the_viewer()
    with writing():
        own = keys.choose(viewer, {one.action.value: one.key for one in body.keys}, on=body.on)
    return shown(_keys(own))


def _question(found: QuestionView) -> QuestionShown:
    asked = found.question
    return QuestionShown(
        number=asked.id, idea=asked.idea_id, title=found.title, words=asked.words, by=found.by, expert=found.expert,
        asked_at=asked.at, reply_by=asked.reply_by, answer=asked.answer, answered_at=asked.answered_at,
        mine=found.mine, taken_back=asked.undone_at is not None,
    )  # fmt: skip


def _note(one: Noted) -> NoteShown:
    return NoteShown(by=one.by, opinion=one.opinion, words=one.words, at=one.at)


def _keys(own: Keys) -> KeysShown:
    return KeysShown(on=own.on, keys=dict(own.keys))
