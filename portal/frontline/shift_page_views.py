"""Shifts over HTTP: the list by day, one shift, and the taps on a seat. Each works without JavaScript."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, DomainError, Gone, Missing
from portal.frontline import floor_queries, seats, stand_in
from portal.frontline import shift_page_queries as queries
from portal.frontline import shift_page_wording as wording
from portal.frontline.floor_rules import Quarter
from portal.frontline.shift_page_queries import ShiftLine, ShiftsWanted
from portal.frontline.signup_forms import TakeOutForm, TapForm
from portal.frontline.signup_policy import MAY
from portal.frontline.signup_rules import give_up_refusal, may_undo, stand_in_refusal
from portal.frontline.slot_rules import LANGUAGE_CHARS_MAX, Length
from portal.frontline.words import Channel, SeatState, SeatStepKind
from portal.people.access import may, requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.forms import StrictForm
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("shifts", __name__)
SHOWN = 40
UNDOES = (*seats.TAKEN, *seats.GIVEN, SeatStepKind.TOOK_OVER)
FILTERS = ("length", "site", "language", "channel")


@bp.get("/shifts")
@requires("shift.see")
def index() -> ResponseReturnValue:
    """Shifts by day, one's own on top; at a site, who comes within 24 hours."""
    viewer, now, wanted = the_viewer(), clock.now(), _wanted()
    beside = queries.beside_the_list(viewer, now=now)
    shown: dict[str, Any] = {"days": [], "more_href": None, "choices": None}
    if may("shift.take"):
        shown = _list(viewer, wanted, beside)
    floor = floor_queries.floor_of(Quarter.of(now.date()), now=now)
    return render_template(
        "frontline/shifts.html", here="shifts",
        headline=wording.headline(floor, now=now, zone=viewer.timezone, named=may("shift.take")),
        own=_seats(viewer, beside.own), looking=_seats(viewer, beside.looking), coming=_seats(viewer, beside.coming),
        instead=_instead(viewer), at_a_site=viewer.site_id is not None,
        publishes=beside.publishes, **shown,
    )  # fmt: skip


@bp.get("/shifts/<int:number>")
@requires("shift.see")
def show(number: int) -> ResponseReturnValue:
    """One shift: what it is, what it is to the viewer, and what they can do."""
    return _page(number)


@bp.post("/shifts/<int:number>/sign-ups")
@requires("shift.take")
def sign_up(number: int) -> ResponseReturnValue:
    """Take a seat, or a place at the end of the waiting list."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> str:
        booked = seats.book(viewer, number, now=now).state is SeatState.BOOKED
        return "It is yours. Your buddy and the site are told." if booked else "You are on the waiting list."

    return _carry_out(number, TapForm(), verb)


@bp.post("/shifts/<int:number>/give-up")
@requires("shift.give_up")
def give_up(number: int) -> ResponseReturnValue:
    """Give up a seat, decline one that was passed on, or leave the waiting list; the next ones are offered at once."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> str:
        waited = queries.shift_for(viewer, number, now=now).yours is SeatState.WAITING
        seats.give_up(viewer, number, now=now)
        return "You are off the waiting list." if waited else "Given up. If somebody waits for it, it is theirs now."

    return _carry_out(number, TapForm(), verb, goes_to=url_for("shifts.index", instead=number))


@bp.post("/shifts/<int:number>/undo")
@requires("shift.give_up")
def undo(number: int) -> ResponseReturnValue:
    """Take back one's last step."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> str:
        state = seats.undo(viewer, number, now=now).state
        words = {SeatState.BOOKED: "It is yours again.", SeatState.WAITING: "Somebody was faster: you wait for it now."}
        return words.get(state, "Taken back. You have no seat here.")

    return _carry_out(number, TapForm(), verb)


@bp.post("/shifts/<int:number>/stand-in-requests")
@requires("shift.give_up")
def ask_stand_in(number: int) -> ResponseReturnValue:
    """Ask for a stand-in; the seat stays one's own until somebody takes it."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> str:
        stand_in.ask(viewer, number, now=now)
        return "Others can take it now. Until somebody does, it stays yours."

    return _carry_out(number, TapForm(), verb)


@bp.post("/shifts/<int:number>/stand-in-requests/end")
@requires("shift.give_up")
def stop_asking(number: int) -> ResponseReturnValue:
    """Come after all."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> str:
        stand_in.stop_asking(viewer, number, now=now)
        return "Good. It stays yours."

    return _carry_out(number, TapForm(), verb)


@bp.post("/shifts/<int:number>/stand-ins")
@requires("shift.take")
def take_over(number: int) -> ResponseReturnValue:
    """Stand in for somebody."""
    viewer, now = the_viewer(), clock.now()

    def verb() -> str:
        stand_in.take_over(viewer, number, now=now)
        return "You stand in. They are told, and so is the site."

    return _carry_out(number, TapForm(), verb)


@bp.post("/shifts/<int:number>/removals")
@requires("shift.take_out")
def take_out(number: int) -> ResponseReturnValue:
    """The site takes somebody out, with the reason."""
    viewer, now, form = the_viewer(), clock.now(), TakeOutForm()

    def verb() -> str:
        seats.take_out(viewer, number, form.person.data or 0, form.reason.data or "", now=now)
        return "Taken out. They are told. If somebody waits, the seat is theirs now."

    return _carry_out(number, form, verb)


def _carry_out(
    number: int, form: StrictForm, verb: Callable[[], str], *, goes_to: str | None = None
) -> ResponseReturnValue:
    """Do it and go on; a refusal is the page of the shift, with its one named state on top."""
    queries.shift_for(the_viewer(), number, now=clock.now())
    if not form.validate():
        return _page(number, form), 422
    try:
        with writing():
            words = verb()
    except (Conflict, Gone) as refusal:
        if wants_json():
            raise
        return _page(number, form, refusal), status_of(refusal)
    flash(words)
    return redirect(goes_to or url_for("shifts.show", number=number), 303)


def _page(number: int, sent: StrictForm | None = None, refusal: DomainError | None = None) -> str:
    viewer, now = the_viewer(), clock.now()
    line = queries.shift_for(viewer, number, now=now)
    looks_after = MAY["shift.take_out"](viewer, line)
    names = queries.names_shown(viewer, line, looks_after=looks_after, now=now)
    people = queries.attending(number) if names else []
    return render_template(
        "frontline/shift.html", here="shifts", shift=wording.row(line, now=now, zone=viewer.timezone),
        says=wording.sentence(line, zone=viewer.timezone), line=line, may_do=_may_do(viewer, line, people),
        booked=[one for one in people if one.state is SeatState.BOOKED] if names else None,
        waiting=[one for one in people if one.state is SeatState.WAITING] if looks_after else [],
        buddy=line.buddy if names else None, take_out=_take_out_form(sent) if looks_after and _open(line) else None,
        form=sent, refusal={"": refusal.message} if refusal else {},
    )  # fmt: skip


def _may_do(viewer: Viewer, line: ShiftLine, people: list[queries.Attending]) -> dict[str, Any]:
    """What this viewer could do now; the verbs ask again."""
    now, step = clock.now(), queries.last_step_of(viewer, line.id)
    declines = line.mine is not None and line.mine.decline_by is not None and now < line.mine.decline_by
    undoes = step is not None and step.by_id == viewer.id and step.kind in UNDOES
    others = any(one.looking and one.person_id != viewer.id for one in people)
    return {
        "give_up": line.yours is not None and give_up_refusal(line.mine, now=now) is None,
        "decline_by": wording.moment_words(line.mine.decline_by, viewer.timezone, now=now)
        if declines and line.yours is SeatState.BOOKED and line.mine and line.mine.decline_by else None,
        "ask": line.yours is SeatState.BOOKED and not line.looking and stand_in_refusal(line.mine, now=now) is None,
        "stop": line.looking and stand_in_refusal(line.mine, now=now) is None,
        "take_over": others and line.state is not None and line.yours is not SeatState.BOOKED and _open(line),
        "undo": undoes and step is not None and may_undo(step.at, line.starts_at, now=now),
        "undo_gives": step is not None and step.kind in seats.GIVEN,
    }  # fmt: skip


def _open(line: ShiftLine) -> bool:
    return clock.now() < line.starts_at and not line.cancel_reason


def _take_out_form(sent: StrictForm | None) -> TakeOutForm:
    return sent if isinstance(sent, TakeOutForm) else TakeOutForm(None)


def _seats(viewer: Viewer, rows: Any) -> list[dict[str, Any]]:
    return [wording.seat_row(row, now=clock.now(), zone=viewer.timezone) for row in rows[:SHOWN]]


def _instead(viewer: Viewer) -> dict[str, Any] | None:
    """What is offered to somebody who has just given a shift up."""
    number, now = _number("instead"), clock.now()
    if number is None or not may("shift.take"):
        return None
    try:
        line = queries.shift_for(viewer, number, now=now)
    except Missing:
        return None
    found = queries.instead_of(viewer, line, now=now)
    rows = [wording.row(one, now=now, zone=viewer.timezone) for one in found]
    return {"of": wording.row(line, now=now, zone=viewer.timezone), "shifts": rows, "number": number}


def _list(viewer: Viewer, wanted: ShiftsWanted, beside: queries.Beside) -> dict[str, Any]:
    now = clock.now()
    lines, following = queries.shifts_page(
        viewer, wanted, now=now, limit=SHOWN, cursor=request.args.get("after"), beside=beside, takeable=True
    )
    every = queries.choices(viewer, now=now)
    asked: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return {
        "days": wording.by_day(wording.row(line, now=now, zone=viewer.timezone) for line in lines),
        "more_href": url_for("shifts.index", after=following, **asked) if following else None,
        "choices": {
            "sites": sorted({(row.site_id, row.site) for row in every}, key=lambda pair: pair[1]),
            "languages": sorted({row.language for row in every}), "channels": sorted({row.channel for row in every}),
        },
        "wanted": wanted, "narrowed": bool(asked), "how_lists_go": wording.PASSED_ON,
        "lengths": [(one, one.label, url_for("shifts.index", **(asked | {"length": one.value}))) for one in Length],
        "any_length": url_for("shifts.index", **{name: asked[name] for name in asked if name != "length"}),
    }  # fmt: skip


def _wanted() -> ShiftsWanted:
    """What the address asks for; what nobody could have meant is left out."""
    length, channel = request.args.get("length", ""), request.args.get("channel", "")
    return ShiftsWanted(
        length=Length(length) if length in list(Length) else None, site=_number("site"),
        language=request.args.get("language", "")[:LANGUAGE_CHARS_MAX].replace("\x00", ""),
        channel=Channel(channel) if channel in list(Channel) else None,
    )  # fmt: skip


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
