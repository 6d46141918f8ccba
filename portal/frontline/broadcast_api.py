"""The interface to what executives tell everybody, and what people say to it. Nobody's answer is shown with a name."""

from typing import Any

from flask import Response
from pydantic import Field
from sqlalchemy import select

from portal import clock
from portal.frontline import broadcast_figures as figures
from portal.frontline import broadcast_queries as queries
from portal.frontline import broadcasts
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.broadcast_queries import BroadcastView
from portal.frontline.broadcast_rules import (
    ANSWER_CHARS_MAX,
    TITLE_CHARS_MAX,
    TITLE_CHARS_MIN,
    WORDS_CHARS_MAX,
    WORDS_CHARS_MIN,
    WORDS_MAX,
    BroadcastState,
    NewBroadcast,
)
from portal.frontline.words import Acknowledged, LinkedAction
from portal.ideas.box import refuse_personal_data
from portal.ideas.words import Names, Stage
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import (
    Line,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Problem,
    Sent,
    Shown,
    Words,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
)
from portal.web.transactions import writing

bp = api("broadcasts", "What executives tell everybody after a shift, and what people say to it.")


class BroadcastSent(Sent):
    """What is told."""

    title: Line = Field(min_length=TITLE_CHARS_MIN, max_length=TITLE_CHARS_MAX)
    words: Words = Field(
        min_length=WORDS_CHARS_MIN, max_length=WORDS_CHARS_MAX, description=f"Plain text, at most {WORDS_MAX} words."
    )
    place: Number = Field(description="The organisation, a partner or a site, at or below your own node.")
    action: LinkedAction = LinkedAction.NONE
    idea: Number | None = Field(None, description="For `idea`.")
    promise: Number | None = Field(None, description="For `promise`.")
    debrief: Number | None = Field(None, description="The debrief of yours that it comes from.")

    def wanted(self) -> NewBroadcast:
        """As the verb takes it."""
        return NewBroadcast(self.title, self.words, self.place, self.action, self.idea, self.promise, self.debrief)


class AcknowledgementSent(Sent):
    """An answer."""

    kind: Acknowledged
    words: Words = Field(
        "", max_length=ANSWER_CHARS_MAX, description="Shown without a name, once three have added some."
    )
    insist: bool = Field(False, description="Send it although something in it looks like personal data.")


class BroadcastsAsked(PageAsked):
    """Which broadcasts."""

    waiting: bool | None = Field(None, description="Only those that you may answer and have not, or only the others.")


class BroadcastShown(Shown):
    """A broadcast. idea, promise: null where it links to none, or you may not read it. said: your own answer."""

    number: int
    title: str
    words: str
    by: str
    mine: bool
    place: int
    place_name: str
    action: LinkedAction
    idea: int | None
    promise: int | None
    came: str = Field(description="What came of what it links to, so far.")
    state: BroadcastState
    at: Moment = Field(description="When it was told, confirmed or changed last, as far as it has got.")
    sends_at: Moment | None = Field(description="Until then it can be taken back.")
    debrief: int | None
    asked: bool = Field(description="You were told of it, and may answer.")
    said: Acknowledged | None
    said_words: str


class BroadcastRate(Shown):
    """How many of a site's people said what."""

    site: str
    told: int
    read: int
    same_here: int
    not_what_i_see: int


class BroadcastWordsShown(Shown):
    """What people added to one kind of answer, in whole threes. more: how many others there are."""

    kind: Acknowledged
    words: list[str]
    more: int


class BroadcastCameIdea(Shown):
    """An idea that somebody said instead."""

    number: int
    title: str
    stage: Stage


class BroadcastCameShown(Shown):
    """What came of “That's not what I see”, as far as you may read it: ideas, of which the newest are listed, and stop
    signals that stand on the idea it leads to."""

    ideas: list[BroadcastCameIdea]
    count: int
    stops: int


class BroadcastAnswersShown(Shown):
    """What people said. total: null where it went to fewer than ten people; small sites are together."""

    number: int
    total: BroadcastRate | None
    sites: list[BroadcastRate]
    words: list[BroadcastWordsShown]
    came: BroadcastCameShown


def _shown(one: BroadcastView) -> BroadcastShown:
    same = ("number", "title", "words", "by", "mine", "action", "idea", "promise", "came", "state", "at", "sends_at",
            "asked", "said", "said_words")  # fmt: skip
    debrief = one.debrief if one.mine else None
    return BroadcastShown(
        **{name: getattr(one, name) for name in same}, place=one.place_id, place_name=one.place, debrief=debrief
    )


def _now(number: int) -> BroadcastShown:
    return _shown(queries.broadcast_shown(the_viewer(), number, now=clock.now()))


@bp.get("/broadcasts", responses={200: page_of(BroadcastShown)})
@requires("broadcast.see", scope=Scope.IDEAS_READ)
def list_broadcasts(query: BroadcastsAsked) -> Response:
    """What was told where you work, or below your node, the newest first."""
    found, following = queries.broadcasts_page(
        the_viewer(), now=clock.now(), waiting=query.waiting, limit=query.limit, cursor=query.cursor
    )
    return listed([_shown(one) for one in found], following)


@bp.get("/broadcasts/unsent", responses={200: page_of(BroadcastShown)})
@requires("broadcast.write", scope=Scope.IDEAS_READ)
def list_unsent_broadcasts() -> Response:
    """Your drafts and what nobody has heard yet, the newest twenty."""
    return listed([_shown(one) for one in queries.own_unsent(the_viewer(), now=clock.now())], None)


@bp.get("/broadcasts/<int:number>", responses={200: BroadcastShown})
@requires("broadcast.see", scope=Scope.IDEAS_READ)
def get_broadcast(path: NumberPath) -> Response:
    """One broadcast; one's own also before it is told."""
    return shown(_now(path.number))


@bp.post("/broadcasts", responses={201: BroadcastShown})
@requires("broadcast.write", scope=Scope.IDEAS_WRITE)
def draft_broadcast(body: BroadcastSent) -> Response:
    """Keep something to tell; nothing is sent (422 `too_many_words`, `place_not_yours`, `action_needs_idea`,
    `action_needs_promise`, `no_such_idea`, `no_such_promise`, `no_such_debrief`; 409 `not_for_all`)."""
    viewer = the_viewer()
    return once(lambda: _now(broadcasts.draft(viewer, body.wanted(), now=clock.now()).id), status=201)


@bp.put(
    "/broadcasts/<int:number>", responses={200: BroadcastShown}, openapi_extensions={"x-takes-if-match": True}
)  # fmt: skip
@requires("broadcast.write", scope=Scope.IDEAS_WRITE)
def change_broadcast(path: NumberPath, body: BroadcastSent) -> Response:
    """Change a draft (as for a new one; 403 `not_yours`; 409 `already_confirmed`, `already_taken_back`)."""
    with writing():
        demand_unchanged(select(Broadcast.id).where(Broadcast.id == path.number), lambda: _now(path.number))
        told = queries.broadcast_for(the_viewer(), path.number)
        broadcasts.change(the_viewer(), told, body.wanted(), now=clock.now())
    return shown(_now(path.number))


@bp.delete("/broadcasts/<int:number>", responses={204: None})
@requires("broadcast.write", scope=Scope.IDEAS_WRITE)
def discard_broadcast(path: NumberPath) -> Any:
    """Throw a draft away (403 `not_yours`; 409 `already_confirmed`, `already_taken_back`)."""
    with writing():
        broadcasts.discard(the_viewer(), queries.broadcast_for(the_viewer(), path.number))
    return "", 204


@bp.post("/broadcasts/<int:number>/confirmations", responses={200: BroadcastShown})
@requires("broadcast.write", scope=Scope.IDEAS_WRITE)
def confirm_broadcast(path: NumberPath) -> Response:
    """Send it: heard by nobody for ten minutes; once more changes nothing (409 `once_a_week`, `nobody_hears`,
    `not_for_all`, `already_taken_back`; 403 `not_yours`; 422 `place_not_yours`)."""
    viewer = the_viewer()

    def verb() -> BroadcastShown:
        told = queries.broadcast_for(viewer, path.number)
        broadcasts.confirm(viewer, told, now=clock.now())
        return _now(path.number)

    return once(verb)


@bp.post("/broadcasts/<int:number>/undo", responses={200: BroadcastShown})
@requires("broadcast.write", scope=Scope.IDEAS_WRITE)
def take_broadcast_back(path: NumberPath) -> Response:
    """Take it back before anybody has heard it (410 `told_already`; 409 `not_confirmed`, `already_taken_back`)."""
    viewer = the_viewer()

    def verb() -> BroadcastShown:
        broadcasts.take_back(viewer, queries.broadcast_for(viewer, path.number), now=clock.now())
        return _now(path.number)

    return once(verb)


@bp.post("/broadcasts/<int:number>/acknowledgements", responses={200: BroadcastShown})
@requires("broadcast.answer", scope=Scope.IDEAS_WRITE)
def acknowledge_broadcast(path: NumberPath, body: AcknowledgementSent) -> Response:
    """Answer it with one tap; the newest answer is the one that counts (403 `not_for_you`; 422 `personal_data`)."""
    viewer = the_viewer()
    queries.broadcast_for(viewer, path.number)
    refuse_personal_data(viewer, body.words, Names.HIDDEN, insists=body.insist, field="words")

    def verb() -> BroadcastShown:
        told = queries.broadcast_for(viewer, path.number)
        broadcasts.acknowledge(viewer, told, body.kind, body.words, now=clock.now())
        return _now(path.number)

    return once(verb)


@bp.get("/broadcasts/<int:number>/acknowledgements", responses={200: BroadcastAnswersShown, 409: Problem})
@requires("broadcast.count", scope=Scope.IDEAS_READ)
def get_broadcast_answers(path: NumberPath) -> Response:
    """What people said by site: for its writer and programme (403 `not_yours`; 409 `not_told`). Never names."""
    found = figures.answers(the_viewer(), queries.broadcast_for(the_viewer(), path.number))
    rates = [_rate(one) for one in (found.rates.total, *found.rates.groups) if one is not None]
    return shown(BroadcastAnswersShown(
        number=path.number, total=rates[0] if rates else None, sites=rates[1:],
        words=[BroadcastWordsShown(kind=one.kind, words=one.words, more=one.more) for one in found.said],
        came=BroadcastCameShown(
            ideas=[BroadcastCameIdea(number=one.number, title=one.title, stage=one.stage) for one in found.came.ideas],
            count=found.came.count, stops=found.came.stops,
        ),
    ))  # fmt: skip


def _rate(group: Any) -> BroadcastRate:
    return BroadcastRate(site=group.label, told=group.people, **dict(zip(figures.KINDS, group.parts, strict=True)))
