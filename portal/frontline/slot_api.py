"""The interface to publishing shifts: for whoever forecasts for a site or manages it."""

import json
from typing import Annotated, Any

from flask import Response
from pydantic import BeforeValidator, Field
from sqlalchemy import select

from portal import clock
from portal.frontline import slot_queries, slots
from portal.frontline.models import Slot
from portal.frontline.slot_rules import Where
from portal.frontline.slot_shapes import (
    SlotChangeSent,
    SlotChangeShown,
    SlotReasonSent,
    SlotSent,
    SlotShown,
    slot_shown,
)
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import NumberPath, PageAsked, api, demand_unchanged, listed, page_of, shown
from portal.web.paging import cut, decode_cursor
from portal.web.transactions import writing

bp = api("slots", "Publishing windows in which a visitor does no harm.")
READS, WRITES = Scope.SHIFTS_READ, Scope.SHIFTS_WRITE


class SlotsAsked(PageAsked):
    """Which shifts of one's sites."""

    past: Annotated[bool, BeforeValidator(lambda text: {"true": True, "false": False}.get(text, text))] = Field(
        False, strict=True, description="What is over, the latest first, instead of what is to come, the next first."
    )


@bp.get("/slots", responses={200: page_of(SlotShown)})
@requires("shift.publish", scope=READS)
def list_slots(query: SlotsAsked) -> Response:
    """The shifts of the sites that one looks after, cancelled ones included."""
    found, following = slot_queries.managed_page(
        the_viewer(), now=clock.now(), limit=query.limit, cursor=query.cursor, past=query.past
    )
    return listed([slot_shown(row) for row in found], following)


@bp.get("/slots/<int:number>", responses={200: SlotShown})
@requires("shift.publish", scope=READS)
def see_slot(path: NumberPath) -> Response:
    """One shift of a site that one looks after."""
    return shown(slot_shown(_row(the_viewer(), path.number)))


@bp.get("/slots/<int:number>/changes", responses={200: page_of(SlotChangeShown)})
@requires("shift.publish", scope=READS)
def list_slot_changes(path: NumberPath, query: PageAsked) -> Response:
    """What was done to a shift, the newest first."""
    _row(the_viewer(), path.number)
    after = decode_cursor(query.cursor, int)
    rows = [row for row in slot_queries.changes_of(path.number) if not after or row.SlotChange.id < after[0]]
    found, following = cut(rows, query.limit, lambda row: (row.SlotChange.id,))
    return listed([_change(row) for row in found], following)


@bp.post("/slots", responses={201: SlotShown})
@requires("shift.publish", scope=WRITES)
def publish_slot(body: SlotSent) -> Response:
    """Publish a shift; whoever is to host is asked.

    422 `unknown_site`, `unknown_buddy`, `no_such_time` (the clocks skip it), `slot_in_the_past`, `slot_too_far`,
    `opens_after_the_start`.
    """
    viewer, now = the_viewer(), clock.now()

    def verb() -> SlotShown:
        slots.demand_site(viewer, body.site)
        made = slots.publish(viewer, body.new_slot(slot_queries.zone_at(body.site)), now=now)
        return slot_shown(_row(viewer, made.id))

    return once(verb, status=201)


@bp.put(
    "/slots/<int:number>", responses={200: SlotShown},
    openapi_extensions={"x-takes-if-match": True},
)  # fmt: skip
@requires("shift.publish", scope=WRITES)
def change_slot(path: NumberPath, body: SlotChangeSent) -> Response:
    """Change a shift that has not begun; whoever signed up or hosts is told.

    409 `slot_over`, `capacity_below_booked`, `buddy_said_no`; 410 `slot_cancelled`; 422 `reason_length` where somebody
    signed up, `no_such_time` and as for publishing.
    """
    viewer, now = the_viewer(), clock.now()
    with writing():
        demand_unchanged(select(Slot.id).where(Slot.id == path.number), lambda: slot_shown(_row(viewer, path.number)))
        row = _row(viewer, path.number)
        slots.change(viewer, row.Slot, body.changes(row.Slot.zone), body.reason, now=now)
        answer = slot_shown(_row(viewer, path.number))
    return shown(answer)


@bp.post("/slots/<int:number>/cancellation", responses={201: SlotShown})
@requires("shift.publish", scope=WRITES)
def cancel_slot(path: NumberPath, body: SlotReasonSent) -> Response:
    """Cancel a shift; whoever signed up or hosts is told why (409 `slot_over`, 410 `slot_cancelled`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> SlotShown:
        slots.cancel(viewer, _row(viewer, path.number).Slot, body.reason, now=now)
        return slot_shown(_row(viewer, path.number))

    return once(verb, status=201)


def _row(viewer: Viewer, number: int) -> Any:
    row = slot_queries.slot_with_names(viewer, number)
    slots.demand_to_look_after(viewer, Where(row.path))
    return row


def _change(row: Any) -> SlotChangeShown:
    one = row.SlotChange
    return SlotChangeShown(
        number=one.id,
        at=one.at,
        by=row.by,
        reason=one.reason,
        before=json.loads(one.before),
        after=json.loads(one.after),
    )
