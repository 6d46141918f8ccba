"""Representatives over HTTP: who speaks for whom, giving them something to carry, and their own turn."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import DomainError, Invalid
from portal.frontline import representative_pages as pages
from portal.frontline import representative_queries as queries
from portal.frontline import representatives as verbs
from portal.frontline.representative_choosing import choices
from portal.frontline.representative_forms import CarryForm, EmptyForm, GiveForm, HandingForm, RotationForm
from portal.frontline.representative_models import Rotation
from portal.frontline.representative_policy import MAY
from portal.frontline.representative_rules import HANDING_UNTIL, period_of
from portal.frontline.representative_turns import carried_in, today_of
from portal.ideas.queries import idea_for
from portal.ideas.search_queries import TYPED_CHARS_MAX
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.people.viewer import Viewer
from portal.web.dates import day_words
from portal.web.fields import asked_number
from portal.web.forms import CONTROLS, StrictForm
from portal.web.transactions import writing

bp = Blueprint("representatives", __name__)
LIST, SHOW, NEW, GIVE = (f"frontline/representative{name}.html" for name in ("s", "", "_new", "_give"))
PAGE, PAST = 30, 12


@bp.get("/representatives")
@requires("representative.see")
def index() -> ResponseReturnValue:
    """Who speaks for whom, one's own first."""
    viewer, today = the_viewer(), today_of(clock.now())
    after = request.args.get("after")
    found, following = pages.speaks_page(viewer, today, limit=PAGE, cursor=after)
    return page(
        LIST, EmptyForm(None), here="representatives", found=found, day=_days(today),
        own_turns=queries.own_turns(viewer, today), may_rotate=MAY["representative.rotate"](viewer, None),
        more_href=url_for("representatives.index", after=following) if following else None,
        first_href=url_for("representatives.index") if after else None,
    )  # fmt: skip


@bp.get("/representatives/new")
@requires("representative.rotate")
def new() -> ResponseReturnValue:
    """Have the people of a place speak for it in turn."""
    form = _rotation_form(the_viewer(), RotationForm(None))
    form.starts_on.data = today_of(clock.now())
    return page(NEW, form, here="representatives")


@bp.post("/representatives")
@requires("representative.rotate")
def start() -> ResponseReturnValue:
    """Begin, and name who is first."""
    viewer, form = the_viewer(), RotationForm()
    _rotation_form(viewer, form)
    if not form.validate():
        return page(NEW, form, status=422, here="representatives")
    try:
        with writing():
            made = verbs.start_rotation(viewer, form.place.data or 0, form.weeks.data, form.starts_on.data,
                                        now=clock.now()).id  # fmt: skip
    except DomainError as error:
        return refused(NEW, form, error, here="representatives")
    flash("They speak in turn from that day on. Whoever is first has been told.")
    return _back(made)


@bp.get("/representatives/<int:number>")
@requires("representative.see")
def show(number: int) -> ResponseReturnValue:
    """Who speaks for a place, what they are given, what they carried, and what came back."""
    viewer = the_viewer()
    form = CarryForm(None, idea=asked_number("idea"))
    return page(SHOW, form, **_shown(viewer, queries.rotation_for(viewer, number)))


@bp.post("/representatives/<int:number>/end")
@requires("representative.rotate")
def end(number: int) -> ResponseReturnValue:
    """Nobody speaks for it in turn any more."""
    viewer = _pressed()
    with writing():
        verbs.end_rotation(viewer, queries.rotation_for(viewer, number), now=clock.now())
    flash("Ended. What was carried goes on.")
    return _back(number)


@bp.post("/representatives/<int:number>/opt-out")
@requires("representative.join")
def opt_out(number: int) -> ResponseReturnValue:
    """Leave me out."""
    viewer = _pressed()
    with writing():
        verbs.opt_out(viewer, queries.rotation_for(viewer, number), now=clock.now())
    flash("You are left out. You can come back whenever you like.")
    return _back(number)


@bp.post("/representatives/<int:number>/opt-in")
@requires("representative.join")
def opt_in(number: int) -> ResponseReturnValue:
    """In again."""
    viewer = _pressed()
    with writing():
        verbs.opt_in(viewer, queries.rotation_for(viewer, number), now=clock.now())
    flash("You are in again.")
    return _back(number)


@bp.post("/representatives/turns/<int:number>/taken")
@requires("representative.speak")
def take(number: int) -> ResponseReturnValue:
    """Yes, I will."""
    viewer = _pressed()
    with writing():
        turn = queries.turn_for(viewer, number)
        verbs.take(viewer, turn, now=clock.now())
        rotation = turn.rotation_id
    return _back(rotation)


@bp.post("/representatives/turns/<int:number>/passed")
@requires("representative.speak")
def pass_on(number: int) -> ResponseReturnValue:
    """Not this time."""
    viewer = _pressed()
    with writing():
        turn = queries.turn_for(viewer, number)
        verbs.pass_on(viewer, turn, now=clock.now())
        rotation = turn.rotation_id
    flash("The next one has it. Nobody asks why.")
    return _back(rotation)


@bp.post("/representatives/turns/<int:number>/handing")
@requires("representative.speak")
def hand_over(number: int) -> ResponseReturnValue:
    """Words for whoever comes next."""
    viewer, form = the_viewer(), HandingForm()
    rotation = queries.turn_for(viewer, number).rotation_id
    if not form.validate():
        return _again(viewer, rotation, handing=form)
    try:
        with writing():
            verbs.hand_over(viewer, queries.turn_for(viewer, number), form.words.data or "", now=clock.now())
    except Invalid as error:
        form.words.errors = [*form.words.errors, error.message]
        return _again(viewer, rotation, handing=form)
    flash("Kept for whoever comes next. You can change it.")
    return _back(rotation)


@bp.post("/representatives/turns/<int:number>/carried")
@requires("representative.speak")
def carry(number: int) -> ResponseReturnValue:
    """Put one idea before the executives, outside the quorum."""
    viewer, form = the_viewer(), CarryForm()
    rotation = queries.turn_for(viewer, number).rotation_id
    if not form.validate():
        return _again(viewer, rotation, form=form)
    try:
        with writing():
            idea = idea_for(viewer, form.idea.data)
            verbs.carry(viewer, queries.turn_for(viewer, number), idea, form.words.data or "", now=clock.now())
    except DomainError as error:
        return refused(SHOW, form, error, **_shown(viewer, queries.rotation_for(viewer, rotation)))
    flash(f"Number {form.idea.data} is with the executives, with your name and your words.")
    return _back(rotation)


@bp.get("/representatives/give")
@requires("representative.give")
def give_form() -> ResponseReturnValue:
    """Give somebody who speaks for me something to carry."""
    number = asked_number("idea")
    return page(GIVE, GiveForm(None, idea=number), **_giving(the_viewer(), number))


@bp.post("/representatives/<int:number>/queue")
@requires("representative.give")
def give(number: int) -> ResponseReturnValue:
    """An idea in the queue of whoever speaks for a place."""
    viewer, form = the_viewer(), GiveForm()
    if not form.validate():
        return page(GIVE, form, status=422, **_giving(viewer, None))
    try:
        with writing():
            idea = idea_for(viewer, form.idea.data)
            verbs.give(viewer, queries.rotation_for(viewer, number), idea, form.words.data or "", now=clock.now())
    except DomainError as error:
        return refused(GIVE, form, error, **_giving(viewer, form.idea.data))
    flash("Given. Nobody sees that it was you.")
    return redirect(url_for("representatives.give_form", idea=form.idea.data), 303)


@bp.post("/representatives/<int:number>/queue/<int:idea>/withdrawal")
@requires("representative.give")
def take_back(number: int, idea: int) -> ResponseReturnValue:
    """Not that after all."""
    viewer = _pressed()
    with writing():
        verbs.take_back(viewer, queries.rotation_for(viewer, number), idea_for(viewer, idea))
    flash("Taken back.")
    return redirect(url_for("representatives.give_form", idea=idea), 303)


def _rotation_form(viewer: Viewer, form: RotationForm) -> RotationForm:
    form.offer(pages.places_offered(viewer))
    return form


def _giving(viewer: Viewer, number: int | None) -> dict[str, Any]:
    idea = idea_for(viewer, number) if number is not None else None
    own = pages.own_speaks(viewer, today_of(clock.now()))
    text = CONTROLS.sub(" ", request.args.get("q", ""))[:TYPED_CHARS_MAX].strip()
    found = choices(viewer, text) if own and idea is None else []
    return {"here": "representatives", "own": own, "idea": idea, "q": text, "found": found,
            "given": pages.given_by(viewer, number) if number is not None else set()}  # fmt: skip


def _shown(viewer: Viewer, rotation: Rotation) -> dict[str, Any]:
    today, after = today_of(clock.now()), request.args.get("after")
    speaks = pages.speaks_for(viewer, rotation, today)
    past, following = pages.past_turns(viewer, rotation, today, limit=PAST, cursor=after)
    mine = speaks.now if speaks.now and speaks.now.person_id == viewer.id else None
    own_past = next((one for one in past if one.line.person_id == viewer.id), None)
    writes = own_past is not None and today <= own_past.line.ends_on + HANDING_UNTIL
    more = url_for("representatives.show", number=rotation.id, after=following) if following else None
    return {
        "here": "representatives", "speaks": speaks, "past": past, "day": _days(today), "mine": mine,
        "turn": mine or (speaks.following if speaks.following and speaks.following.person_id == viewer.id else None),
        "given": pages.given(viewer, rotation.id) if mine else [],
        "carried": carried_in(rotation.id, period_of(rotation.starts_on, rotation.weeks, today)) if mine else False,
        "out": speaks.own and viewer.id in queries.opted_out(rotation.id),
        "may_end": rotation.ended_at is None and pages.may_rotate(viewer, rotation),
        "handing": HandingForm(None, words=own_past.handing) if own_past else None,
        "handed_turn": own_past.line.number if own_past and writes else None,
        "more_href": more,
        "first_href": url_for("representatives.show", number=rotation.id) if after else None,
    }  # fmt: skip


def _again(viewer: Viewer, rotation: int, **forms: StrictForm) -> ResponseReturnValue:
    facts = _shown(viewer, queries.rotation_for(viewer, rotation)) | forms
    return page(SHOW, facts.pop("form", CarryForm(None)), status=422, **facts)


def _pressed() -> Viewer:
    if not EmptyForm().validate():
        raise Invalid("not_a_form", "Send the form again.")
    return the_viewer()


def _back(number: int) -> ResponseReturnValue:
    return redirect(url_for("representatives.show", number=number), 303)


def _days(today: Any) -> Any:
    return lambda day: day_words(day, today=today)
