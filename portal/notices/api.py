"""The interface to what one was told, and to how one wants to hear."""

from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field
from sqlalchemy import select

from portal import clock
from portal.ideas.queries import idea_for
from portal.notices import preferences, queries, reading
from portal.notices.models import Notice
from portal.notices.moments import Moment as About
from portal.notices.moments import Pace
from portal.notices.preferences import Wishes
from portal.notices.timing import Quiet
from portal.people.access import requires, the_viewer
from portal.people.models import Person
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import (
    Moment,
    Number,
    NumberPath,
    PageAsked,
    Sent,
    Shown,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
    whole,
)
from portal.web.transactions import writing

bp = api("updates", "What became of what one took part in, and how one wants to hear of it.")
Hour = Annotated[int, Field(ge=0, le=23), BeforeValidator(whole)]


class UpdatesAsked(PageAsked):
    """Which part of the list."""

    unread: bool = Field(False, description="Only what has not been read.")


class NoticeShown(Shown):
    """One thing that the key's person was told. Without an idea and a path where they may no longer read it."""

    number: int
    moment: About
    title: str
    words: str
    path: str
    idea: int | None
    idea_title: str | None
    at: Moment
    read_at: Moment | None


class ReadSent(Sent):
    """Up to which one everything is read."""

    upto: Number | None = Field(None, description="The number of the newest that counts; everything if left out.")


class ReadShown(Shown):
    """What was marked as read. at: undo it with this moment."""

    count: int
    at: Moment


class ReadState(Shown):
    """Whether one update is read."""

    number: int
    read_at: Moment | None


class MuteShown(Shown):
    """Whether one still hears of an idea."""

    idea: int
    muted: bool


class Paces(Sent):
    """How soon each kind of update comes by e-mail."""

    answered: Pace
    moved: Pace
    done: Pace
    duty: Pace
    view: Pace
    bulletin: Pace
    broadcast: Pace = About.BROADCAST.usual
    shift: Pace = About.SHIFT.usual
    chatter: Pace = Field(description="With `never` it does not stand in the portal either.")


class PreferencesSent(Sent):
    """Everything that one chooses."""

    by_mail: bool
    quiet_begins: Hour = Field(description="No e-mail from this hour on one's own clock.")
    quiet_ends: Hour = Field(description="Until this one; the same twice: no quiet hours.")
    paces: Paces


class PacesShown(Shown):
    """How soon each kind of update comes by e-mail."""

    answered: Pace
    moved: Pace
    done: Pace
    duty: Pace
    view: Pace
    bulletin: Pace
    broadcast: Pace
    shift: Pace
    chatter: Pace


class PreferencesShown(Shown):
    """What the key's person has chosen. reachable: they have an address, and want mail."""

    by_mail: bool
    reachable: bool
    quiet_begins: int
    quiet_ends: int
    paces: PacesShown
    messages_a_week: int = Field(description="About so many, going by the last eight weeks.")


@bp.get("/me/updates", responses={200: page_of(NoticeShown)})
@requires("updates.see", scope=Scope.SELF_READ)
def list_my_updates(query: UpdatesAsked) -> Response:
    """What the key's person was told, the newest first."""
    told, following = queries.told_page(the_viewer(), limit=query.limit, cursor=query.cursor, unread=query.unread)
    return listed([_update(one) for one in told], following)


@bp.post("/me/updates/read", responses={200: ReadShown})
@requires("updates.read", scope=Scope.SELF_WRITE)
def read_my_updates(body: ReadSent) -> Response:
    """Mark everything as read, up to one of them."""
    viewer, now = the_viewer(), clock.now()
    return once(lambda: ReadShown(count=reading.read_all(viewer, upto=body.upto, now=now), at=now))


@bp.put("/me/updates/<int:number>/read", responses={200: ReadState})
@requires("updates.read", scope=Scope.SELF_WRITE)
def read_my_update(path: NumberPath) -> Response:
    """Mark one as read."""
    with writing():
        answer = _state(reading.read_one(the_viewer(), path.number, now=clock.now()))
    return shown(answer)


@bp.delete("/me/updates/<int:number>/read", responses={200: ReadState})
@requires("updates.read", scope=Scope.SELF_WRITE)
def unread_my_update(path: NumberPath) -> Response:
    """Mark one as unread."""
    with writing():
        answer = _state(reading.unread_one(the_viewer(), path.number))
    return shown(answer)


@bp.put("/ideas/<int:number>/mute", responses={200: MuteShown})
@requires("updates.mute", scope=Scope.IDEAS_WRITE)
def mute_idea(path: NumberPath) -> Response:
    """Hear no more of an idea, whatever one did with it; following it ends that."""
    viewer = the_viewer()
    with writing():
        preferences.mute(viewer, idea_for(viewer, path.number), now=clock.now())
    return shown(MuteShown(idea=path.number, muted=True))


@bp.delete("/ideas/<int:number>/mute", responses={204: None})
@requires("updates.mute", scope=Scope.IDEAS_WRITE)
def unmute_idea(path: NumberPath) -> Any:
    """Hear of an idea again."""
    viewer = the_viewer()
    with writing():
        preferences.unmute(viewer, idea_for(viewer, path.number))
    return "", 204


@bp.get("/me/preferences", responses={200: PreferencesShown})
@requires("preferences.see", scope=Scope.SELF_READ)
def see_my_preferences() -> Response:
    """How the key's person wants to hear, and about how many messages a week that comes to."""
    return shown(_preferences(the_viewer()))


@bp.put(
    "/me/preferences", responses={200: PreferencesShown}, openapi_extensions={"x-takes-if-match": True}
)  # fmt: skip
@requires("preferences.choose", scope=Scope.SELF_WRITE)
def choose_my_preferences(body: PreferencesSent) -> Response:
    """Choose how the key's person wants to hear; mails that have not left yet follow it."""
    viewer = the_viewer()
    paces = {About(moment): pace for moment, pace in body.paces.model_dump().items()}
    wanted = Wishes(paces, body.by_mail, Quiet(body.quiet_begins, body.quiet_ends))
    with writing():
        demand_unchanged(select(Person.id).where(Person.id == viewer.id), lambda: _preferences(viewer))
        preferences.choose(viewer, wanted, now=clock.now())
        answer = _preferences(viewer)
    return shown(answer)


def _update(one: queries.Told) -> NoticeShown:
    return NoticeShown(
        number=one.id, moment=one.moment, title=one.title, words=one.words, path=one.path, idea=one.idea,
        idea_title=one.idea_title or None, at=one.at, read_at=one.read_at,
    )  # fmt: skip


def _state(notice: Notice) -> ReadState:
    return ReadState(number=notice.id, read_at=notice.read_at)


def _preferences(viewer: Viewer) -> PreferencesShown:
    chosen = preferences.wishes_of(viewer.id)
    paces = PacesShown(**{moment.value: pace for moment, pace in chosen.paces.items()})
    return PreferencesShown(
        by_mail=chosen.by_mail, reachable=chosen.by_mail and chosen.address is not None,
        quiet_begins=chosen.quiet.begins, quiet_ends=chosen.quiet.ends, paces=paces,
        messages_a_week=preferences.estimate(viewer, chosen, now=clock.now()),
    )  # fmt: skip
