"""The interface to representatives: who speaks for whom, what they are given, and what they carry."""

from datetime import date
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.frontline import representative_pages as pages
from portal.frontline import representative_queries as queries
from portal.frontline import representatives as verbs
from portal.frontline.representative_pages import CarriedLine, PastTurn, Speaks
from portal.frontline.representative_queries import TurnLine
from portal.frontline.representative_rules import CARRY_MAX, GIVE_MAX, HANDING_MAX, WEEKS_MAX, WEEKS_MIN, WORDS_MIN
from portal.frontline.representative_turns import today_of
from portal.frontline.words import TurnState
from portal.ideas.queries import idea_for
from portal.ideas.words import Stage
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.web.api import (
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
    whole,
)
from portal.web.transactions import writing

bp = api("representatives", "People who speak for a place in turn, and what they carry.")


class TurnShown(Shown):
    """Somebody's turn, both days included."""

    number: int
    person: int
    name: str
    starts_on: date
    ends_on: date
    state: TurnState


class SpeaksShown(Shown):
    """Who speaks for a place. now, following: null where nobody is named."""

    number: int
    place: int
    place_name: str
    weeks: int
    own: bool = Field(description="The key's person works there.")
    now: TurnShown | None
    following: TurnShown | None
    ended_at: Moment | None


class CarriedShown(Shown):
    """What was carried outside the quorum, and where it stands."""

    idea: int
    title: str
    stage: Stage
    words: str
    at: Moment
    owner: str | None = Field(description="Who promised it; null while nobody did.")
    due_on: date | None


class PastTurnShown(TurnShown):
    """A turn that began. carried: null where nothing was, or what the key's person may not read."""

    handing: str = Field(description="Words for whoever came next; empty for everybody else.")
    carried: CarriedShown | None


class GivenShown(Shown):
    """Something to carry. Who gave it is told to nobody."""

    idea: int
    title: str
    words: list[str]


class RotationSent(Sent):
    """People of a place speak for it in turn."""

    place: Number
    weeks: Annotated[int, BeforeValidator(whole)] = Field(ge=WEEKS_MIN, le=WEEKS_MAX)
    starts_on: Day = Field(description="Today or within a year.")


class GivenSent(Sent):
    """An idea for whoever has the turn."""

    idea: Number
    words: Words = Field("", max_length=GIVE_MAX)


class CarriedSent(Sent):
    """The one idea of a turn, and why."""

    idea: Number
    words: Words = Field(min_length=WORDS_MIN, max_length=CARRY_MAX)


class HandingSent(Sent):
    """Words for whoever comes next."""

    words: Words = Field(min_length=WORDS_MIN, max_length=HANDING_MAX)


class QueuePath(NumberPath):
    """A representative's queue, and an idea in it."""

    idea: Number


@bp.get("/representatives", responses={200: page_of(SpeaksShown)})
@requires("representative.see", scope=Scope.IDEAS_READ)
def list_representatives(query: PageAsked) -> Response:
    """The places for which people speak in turn, those of the key's person first."""
    found, following = pages.speaks_page(the_viewer(), _today(), limit=query.limit, cursor=query.cursor)
    return listed([_speaks(one) for one in found], following)


@bp.post("/representatives", responses={201: SpeaksShown})
@requires("representative.rotate", scope=Scope.PEOPLE_WRITE)
def start_representatives(body: RotationSent) -> Response:
    """Begin at a place of one's role: who is first is named at once (409 `rotation_runs`, `nobody_there`; 422
    `bad_start`, `unknown_place`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> SpeaksShown:
        made = verbs.start_rotation(viewer, body.place, body.weeks, body.starts_on, now=now)
        return _speaks(pages.speaks_for(viewer, made, today_of(now)))

    return once(verb, status=201)


@bp.get("/representatives/<int:number>", responses={200: SpeaksShown})
@requires("representative.see", scope=Scope.IDEAS_READ)
def see_representative(path: NumberPath) -> Response:
    """Who speaks for one place."""
    viewer = the_viewer()
    return shown(_speaks(pages.speaks_for(viewer, queries.rotation_for(viewer, path.number), _today())))


@bp.delete("/representatives/<int:number>", responses={204: None})
@requires("representative.rotate", scope=Scope.PEOPLE_WRITE)
def end_representatives(path: NumberPath) -> Any:
    """End the turns; what was carried goes on (409 `rotation_ended`)."""
    viewer = the_viewer()
    with writing():
        verbs.end_rotation(viewer, queries.rotation_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.get("/representatives/<int:number>/turns", responses={200: page_of(PastTurnShown)})
@requires("representative.see", scope=Scope.IDEAS_READ)
def list_turns(path: NumberPath, query: PageAsked) -> Response:
    """The turns that began, the newest first, with what was carried and what came back."""
    viewer = the_viewer()
    rotation = queries.rotation_for(viewer, path.number)
    found, following = pages.past_turns(viewer, rotation, _today(), limit=query.limit, cursor=query.cursor)
    return listed([_past(one) for one in found], following)


@bp.put("/representatives/<int:number>/opt-out", responses={204: None})
@requires("representative.join", scope=Scope.SELF_WRITE)
def opt_out_of_turns(path: NumberPath) -> Any:
    """Be left out; nobody asks why (403 `not_of_this_place`; 409 `already_opted_out`, `rotation_ended`)."""
    viewer = the_viewer()
    with writing():
        verbs.opt_out(viewer, queries.rotation_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.delete("/representatives/<int:number>/opt-out", responses={204: None})
@requires("representative.join", scope=Scope.SELF_WRITE)
def opt_in_to_turns(path: NumberPath) -> Any:
    """Be in again (403 `not_of_this_place`; 409 `not_opted_out`, `rotation_ended`)."""
    viewer = the_viewer()
    with writing():
        verbs.opt_in(viewer, queries.rotation_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.get("/representatives/<int:number>/queue", responses={200: page_of(GivenShown)})
@requires("representative.speak", scope=Scope.IDEAS_READ)
def list_given(path: NumberPath) -> Response:
    """What there is to carry, at most fifty; for whoever has the turn (403 `not_your_turn`)."""
    viewer = the_viewer()
    rotation = queries.rotation_for(viewer, path.number)
    found = pages.given_to(viewer, rotation, _today())
    return listed([GivenShown(idea=one.idea, title=one.title, words=list(one.words)) for one in found], None)


@bp.post("/representatives/<int:number>/queue", responses={204: None})
@requires("representative.give", scope=Scope.IDEAS_WRITE)
def give_to_carry(path: NumberPath, body: GivenSent) -> Any:
    """Give an idea to whoever has the turn (403 `not_of_this_place`; 409 `already_given`, `idea_not_open`,
    `rotation_ended`)."""
    viewer, now = the_viewer(), clock.now()
    with writing():
        idea = idea_for(viewer, body.idea)
        verbs.give(viewer, queries.rotation_for(viewer, path.number), idea, body.words, now=now)
    return "", 204


@bp.delete("/representatives/<int:number>/queue/<int:idea>", responses={204: None})
@requires("representative.give", scope=Scope.IDEAS_WRITE)
def take_given_back(path: QueuePath) -> Any:
    """Take what one gave back, until it is carried (409 `not_given`)."""
    viewer = the_viewer()
    with writing():
        verbs.take_back(viewer, queries.rotation_for(viewer, path.number), idea_for(viewer, path.idea))
    return "", 204


@bp.put("/turns/<int:number>/taken", responses={204: None})
@requires("representative.speak", scope=Scope.SELF_WRITE)
def take_turn(path: NumberPath) -> Any:
    """Say yes to one's turn; it is theirs all the same (403 `not_your_turn`; 409 `turn_over`)."""
    viewer = the_viewer()
    with writing():
        verbs.take(viewer, queries.turn_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.put("/turns/<int:number>/passed", responses={204: None})
@requires("representative.speak", scope=Scope.SELF_WRITE)
def pass_turn_on(path: NumberPath) -> Any:
    """Give one's turn, or the rest of it, to the next one (403 `not_your_turn`; 409 `turn_over`)."""
    viewer = the_viewer()
    with writing():
        verbs.pass_on(viewer, queries.turn_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.put("/turns/<int:number>/handing", responses={204: None})
@requires("representative.speak", scope=Scope.IDEAS_WRITE)
def hand_turn_over(path: NumberPath, body: HandingSent) -> Any:
    """Leave words to whoever comes next (403 `not_your_turn`; 409 `not_now`)."""
    viewer = the_viewer()
    with writing():
        verbs.hand_over(viewer, queries.turn_for(viewer, path.number), body.words, now=clock.now())
    return "", 204


@bp.post("/turns/<int:number>/carried", responses={201: CarriedShown})
@requires("representative.speak", scope=Scope.IDEAS_WRITE)
def carry_idea(path: NumberPath, body: CarriedSent) -> Response:
    """Put one idea before the executives outside the quorum: one a turn, for no points, not to be taken back
    (403 `not_your_turn`, `own_idea`; 409 `not_now`, `already_carried`, `idea_not_open`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> CarriedShown:
        idea = idea_for(viewer, body.idea)
        made = verbs.carry(viewer, queries.turn_for(viewer, path.number), idea, body.words, now=now)
        return _carried(pages.carried_in(viewer, [made.turn_id])[made.turn_id])

    return once(verb, status=201)


def _today() -> date:
    return today_of(clock.now())


def _speaks(one: Speaks) -> SpeaksShown:
    return SpeaksShown(
        number=one.number, place=one.place_id, place_name=one.place, weeks=one.weeks, own=one.own,
        now=TurnShown(**_turn(one.now)) if one.now else None,
        following=TurnShown(**_turn(one.following)) if one.following else None, ended_at=one.ended_at,
    )  # fmt: skip


def _turn(one: TurnLine) -> dict[str, Any]:
    return {"number": one.number, "person": one.person_id, "name": one.person, "starts_on": one.starts_on,
            "ends_on": one.ends_on, "state": one.state}  # fmt: skip


def _past(one: PastTurn) -> PastTurnShown:
    carried = _carried(one.carried) if one.carried else None
    return PastTurnShown(**_turn(one.line), handing=one.handing, carried=carried)


def _carried(one: CarriedLine) -> CarriedShown:
    return CarriedShown(idea=one.idea, title=one.title, stage=one.stage, words=one.words, at=one.at, owner=one.owner,
                        due_on=one.due_on)  # fmt: skip
