"""The interface to thanks: saying them, reading them and the promises that were kept."""

from typing import Annotated, Literal

from flask import Response
from pydantic import BeforeValidator, Field

from portal import clock
from portal.home import thanks_page
from portal.home.thanks_page import Entry
from portal.people.access import requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.rewards import thanks_queries as queries
from portal.rewards import thanks_service as service
from portal.rewards.thanks_queries import ASKED_CHARS_MAX, ASKED_CHARS_MIN, Said
from portal.rewards.thanks_rules import EACH_POINTS_MAX, WORDS_CHARS_MAX, WORDS_CHARS_MIN, NewThanks
from portal.web.api import (
    Asked,
    Line,
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    Words,
    api,
    idempotency_key,
    listed,
    page_of,
    shown,
    whole,
)
from portal.web.transactions import writing

bp = api("thanks", "Who thanked whom, and which promises were kept.")
MOVES_POINTS = {"x-idempotency-key-needed": True}
Points = Annotated[int, Field(ge=0, le=EACH_POINTS_MAX), BeforeValidator(whole)]


class ThanksSent(Sent):
    """Who helped, and how; everybody reads it."""

    person: Number
    words: Words = Field(min_length=WORDS_CHARS_MIN, max_length=WORDS_CHARS_MAX)
    points: Points = Field(0, description="From the month's allowance; what is left of it does not carry over.")


class HiddenThanksSent(Sent):
    """How somebody helped whose name is not shown; they alone read it."""

    words: Words = Field(min_length=WORDS_CHARS_MIN, max_length=WORDS_CHARS_MAX)


class LookSent(Sent):
    """What is wrong with it."""

    words: Line = Field(min_length=WORDS_CHARS_MIN, max_length=WORDS_CHARS_MAX)


class NameAsked(Asked):
    """A part of a name."""

    name: str = Field(min_length=ASKED_CHARS_MIN, max_length=ASKED_CHARS_MAX, pattern=r"^[^\u0000]*$")


class ColleagueShown(Shown):
    """Somebody who can be thanked."""

    person: int
    name: str
    place: str


class ColleaguesShown(Shown):
    """A few colleagues, by name."""

    items: list[ColleagueShown]


class ThanksShown(Shown):
    """What a colleague said to another."""

    number: int
    by: str
    to: str
    place: str
    words: str
    points: int
    at: Moment
    echoed: bool = Field(description="The key's person said: me too.")
    others: int | None = Field(description="How many others did; null until the key's person does.")


class ReceivedShown(Shown):
    """What was said to the key's person."""

    number: int
    by: str
    words: str
    points: int
    at: Moment
    idea: int | None = Field(description="Said for an idea without a shown name: nobody else knows whose it is.")


class KeptShown(Shown):
    """A promise that was kept."""

    commitment: int
    idea: int
    owner: str
    sentence: str
    days_early: int = Field(description="Negative where it was late.")


class FeedShown(Shown):
    """An entry of the feed: one of the two is null."""

    kind: Literal["thanks", "kept"]
    at: Moment
    thanks: ThanksShown | None
    kept: KeptShown | None


class SentShown(Shown):
    """It is on its way. The same whether a name is kept for the idea or not."""

    idea: int
    words: str


class LookAskedShown(Shown):
    """Somebody looks at it."""

    number: int
    words: str


@bp.get("/thanks", responses={200: page_of(FeedShown)})
@requires("thanks.see", scope=Scope.REWARDS_READ)
def list_thanks(query: PageAsked) -> Response:
    """Thanks and kept promises, the newest first."""
    found, following = thanks_page.feed(the_viewer(), limit=query.limit, cursor=query.cursor)
    return listed([_entry(one) for one in found], following)


@bp.get("/thanks/received", responses={200: page_of(ReceivedShown)})
@requires("thanks.see", scope=Scope.WALLET_READ)
def list_received_thanks(query: PageAsked) -> Response:
    """What was said to the key's person; nobody else reads this list."""
    found, following = queries.received(the_viewer(), limit=query.limit, cursor=query.cursor)
    items = [
        ReceivedShown(number=one.id, by=one.from_name, words=one.words, points=one.points, at=one.at,
                      idea=one.for_hidden_idea)
        for one in found
    ]  # fmt: skip
    return listed(items, following)


@bp.get("/thanks/colleagues", responses={200: ColleaguesShown})
@requires("thanks.say", scope=Scope.REWARDS_READ)
def find_colleagues_to_thank(query: NameAsked) -> Response:
    """A few colleagues whose name holds these letters."""
    found = queries.colleagues(the_viewer(), query.name)
    return shown(
        ColleaguesShown(items=[ColleagueShown(person=one.id, name=one.name, place=one.place) for one in found])
    )


@bp.get("/thanks/<int:number>", responses={200: ThanksShown})
@requires("thanks.see", scope=Scope.REWARDS_READ)
def see_thanks(path: NumberPath) -> Response:
    """One thanks that everybody may read."""
    return shown(_said(queries.said_for(the_viewer(), path.number)))


@bp.post("/thanks", responses={201: ThanksShown}, openapi_extensions=MOVES_POINTS)
@requires("thanks.say", scope=Scope.WALLET_WRITE)
def say_thanks(body: ThanksSent) -> Response:
    """Thank a colleague, for everybody to read (403 `self_award`).

    409 `allowance_spent`, `sent_back`, `budget_exceeded`.
    """
    viewer, key = the_viewer(), f"api:{idempotency_key() or ''}"
    with kept_for_the_auditor("thanks.say", viewer, f"person:{body.person}", now=clock.now()):
        return once(lambda: _say(viewer, body, key), status=201, key_needed=True)


@bp.post("/ideas/<int:number>/thanks", responses={201: SentShown})
@requires("thanks.say", scope=Scope.WALLET_WRITE)
def thank_hidden_author(path: NumberPath, body: HiddenThanksSent) -> Response:
    """Thank whoever said an idea without showing their name; they alone read it (404 where the name is shown)."""
    viewer, key = the_viewer(), f"api:{idempotency_key() or clock.now().isoformat()}"
    return once(lambda: _say_hidden(viewer, path.number, body.words, key), status=201)


@bp.put("/thanks/<int:number>/echo", responses={204: None})
@requires("thanks.echo", scope=Scope.WALLET_WRITE)
def echo_thanks(path: NumberPath) -> tuple[str, int]:
    """Say: me too, thanks. Twice gives the same."""
    return _echo(path.number, on=True)


@bp.delete("/thanks/<int:number>/echo", responses={204: None})
@requires("thanks.echo", scope=Scope.WALLET_WRITE)
def take_echo_back(path: NumberPath) -> tuple[str, int]:
    """Take it back. Twice gives the same."""
    return _echo(path.number, on=False)


@bp.post("/thanks/<int:number>/reports", responses={201: LookAskedShown})
@requires("thanks.report", scope=Scope.WALLET_WRITE)
def report_thanks(path: NumberPath, body: LookSent) -> Response:
    """Ask those who moderate for a look at it (409 `already_reported`)."""
    viewer = the_viewer()

    def run() -> LookAskedShown:
        service.report(viewer, queries.thanks_row(viewer, path.number), body.words, now=clock.now())
        return LookAskedShown(number=path.number, words=body.words)

    return once(run, status=201)


def _say(viewer: Viewer, body: ThanksSent, key: str) -> ThanksShown:
    queries.demand_colleague(viewer, body.person)
    wanted = NewThanks(body.person, body.words, body.points)
    return _said(queries.said_for(viewer, service.say(viewer, wanted, key=key, now=clock.now()).id))


def _say_hidden(viewer: Viewer, number: int, words: str, key: str) -> SentShown:
    _, author_id = thanks_page.hidden_author(viewer, number)
    service.say_to_hidden(viewer, author_id, number, words, key=key, now=clock.now())
    return SentShown(idea=number, words=words)


def _echo(number: int, *, on: bool) -> tuple[str, int]:
    viewer = the_viewer()
    with writing():
        service.echo(viewer, queries.thanks_row(viewer, number), on=on, now=clock.now())
    return "", 204


def _said(one: Said) -> ThanksShown:
    return ThanksShown(
        number=one.id, by=one.from_name, to=one.to_name, place=one.to_place, words=one.words, points=one.points,
        at=one.at, echoed=one.echoed, others=one.others,
    )  # fmt: skip


def _entry(one: Entry) -> FeedShown:
    if isinstance(one, Said):
        return FeedShown(kind="thanks", at=one.at, thanks=_said(one), kept=None)
    kept = KeptShown(
        commitment=one.commitment, idea=one.idea, owner=one.owner, sentence=one.sentence, days_early=one.days
    )
    return FeedShown(kind="kept", at=one.at, thanks=None, kept=kept)
