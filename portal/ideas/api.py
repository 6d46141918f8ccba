"""The interface to saying something, and to what may be done with it afterwards.

Reading ideas, and changing their words, is with the board (`portal.home.api`): an answer there shows an idea whole.
"""

from typing import Any, Literal

from flask import Response
from pydantic import Field
from sqlalchemy import select

from portal import clock
from portal.ideas import moderating, service
from portal.ideas.box import refuse_personal_data
from portal.ideas.models import Idea
from portal.ideas.moderating import Text
from portal.ideas.queries import idea_for
from portal.ideas.service import NewIdea, NewSorting
from portal.ideas.words import (
    REASON_CHARS_MAX,
    SAY_CHARS_MAX,
    SAY_CHARS_MIN,
    TITLE_CHARS_MAX,
    Audience,
    Barrier,
    Kind,
    Names,
    ReportReason,
    Stage,
)
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import PREFIX, Line, Number, NumberPath, Problem, Sent, Shown, Words, api, demand_unchanged, shown
from portal.web.links import full
from portal.web.transactions import writing

bp = api("ideas", "Saying something, and what may be done with it afterwards.")
MATCHED = {"x-takes-if-match": True}
INSIST = "Send it although it seems to hold personal data."


class NewIdeaSent(Sent):
    """An idea or a stupid rule. What is left out is guessed from the words, as on the page."""

    say: Words = Field(min_length=SAY_CHARS_MIN, max_length=SAY_CHARS_MAX, description="The words, as they are said.")
    names: Literal["shown", "hidden"] = Field("hidden", description="Hidden: the name is shown to nobody.")
    kind: Kind | None = None
    title: Line | None = Field(None, min_length=1, max_length=TITLE_CHARS_MAX)
    barrier: Barrier | None = None
    site: Number | None = Field(None, description="The site it is about; usually the one its author works at.")
    audience: Audience = Audience.ORGANISATION
    insist: bool = Field(False, description=INSIST)


class SortingSent(Sent):
    """What an idea is sorted as, whole: what is not sent here would not be kept."""

    title: Line = Field(min_length=SAY_CHARS_MIN, max_length=TITLE_CHARS_MAX)
    kind: Kind
    barrier: Barrier
    site: Number | None = Field(description="The site it is about; null for no site in particular.")
    audience: Audience


class WithdrawalSent(Sent):
    """Why it is taken back, if one likes to say so."""

    reason: Line = Field("", max_length=REASON_CHARS_MAX)


class ReportSent(Sent):
    """Why somebody should look at a text."""

    reason: ReportReason
    words: Line = Field("", max_length=REASON_CHARS_MAX, description="Anything they should know.")


class Said(Shown):
    """Where to find what was said. `location`: its address here; `link`: its page."""

    number: int
    title: str
    kind: Kind
    barrier: Barrier
    stage: Stage
    location: str
    link: str


class SortingShown(Shown):
    """What an idea is sorted as."""

    title: str
    kind: Kind
    barrier: Barrier
    site: int | None
    audience: Audience


class StageShown(Shown):
    """Where an idea stands now."""

    number: int
    stage: Stage


class Reported(Shown):
    """A report that waits for those who moderate. `comment` is null where the idea itself is meant."""

    idea: int
    comment: int | None
    reason: ReportReason


@bp.post("/ideas", responses={201: Said})
@requires("idea.say", scope=Scope.IDEAS_WRITE)
def say_idea(body: NewIdeaSent) -> Response:
    """Put an idea on the board; personal data that it seems to hold is asked about first (422 `personal_data`)."""
    viewer, names = the_viewer(), Names(body.names)
    refuse_personal_data(viewer, body.say, names, insists=body.insist, field="say")
    words = NewIdea(body.say, names, body.audience, body.kind, body.title, body.barrier, body.site)
    response = once(lambda: _said(service.say(viewer, words, now=clock.now())), status=201)
    response.headers["Location"] = response.get_json()["location"]
    return response


def _said(idea: Idea) -> Said:
    where = f"/ideas/{idea.number}"
    return Said(number=idea.number, title=idea.title, kind=idea.kind, barrier=idea.barrier, stage=idea.stage,
                location=full(PREFIX + where), link=full(where))  # fmt: skip


@bp.post("/ideas/<int:number>/withdrawal", responses={200: StageShown})
@requires("idea.withdraw", scope=Scope.IDEAS_WRITE)
def withdraw_idea(path: NumberPath, body: WithdrawalSent) -> Response:
    """Take an idea back: its author may until the swarm has carried it (403 `not_yours`, 409 `already_promoted`)."""
    viewer = the_viewer()

    def verb() -> StageShown:
        idea = idea_for(viewer, path.number)
        service.withdraw(viewer, idea, reason=body.reason, now=clock.now())
        return StageShown(number=idea.number, stage=idea.stage)

    return once(verb)


@bp.get("/ideas/<int:number>/sorting", responses={200: SortingShown, 409: Problem})
@requires("idea.sort", scope=Scope.IDEAS_READ)
def see_sorting(path: NumberPath) -> Response:
    """What an idea is sorted as, for those who may correct it (403 `not_yours`, 409 `already_promoted`)."""
    viewer = the_viewer()
    idea = idea_for(viewer, path.number)
    if refusal := service.sorting_refusal(viewer, idea):
        raise refusal.as_error()
    return shown(_sorting(idea))


@bp.put("/ideas/<int:number>/sorting", responses={200: SortingShown}, openapi_extensions=MATCHED)
@requires("idea.sort", scope=Scope.IDEAS_WRITE)
def sort_idea(path: NumberPath, body: SortingSent) -> Response:
    """Correct title, kind, barrier, site and audience: the author until it is carried, the programme at any time.

    The audience is the author's alone, and only gets wider once somebody has voted (409 `audience_has_votes`).
    """
    viewer = the_viewer()
    wanted = NewSorting(body.title, body.kind, body.barrier, body.site, body.audience)
    with writing():
        this = select(Idea.id).where(Idea.id == path.number)
        demand_unchanged(this, lambda: _sorting(idea_for(viewer, path.number)))
        idea = idea_for(viewer, path.number)
        service.sort(viewer, idea, wanted, now=clock.now())
        answer = _sorting(idea)
    return shown(answer)


def _sorting(idea: Idea) -> SortingShown:
    return SortingShown(
        title=idea.title, kind=idea.kind, barrier=idea.barrier, site=idea.site_id, audience=idea.audience
    )


@bp.put("/ideas/<int:number>/follow", responses={204: None})
@requires("idea.follow", scope=Scope.IDEAS_WRITE)
def follow_idea(path: NumberPath) -> Any:
    """Hear what becomes of an idea; twice is the same as once."""
    viewer = the_viewer()
    with writing():
        service.follow(viewer, idea_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.delete("/ideas/<int:number>/follow", responses={204: None})
@requires("idea.follow", scope=Scope.IDEAS_WRITE)
def unfollow_idea(path: NumberPath) -> Any:
    """No longer hear of an idea; twice is the same as once."""
    viewer = the_viewer()
    with writing():
        service.unfollow(viewer, idea_for(viewer, path.number))
    return "", 204


@bp.post("/ideas/<int:number>/reports", responses={201: Reported})
@requires("idea.report", scope=Scope.IDEAS_WRITE)
def report_idea(path: NumberPath, body: ReportSent) -> Response:
    """Ask those who moderate to look at an idea (409 `own_text`, `already_reported`, `already_hidden`)."""
    viewer = the_viewer()

    def verb() -> Reported:
        text = Text(idea_for(viewer, path.number))
        moderating.report(viewer, text, body.reason, body.words, now=clock.now())
        return Reported(idea=path.number, comment=None, reason=body.reason)

    return once(verb, status=201)
