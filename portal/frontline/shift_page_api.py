"""The interface to shifts and seats: what is published, taking and giving up, waiting, standing in."""

from collections.abc import Callable

from flask import Response
from pydantic import Field

from portal import clock
from portal.frontline import seats, stand_in
from portal.frontline import shift_page_queries as queries
from portal.frontline.models import SignUp
from portal.frontline.shift_page_queries import ShiftLine, ShiftsWanted
from portal.frontline.shift_page_wording import sentence
from portal.frontline.signup_forms import REASON_CHARS_MAX, REASON_CHARS_MIN
from portal.frontline.signup_policy import MAY
from portal.frontline.signup_rules import SignUpState
from portal.frontline.slot_rules import LANGUAGE_CHARS_MAX, Length
from portal.frontline.words import Busy, Channel, SeatState
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import (
    AskedNumber,
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

bp = api("shifts", "Shifts at the frontline: what is published, and seats in them.")
READS, WRITES = Scope.SHIFTS_READ, Scope.SHIFTS_WRITE


class ShiftsAsked(PageAsked):
    """Which shifts."""

    length: Length | None = Field(None, description="Up to 45 minutes, up to four hours, longer.")
    site: AskedNumber | None = Field(None, description="A number of `GET /sites`.")
    language: Line | None = Field(None, max_length=LANGUAGE_CHARS_MAX)
    channel: Channel | None = None


class TakenOutSent(Sent):
    """Who is taken out of a shift, and why: they read it."""

    person: Number
    reason: Words = Field(min_length=REASON_CHARS_MIN, max_length=REASON_CHARS_MAX)


class ShiftSiteShown(Shown):
    """Where a shift is."""

    number: int
    name: str


class OwnSeatShown(Shown):
    """Where the key's person stands with a shift."""

    state: SeatState
    place: int | None = Field(description="In the order of the waiting list, from 1; null for those who do not wait.")
    decline_by: Moment | None = Field(description="Until then giving it up is possible, however late it is.")
    looks_for_stand_in: bool


class ShiftShown(Shown):
    """A shift, as it is to the key's person."""

    number: int
    starts_at: Moment
    ends_at: Moment
    zone: str = Field(description="Of the site: an IANA time zone.")
    site: ShiftSiteShown
    queue: str
    language: str
    channel: Channel
    busy: Busy
    seats: int
    taken: int
    waiting: int
    buddy: str | None = Field(description="Who agreed to sit beside; null where it is not shown to you.")
    briefing_needed: bool
    opens_at: Moment | None = Field(description="When sign-up begins; null: it has.")
    note: str
    cancel_reason: str = Field(description="Empty unless it was cancelled.")
    state: SignUpState | None = Field(description="What it is to you; null for those who take no seats there.")
    sentence: str = Field(description="The state in words.")
    seat: OwnSeatShown | None


class ShiftPersonShown(Shown):
    """Somebody with a seat, or who waits."""

    number: int
    name: str
    state: SeatState
    looks_for_stand_in: bool


class ShiftPageShown(ShiftShown):
    """A shift with who comes. Nothing that is heard there is used for quality scores."""

    people: list[ShiftPersonShown] | None = Field(
        description="Null until 24 hours before, but for those who take seats, the buddy and the site's managers."
    )


class GivenUpShown(Shown):
    """A shift that was given up, and the next ones with a seat."""

    shift: ShiftShown
    instead: list[ShiftShown]


class ComingShown(Shown):
    """Somebody who comes to a site."""

    shift: int
    name: str
    starts_at: Moment
    ends_at: Moment
    zone: str
    queue: str
    channel: Channel


@bp.get("/shifts", responses={200: page_of(ShiftShown)})
@requires("shift.see", scope=READS)
def list_shifts(query: ShiftsAsked) -> Response:
    """Shifts that are not over, the next first, each with its one named state."""
    viewer, now = the_viewer(), clock.now()
    wanted = ShiftsWanted(query.length, query.site, query.language or "", query.channel)
    lines, following = queries.shifts_page(viewer, wanted, now=now, limit=query.limit, cursor=query.cursor)
    return listed([_shown(viewer, line) for line in lines], following)


@bp.get("/shifts/coming", responses={200: page_of(ComingShown)})
@requires("shift.see", scope=READS)
def list_coming() -> Response:
    """Who comes to the site of the key's person within 24 hours; everybody there may know."""
    found = queries.beside_the_list(the_viewer(), now=clock.now()).coming
    return listed([
        ComingShown(shift=row.slot, name=row.name, starts_at=row.starts_at, ends_at=row.ends_at, zone=row.zone,
                    queue=row.queue, channel=row.channel) for row in found
    ], None)  # fmt: skip


@bp.get("/shifts/<int:number>", responses={200: ShiftPageShown})
@requires("shift.see", scope=READS)
def see_shift(path: NumberPath) -> Response:
    """One shift, and who comes as far as the key's person may know."""
    viewer, now = the_viewer(), clock.now()
    line = queries.shift_for(viewer, path.number, now=now)
    looks_after = MAY["shift.take_out"](viewer, line)
    people = None
    if queries.names_shown(viewer, line, looks_after=looks_after, now=now):
        people = [
            ShiftPersonShown(number=one.person_id, name=one.name, state=one.state, looks_for_stand_in=one.looking)
            for one in queries.attending(path.number)
            if looks_after or one.state is SeatState.BOOKED
        ]
    return shown(ShiftPageShown(**_shown(viewer, line).model_dump(), people=people))


@bp.post("/shifts/<int:number>/sign-ups", responses={201: ShiftShown})
@requires("shift.take", scope=WRITES)
def take_shift(path: NumberPath) -> Response:
    """Take a seat, or a place at the end of the waiting list; asked again, it is the same one.

    409 `clash`, `not_yet_open`, `too_late`, `briefing_missing`, `over`, `full`; 410 `cancelled`.
    """
    return _carried_out(path.number, seats.book)


@bp.post("/shifts/<int:number>/give-ups", responses={201: GivenUpShown})
@requires("shift.give_up", scope=WRITES)
def give_up_shift(path: NumberPath) -> Response:
    """Give up a seat, decline a promotion or leave the waiting list (409 `not_yours`, `ask_the_site`, `begun`)."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> GivenUpShown:
        seats.give_up(viewer, path.number, now=now)
        line = queries.shift_for(viewer, path.number, now=now)
        instead = queries.instead_of(viewer, line, now=now)
        return GivenUpShown(shift=_shown(viewer, line), instead=[_shown(viewer, one) for one in instead])

    return once(verb, status=201)


@bp.post("/shifts/<int:number>/undos", responses={201: ShiftShown})
@requires("shift.give_up", scope=WRITES)
def undo_seat(path: NumberPath) -> Response:
    """Take back one's last step within ten minutes (409 `nothing_to_undo`, and those of `take_shift`; 410)."""
    return _carried_out(path.number, seats.undo)


@bp.post("/shifts/<int:number>/stand-in-requests", responses={201: ShiftShown})
@requires("shift.give_up", scope=WRITES)
def ask_for_stand_in(path: NumberPath) -> Response:
    """Ask for a stand-in; the seat stays one's own until somebody takes it (409 `not_yours`, `begun`)."""
    return _carried_out(path.number, stand_in.ask)


@bp.post("/shifts/<int:number>/stand-in-requests/end", responses={201: ShiftShown})
@requires("shift.give_up", scope=WRITES)
def stop_asking_for_stand_in(path: NumberPath) -> Response:
    """Come after all (409 `not_yours`, `begun`)."""
    return _carried_out(path.number, stand_in.stop_asking)


@bp.post("/shifts/<int:number>/stand-ins", responses={201: ShiftShown})
@requires("shift.take", scope=WRITES)
def stand_in_at_shift(path: NumberPath) -> Response:
    """Take the seat of whoever looked longest for a stand-in (409 `nobody_looks`, `your_own`, `waiting_first`,
    `yours`, and those of `take_shift`; 410)."""
    return _carried_out(path.number, stand_in.take_over)


@bp.post("/shifts/<int:number>/removals", responses={201: ShiftShown})
@requires("shift.take_out", scope=WRITES)
def take_out_of_shift(path: NumberPath, body: TakenOutSent) -> Response:
    """The site takes somebody out, also after the deadline (409 `not_yours`, `begun`)."""

    def verb(viewer: Viewer, number: int, *, now: object) -> SignUp:
        return seats.take_out(viewer, number, body.person, body.reason, now=clock.now())

    return _carried_out(path.number, verb)


def _carried_out(number: int, verb: Callable[..., SignUp]) -> Response:
    viewer, now = the_viewer(), clock.now()

    def run() -> ShiftShown:
        verb(viewer, number, now=now)
        return _shown(viewer, queries.shift_for(viewer, number, now=now))

    return once(run, status=201)


def _shown(viewer: Viewer, line: ShiftLine) -> ShiftShown:
    named = queries.names_shown(viewer, line, looks_after=MAY["shift.take_out"](viewer, line), now=clock.now())
    seat = None
    if line.mine is not None:
        seat = OwnSeatShown(state=line.mine.state, place=line.place, decline_by=line.mine.decline_by,
                            looks_for_stand_in=line.looking)  # fmt: skip
    return ShiftShown(
        number=line.id, starts_at=line.starts_at, ends_at=line.ends_at, zone=line.zone,
        site=ShiftSiteShown(number=line.site_id, name=line.site), queue=line.queue, language=line.language,
        channel=line.channel, busy=line.busy, seats=line.seats, taken=line.taken, waiting=line.waiting,
        buddy=line.buddy if named else None, briefing_needed=line.briefing_needed, opens_at=line.opens_at,
        note=line.note, cancel_reason=line.cancel_reason, state=line.state,
        sentence=sentence(line, zone=viewer.timezone), seat=seat,
    )  # fmt: skip
