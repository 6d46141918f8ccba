"""Thanks: saying them, reading them and the promises that were kept, and looking after the list."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Invalid, Missing, Refused
from portal.home import thanks_page
from portal.home.thanks_forms import ClickForm, DecisionForm, HiddenThanksForm, LookForm, ThanksForm
from portal.home.thanks_page import Entry
from portal.people.access import may, requires, the_viewer
from portal.people.kept_refusals import kept_for_the_auditor
from portal.people.replies import page, refused
from portal.people.viewer import Viewer
from portal.rewards import thanks_queries as queries
from portal.rewards import thanks_service as service
from portal.rewards.thanks_queries import Said
from portal.rewards.thanks_rules import NewThanks
from portal.rewards.thanks_service import ThanksDecision
from portal.web.dates import day_words, local_day
from portal.web.fields import asked_number
from portal.web.limits import limiter, per_viewer
from portal.web.transactions import writing

bp = Blueprint("thanks", __name__)
FEED, HIDDEN, LOOK, REPORTS = (
    "home/thanks.html", "home/thanks_hidden.html", "home/thanks_look.html", "home/thanks_reports.html",
)  # fmt: skip


@bp.get("/thanks")
@requires("thanks.see")
@limiter.limit("60/minute", key_func=per_viewer)
def feed() -> ResponseReturnValue:
    """The composer, and what colleagues said. `person`: chosen; `who`: looked for; `promise`, `idea`."""
    viewer, form = the_viewer(), ThanksForm(None)
    form.key.data = str(uuid4())
    if (number := asked_number("idea")) is not None:
        author = thanks_page.shown_author(viewer, number)
        if author is None:
            return redirect(url_for("thanks.hidden", number=number), 303)
        form.person.data = author
    elif (person := asked_number("person")) is not None:
        form.person.data = queries.colleague(viewer, person).id
    return page(FEED, form, **_about(viewer, form))


@bp.post("/thanks")
@requires("thanks.say")
@limiter.limit("20/minute", key_func=per_viewer)
def say() -> ResponseReturnValue:
    """Thank a colleague, for everybody to read."""
    viewer, form = the_viewer(), ThanksForm()
    if not form.validate():
        return page(FEED, form, status=422, **_about(viewer, form))
    wanted = NewThanks(form.person.data or 0, form.words.data or "", int(form.points.data))
    try:
        with kept_for_the_auditor("thanks.say", viewer, f"person:{wanted.to_id}", now=clock.now()), writing():
            queries.demand_colleague(viewer, wanted.to_id)
            service.say(viewer, wanted, key=form.key.data or "", now=clock.now())
    except (Conflict, Invalid, Refused) as refusal:
        return refused(FEED, form, refusal, **_about(viewer, form))
    flash("Said. They are told, and everybody can read it.")
    return redirect("/thanks", 303)


@bp.get("/ideas/<int:number>/thanks")
@requires("thanks.say")
def hidden(number: int) -> ResponseReturnValue:
    """Thank whoever said an idea without showing their name."""
    form = HiddenThanksForm(None)
    form.key.data = str(uuid4())
    idea, _ = thanks_page.hidden_author(the_viewer(), number)
    return page(HIDDEN, form, here="thanks", number=number, title=idea.title, who=idea.origin_label)


@bp.post("/ideas/<int:number>/thanks")
@requires("thanks.say")
@limiter.limit("20/minute", key_func=per_viewer)
def say_to_hidden(number: int) -> ResponseReturnValue:
    """They alone read it. The answer is the same whether a name is kept or not."""
    viewer, form = the_viewer(), HiddenThanksForm()
    idea, _ = thanks_page.hidden_author(viewer, number)
    facts = {"here": "thanks", "number": number, "title": idea.title, "who": idea.origin_label}
    if not form.validate():
        return page(HIDDEN, form, status=422, **facts)
    with writing():
        _, author_id = thanks_page.hidden_author(viewer, number)
        service.say_to_hidden(viewer, author_id, number, form.words.data or "", key=form.key.data or "",
                              now=clock.now())  # fmt: skip
    flash("Sent. If we keep a name for this idea, they read it, and nobody else does.")
    return redirect(f"/ideas/{number}", 303)


@bp.get("/thanks/mine")
@requires("thanks.see")
def mine() -> ResponseReturnValue:
    """What was said to the viewer; nobody else sees this page."""
    viewer = the_viewer()
    found, following = queries.received(viewer, cursor=request.args.get("after"))
    more = url_for("thanks.mine", after=following) if following else None
    entries = [_entry(one, viewer) for one in found]
    return render_template("home/thanks_mine.html", here="thanks", entries=entries, more_href=more)


@bp.post("/thanks/<int:number>/echo")
@requires("thanks.echo")
@limiter.limit("60/minute", key_func=per_viewer)
def echo(number: int) -> ResponseReturnValue:
    """Me too, thanks."""
    return _echo(number, on=True)


@bp.post("/thanks/<int:number>/echo/removal")
@requires("thanks.echo")
@limiter.limit("60/minute", key_func=per_viewer)
def take_back(number: int) -> ResponseReturnValue:
    """Take it back."""
    return _echo(number, on=False)


@bp.get("/thanks/<int:number>/reports")
@requires("thanks.report")
def look(number: int) -> ResponseReturnValue:
    """Ask for a look at it."""
    viewer = the_viewer()
    return page(LOOK, LookForm(None), here="thanks", said=_entry(queries.said_for(viewer, number), viewer))


@bp.post("/thanks/<int:number>/reports")
@requires("thanks.report")
def report(number: int) -> ResponseReturnValue:
    """Send it to those who moderate."""
    viewer, form = the_viewer(), LookForm()
    about = {"here": "thanks", "said": _entry(queries.said_for(viewer, number), viewer)}
    if not form.validate():
        return page(LOOK, form, status=422, **about)
    try:
        with writing():
            service.report(viewer, queries.thanks_row(viewer, number), form.words.data or "", now=clock.now())
    except (Conflict, Invalid) as refusal:
        return refused(LOOK, form, refusal, **about)
    flash("Thank you. Somebody looks at it.")
    return redirect("/thanks", 303)


@bp.get("/thanks/reports")
@requires("thanks.moderate")
def reports() -> ResponseReturnValue:
    """What somebody is asked to look at, and what is hidden."""
    return page(REPORTS, DecisionForm(None), **_reports(the_viewer()))


@bp.post("/thanks/<int:number>/decision")
@requires("thanks.moderate")
def decide(number: int) -> ResponseReturnValue:
    """Hide it, show it again or keep it."""
    viewer, form = the_viewer(), DecisionForm()
    if not form.validate():
        return page(REPORTS, form, status=422, refused_at=number, **_reports(viewer))
    try:
        with writing():
            row = queries.thanks_to_moderate(viewer, number)
            service.decide(viewer, row, ThanksDecision(form.action.data), form.reason.data or "", now=clock.now())
    except (Conflict, Invalid, Refused) as refusal:
        return refused(REPORTS, form, refusal, refused_at=number, **_reports(viewer))
    flash("Decided. It is on the record with your reason.")
    return redirect("/thanks/reports", 303)


def _echo(number: int, *, on: bool) -> ResponseReturnValue:
    viewer, form = the_viewer(), ClickForm()
    if not form.validate():
        raise Invalid("invalid", "This form is broken. Open the page again.")
    with writing():
        service.echo(viewer, queries.thanks_row(viewer, number), on=on, now=clock.now())
    return redirect(f"/thanks#thanks-{number}", 303)


def _about(viewer: Viewer, form: ThanksForm) -> dict[str, Any]:
    found, following = thanks_page.feed(viewer, cursor=request.args.get("after"))
    asked = request.args.get("who") or ""
    promise: str | None = None
    helpers: list[Any] = []
    if (number := asked_number("promise")) is not None:
        promise, helpers = thanks_page.helpers_of(viewer, number)
    return {
        "here": "thanks",
        "chosen": _chosen(viewer, form.person.data),
        "asked": asked,
        "found": queries.colleagues(viewer, asked) if asked else [],
        "promise": promise,
        "helpers": helpers,
        "left": queries.left_to_give(viewer, now=clock.now()),
        "entries": [_entry(one, viewer) for one in found],
        "more_href": url_for("thanks.feed", after=following) if following else None,
        "first_href": "/thanks" if request.args.get("after") else None,
        "moderates": may("thanks.moderate"),
    }


def _chosen(viewer: Viewer, person_id: int | None) -> Any:
    try:
        return queries.colleague(viewer, person_id) if person_id else None
    except Missing:
        return None


def _reports(viewer: Viewer) -> dict[str, Any]:
    found, following = queries.reported(viewer, cursor=request.args.get("after"))
    rows = [
        {"said": _entry(one.said, viewer), "hidden": one.hidden_at is not None, "reason": one.hidden_reason,
         "reports": [words for words, _ in one.reports]}
        for one in found
    ]  # fmt: skip
    more = url_for("thanks.reports", after=following) if following else None
    return {"here": "thanks", "rows": rows, "more_href": more}


def _entry(one: Entry, viewer: Viewer) -> dict[str, Any]:
    today = local_day(clock.now(), viewer.timezone)
    when = day_words(one.at, today=today, zone=viewer.timezone)
    facts = {"when": when, "datetime": local_day(one.at, viewer.timezone).isoformat(), "id": one.id}
    if isinstance(one, Said):
        others = one.others or 0
        told = f"{others} other{'' if others == 1 else 's'} too" if others else ""
        return facts | {"kind": "thanks", "from": one.from_name, "to": one.to_name, "place": one.to_place,
                        "words": one.words, "points": one.points, "echoed": one.echoed, "others": told,
                        "mine": viewer.id in (one.from_id, one.to_id), "idea": one.for_hidden_idea}  # fmt: skip
    return facts | {"kind": "kept", "owner": one.owner, "how": one.how, "sentence": one.sentence,
                    "href": f"/commitments/{one.commitment}"}  # fmt: skip
