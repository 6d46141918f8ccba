"""The interface to local fixes: what a site promises for itself, and what others may take over."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.commitments.rules import (
    EVIDENCE_CHARS_MAX,
    EVIDENCE_CHARS_MIN,
    REASON_CHARS_MAX,
    REASON_CHARS_MIN,
    SENTENCE_CHARS_MAX,
    SENTENCE_CHARS_MIN,
    CommitmentState,
    Standing,
    day_in,
)
from portal.commitments.scope import organisation_zone
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.triage import local_fix, local_fix_queries, replies
from portal.triage.local_fix_models import LocalFix
from portal.triage.local_fix_queries import FixLine
from portal.web.api import (
    AskedNumber,
    Day,
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

bp = api("local_fixes", "What a site promises for itself; the idea stays with the swarm for all others.")
READS, WRITES = Scope.PROMISES_READ, Scope.PROMISES_WRITE


class FixesAsked(PageAsked):
    """Which local fixes."""

    site: AskedNumber | None = Field(None, description="Of this site alone.")
    idea: AskedNumber | None = Field(None, description="About this idea alone.")
    offered: Annotated[bool, BeforeValidator(lambda text: {"true": True, "false": False}.get(text, text))] = Field(
        False, strict=True, description="Only what other sites may take over."
    )


class FixerShown(Shown):
    """Who promised it."""

    number: int
    name: str


class FixSiteShown(Shown):
    """For which site."""

    number: int
    name: str


class LocalFixShown(Shown):
    """A promise for one site. dates: every date ever named, the oldest first; the last one counts."""

    number: int
    idea: int
    title: str = Field(description="Of the idea.")
    site: FixSiteShown
    owner: FixerShown
    sentence: str
    state: CommitmentState
    standing: Standing
    due_on: date
    dates: list[date]
    live_from: date | None
    adopted_from: int | None = Field(description="The local fix of another site that it was taken over from.")
    made_at: Moment


class LocalFixSent(Sent):
    """A promise for a site of one's own."""

    site: Number = Field(description="A number of `GET /sites`.")
    sentence: Words = Field(min_length=SENTENCE_CHARS_MIN, max_length=SENTENCE_CHARS_MAX)
    due_on: Day = Field(description="After today, within a year.")


class AdoptionSent(Sent):
    """The same for another site."""

    site: Number = Field(description="A number of `GET /sites`.")
    due_on: Day = Field(description="After today, within a year.")


class FixReasonSent(Sent):
    """Why. Everybody reads it."""

    reason: Words = Field(min_length=REASON_CHARS_MIN, max_length=REASON_CHARS_MAX)


class FixDateSent(FixReasonSent):
    """Another day, and why."""

    due_on: Day = Field(description="After today, within a year, and another one than now.")


class FixDoneSent(Sent):
    """Since when it is fixed, and what shows it."""

    live_from: Day = Field(description="Not after today.")
    evidence: Words = Field(min_length=EVIDENCE_CHARS_MIN, max_length=EVIDENCE_CHARS_MAX)


@bp.get("/local-fixes", responses={200: page_of(LocalFixShown)})
@requires("fix.see", scope=READS)
def list_local_fixes(query: FixesAsked) -> Response:
    """What sites have promised for themselves, the newest first."""
    found, following = local_fix_queries.fixes_page(
        the_viewer(), limit=query.limit, cursor=query.cursor, site=query.site, idea=query.idea, offered=query.offered
    )
    today = _today()
    return listed([_shown(line, today) for line in found], following)


@bp.get("/local-fixes/<int:number>", responses={200: LocalFixShown})
@requires("fix.see", scope=READS)
def see_local_fix(path: NumberPath) -> Response:
    """One local fix."""
    return shown(_shown(local_fix_queries.line_of(the_viewer(), path.number), _today()))


@bp.post("/ideas/<int:number>/local-fixes", responses={201: LocalFixShown})
@requires("fix.promise", scope=WRITES)
def promise_local_fix(path: NumberPath, body: LocalFixSent) -> Response:
    """Promise a fix for one's own site; where the idea was said there and nobody has replied, this is the first reply.

    403 `own_idea`; 409 `not_with_the_swarm`, `already_here`; 422 `not_your_site`, `date_not_after_today`,
    `date_too_far`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> LocalFixShown:
        idea = idea_for(viewer, path.number)
        made = replies.fix_here(viewer, idea, body.site, body.sentence, body.due_on, now=now)
        return _shown(local_fix_queries.line_of(viewer, made.id), _today())

    return once(verb, status=201)


@bp.post("/local-fixes/<int:number>/adoptions", responses={201: LocalFixShown})
@requires("fix.promise", scope=WRITES)
def adopt_local_fix(path: NumberPath, body: AdoptionSent) -> Response:
    """Promise for one's own site what another site has done (409 `not_offered`, `not_with_the_swarm`, `already_here`).

    422 `not_your_site`, `date_not_after_today`, `date_too_far`.
    """
    viewer, now = the_viewer(), clock.now()
    return _done(path.number, lambda fix: local_fix.adopt(viewer, fix, body.site, body.due_on, now=now))


@bp.post("/local-fixes/<int:number>/dates", responses={201: LocalFixShown})
@requires("fix.work", scope=WRITES)
def move_date_of_local_fix(path: NumberPath, body: FixDateSent) -> Response:
    """Its owner names another day, with the reason; the old one stays on the record.

    403 `not_the_owner`; 409 `already_delivered`, `already_confirmed`; 422 `same_date`, `date_not_after_today`,
    `date_too_far`.
    """
    viewer, now = the_viewer(), clock.now()
    return _done(path.number, lambda fix: local_fix.move_date(viewer, fix, body.due_on, body.reason, now=now))


@bp.post("/local-fixes/<int:number>/deliveries", responses={201: LocalFixShown})
@requires("fix.work", scope=WRITES)
def deliver_local_fix(path: NumberPath, body: FixDoneSent) -> Response:
    """Its owner says that it is fixed; a second person looks before it counts as kept.

    403 `not_the_owner`; 409 `already_delivered`, `already_confirmed`; 422 `live_in_future`, `live_too_early`.
    """
    viewer, now = the_viewer(), clock.now()
    return _done(path.number, lambda fix: local_fix.deliver(viewer, fix, body.live_from, body.evidence, now=now))


@bp.post("/local-fixes/<int:number>/confirmations", responses={201: LocalFixShown})
@requires("fix.confirm", scope=WRITES)
def confirm_local_fix(path: NumberPath) -> Response:
    """A second person confirms that it is fixed: it is kept, and offered to the other sites.

    403 `second_person` for its owner, `not_a_confirmer`; 409 `not_delivered`, `already_confirmed`.
    """
    viewer, now = the_viewer(), clock.now()
    return _done(path.number, lambda fix: local_fix.confirm(viewer, fix, now=now))


@bp.post("/local-fixes/<int:number>/send-backs", responses={201: LocalFixShown})
@requires("fix.confirm", scope=WRITES)
def send_back_local_fix(path: NumberPath, body: FixReasonSent) -> Response:
    """A second person says that it is not fixed yet, and what is missing; the promise is open again.

    403 `second_person` for its owner, `not_a_confirmer`; 409 `not_delivered`, `already_confirmed`.
    """
    viewer, now = the_viewer(), clock.now()
    return _done(path.number, lambda fix: local_fix.send_back(viewer, fix, body.reason, now=now))


def _done(number: int, verb: Callable[[LocalFix], Any]) -> Response:
    """Load through the viewer, do one thing, show what it was done to or what it made."""
    viewer = the_viewer()

    def change() -> LocalFixShown:
        made = verb(local_fix_queries.fix_for(viewer, number))
        return _shown(local_fix_queries.line_of(viewer, made.id if made is not None else number), _today())

    return once(change, status=201)


def _shown(line: FixLine, today: date) -> LocalFixShown:
    return LocalFixShown(
        number=line.id, idea=line.idea, title=line.title, site=FixSiteShown(number=line.site_id, name=line.site),
        owner=FixerShown(number=line.owner_id, name=line.owner), sentence=line.sentence, state=line.state,
        standing=line.standing(today), due_on=line.course.due_on, dates=[named.due_on for named in line.dates],
        live_from=line.live_from, adopted_from=line.first, made_at=line.made_at,
    )  # fmt: skip


def _today() -> date:
    return day_in(organisation_zone(), clock.now())
