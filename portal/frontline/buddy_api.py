"""The interface to hosting: of the key's person alone."""

from enum import StrEnum
from typing import Any

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import buddies, buddy_queries, slot_queries
from portal.frontline.words import BuddyState, Channel
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.web.api import Moment, NumberPath, PageAsked, Sent, Shown, api, listed, page_of
from portal.web.transactions import writing

bp = api("hosting", "What one is asked to host. Nobody asks why somebody says no.")


class HostAnswer(StrEnum):
    """Yes or no."""

    AGREE = "agree"
    DECLINE = "decline"


class HostAnswerSent(Sent):
    """Whether one hosts."""

    answer: HostAnswer


class HostingShown(Shown):
    """A shift that one is asked to host, or has answered. visitors: how many have a seat."""

    number: int = Field(description="Of the shift.")
    site: str
    zone: str
    starts_at: Moment
    ends_at: Moment
    queue: str
    language: str
    channel: Channel
    pattern: int | None
    state: BuddyState
    visitors: int


@bp.get("/hosting", responses={200: page_of(HostingShown)})
@requires("shift.host", scope=Scope.SHIFTS_READ)
def list_hosting(query: PageAsked) -> Response:
    """What one is asked to host and has answered, the next first."""
    found, following = buddy_queries.asked_of(the_viewer(), now=clock.now(), limit=query.limit, cursor=query.cursor)
    return listed([_shown(row) for row in found], following)


@bp.put("/hosting/<int:number>", responses={204: None})
@requires("shift.host", scope=Scope.SHIFTS_WRITE)
def answer_hosting(path: NumberPath, body: HostAnswerSent) -> Any:
    """Agree or say no, by the number of the shift, as often as one's mind changes (409 `slot_over`, 410)."""
    viewer, now = the_viewer(), clock.now()
    with writing():
        buddies.answer(viewer, slot_queries.slot_for(viewer, path.number), body.answer is HostAnswer.AGREE, now=now)
    return "", 204


@bp.put("/hosting/patterns/<int:number>", responses={204: None})
@requires("shift.host", scope=Scope.SHIFTS_WRITE)
def answer_hosting_of_pattern(path: NumberPath, body: HostAnswerSent) -> Any:
    """The same answer to everything to come of one pattern, by its number."""
    viewer, now = the_viewer(), clock.now()
    with writing():
        buddies.answer_all(viewer, path.number, body.answer is HostAnswer.AGREE, now=now)
    return "", 204


def _shown(row: Any) -> HostingShown:
    slot = row.Slot
    return HostingShown(
        number=slot.id, site=row.site, zone=slot.zone, starts_at=slot.starts_at, ends_at=slot.ends_at, queue=slot.queue,
        language=slot.language, channel=slot.channel, pattern=slot.pattern_id, state=slot.buddy_state,
        visitors=row.visitors,
    )  # fmt: skip
