"""The interface to answering: what waits for an executive, the brief, the answer, and every answer there was."""

from collections.abc import Callable
from datetime import date, datetime

from flask import Response

from portal import clock
from portal.commitments.queries import organisation_zone
from portal.commitments.rules import NewPromise, day_in
from portal.commitments.words import PromiseRefusal
from portal.errors import Conflict, DomainError
from portal.ideas.queries import idea_for
from portal.metrics.queries import id_of_code
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.triage import lists, pages, queries, service, standing
from portal.triage.api_shapes import (
    AlarmNoted,
    AlikeShown,
    BriefShown,
    CommitmentSent,
    DeciderShown,
    DecisionShown,
    DeclineSent,
    HardStopShown,
    OwnerShown,
    StopShown,
    VoiceHeard,
    WaitingShown,
)
from portal.triage.clock_queries import answer_of, clock_from
from portal.triage.lists import Answer
from portal.triage.rules import (
    DecisionRefusal,
    NewDecline,
)
from portal.web.api import (
    NumberPath,
    PageAsked,
    api,
    listed,
    page_of,
    shown,
)

bp = api("decisions", "What waits for an executive's answer, and the answers.")


@bp.get("/triage", responses={200: page_of(WaitingShown)})
@requires("triage.see", scope=Scope.DECISIONS_READ)
def list_waiting(query: PageAsked) -> Response:
    """What waits for this executive's answer, the longest waiting first."""
    found, following = queries.waiting_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    now = clock.now()
    items = [
        WaitingShown(
            number=one.number, title=one.title, people=one.people, promoted_at=one.promoted_at,
            answer_due=owed.due_on, late=owed.overdue, answerer=owed.name, carried=one.carried,
        )
        for one in found
        if (owed := clock_from(one.owed, now=now)) is not None
    ]  # fmt: skip
    return listed(items, following)


@bp.get("/triage/<int:number>", responses={200: BriefShown})
@requires("triage.see", scope=Scope.DECISIONS_READ)
def see_brief(path: NumberPath) -> Response:
    """Everything an executive reads before answering; 404 where it is not theirs or was never promoted."""
    brief = queries.brief(the_viewer(), path.number)
    newest = lists.answers_page(path.number, limit=1)[0]
    _, today = _today()
    due, late, answerer = answer_of(path.number, now=clock.now())
    return shown(BriefShown(
        number=brief.number, kind=brief.kind, barrier=brief.barrier, stage=brief.stage, title=brief.title,
        say=brief.say, said_by=brief.byline, said_at=brief.said_at, promoted_at=brief.promoted_at, answer_due=due,
        late=late, answerer=answerer, people=brief.people, teams=brief.teams, sites=brief.sites,
        sites_in_all=brief.sites_in_all, decided=brief.decided, open_stops=brief.open_stops,
        evidence=brief.evidence, line=brief.line, asked_again_at=brief.returned_at,
        cost=pages.cost_words(brief, today),
        stops=[StopShown(reason=reason, sentence=words) for reason, words in brief.stops],
        hard_stops=[HardStopShown(number=one, reason=reason, sentence=words) for one, reason, words in brief.hard],
        colleague=brief.supporting[0] if brief.supporting else None,
        alike=[AlikeShown(number=number, title=title, likeness=like) for number, title, like in brief.alike],
        question=brief.question.number if brief.question else None,
        carried=VoiceHeard(words=brief.carried[0], by=brief.carried[1]) if brief.carried else None,
        voices=[VoiceHeard(words=words, by=who) for words, who in brief.spoken],
        unanswered_stops=brief.unanswered, contested=bool(brief.contested),
        alarms=[AlarmNoted(kind=one.kind, words=one.words, facts=one.facts) for one in brief.alarms],
        answer=_shown(newest[0], path.number) if newest and newest[0].stands else None,
    ))  # fmt: skip


@bp.get("/owners", responses={200: page_of(OwnerShown)})
@requires("triage.decide", scope=Scope.DECISIONS_READ)
def list_owners(query: PageAsked) -> Response:
    """The people whom this executive may give a promise, by name."""
    rows, following = lists.owners_page(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([OwnerShown(number=row.id, name=row.name, job_title=row.job_title) for row in rows], following)


@bp.get("/ideas/<int:number>/decisions", responses={200: page_of(DecisionShown)})
@requires("decision.see", scope=Scope.DECISIONS_READ)
def list_decisions(path: NumberPath, query: PageAsked) -> Response:
    """Every answer that an idea got, the newest first."""
    number = idea_for(the_viewer(), path.number).number
    answers, following = lists.answers_page(number, limit=query.limit, cursor=query.cursor)
    return listed([_shown(answer, number) for answer in answers], following)


@bp.post("/ideas/<int:number>/commitments", responses={201: DecisionShown})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def commit_to_idea(path: NumberPath, body: CommitmentSent) -> Response:
    """Answer with a promise, in public. Whoever is second gets 409 `already_decided`, with the first answer in words.

    422 `unknown_owner`, `unknown_metric`, `date_not_after_today`, `date_too_far`; 409 `not_promoted`, `open_stops`.
    Nobody is told within ten minutes: see `POST /decisions/{number}/undo`.
    """
    viewer, now, today = the_viewer(), clock.now(), _today()[1]

    def verb() -> DecisionShown:
        promise = NewPromise(body.promise, body.due_on, _metric(body.metric))
        idea = queries.answerable(viewer, path.number)
        accepted = body.accepted_stops
        service.commit_to(viewer, idea, body.owner, promise, today=today, now=now, accepted=accepted)
        return _newest(path.number)

    return _answered(path.number, verb, now)


@bp.post("/ideas/<int:number>/declines", responses={201: DecisionShown})
@requires("triage.decide", scope=Scope.DECISIONS_WRITE)
def decline_idea(path: NumberPath, body: DeclineSent) -> Response:
    """Answer with a no, in public. Whoever is second gets 409 `already_decided`, with the first answer in words.

    422 `look_again_needed`, `look_again_not_after_today`, `look_again_too_far`, `gap_left`; 409 `not_promoted`.
    Nobody is told within ten minutes: see `POST /decisions/{number}/undo`.
    """
    viewer, now, today = the_viewer(), clock.now(), _today()[1]
    answer = NewDecline(body.reason, body.sentence, body.would_change, body.look_again_on)

    def verb() -> DecisionShown:
        service.decline(viewer, queries.answerable(viewer, path.number), answer, today=today, now=now)
        return _newest(path.number)

    return _answered(path.number, verb, now)


def _today() -> tuple[str, date]:
    zone = organisation_zone()
    return zone, day_in(zone, clock.now())


def _metric(code: str | None) -> int | None:
    if code is None:
        return None
    found = id_of_code(code)
    if found is None:
        raise PromiseRefusal.UNKNOWN_METRIC.as_error()
    return found


def _answered(number: int, verb: Callable[[], DecisionShown], now: datetime) -> Response:
    try:
        return once(verb, status=201)
    except Conflict as refusal:
        raise _with_the_first_answer(number, refusal, now) from refusal


def _with_the_first_answer(number: int, refusal: Conflict, now: datetime) -> DomainError:
    """The page shows the first answer beside what was typed; a program reads it in the message."""
    told = pages.answered_context(standing.standing_decision(number), number, now=now)
    if refusal.code != DecisionRefusal.ALREADY_DECIDED or told is None:
        return refusal
    why = f" ({told['reason']})" if told["reason"] else ""
    return Conflict(refusal.code, f"{told['text'].removesuffix('.')}{why}: “{told['sentence']}” That answer stands.")


def _newest(number: int) -> DecisionShown:
    return _shown(lists.answers_page(number, limit=1)[0][0], number)


def _shown(answer: Answer, idea: int) -> DecisionShown:
    return DecisionShown(
        number=answer.id, idea=idea, kind=answer.kind, by=DeciderShown(number=answer.by_id, name=answer.by),
        at=answer.at, sentence=answer.sentence, reason=answer.reason, would_change=answer.would_change,
        look_again_on=answer.look_again_on, commitment=answer.commitment_id, stands=answer.stands,
    )  # fmt: skip
