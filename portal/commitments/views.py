"""Promises over HTTP: the board, the page of one, and what its owner and a second person do there."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.commitments import floor_queries, pages, queries, service
from portal.commitments import relapse_queries as relapsed
from portal.commitments import relapse_service as relapses
from portal.commitments.floor_shown import all_checked
from portal.commitments.forms import (
    FORMS,
    AcceptForm,
    DeliveryForm,
    HandBackForm,
    NewDateForm,
    NotBackForm,
    UpdateForm,
    VerdictForm,
)
from portal.commitments.models import Commitment
from portal.commitments.pages import Wanted, When
from portal.commitments.rules import CommitmentState, Verb
from portal.errors import Conflict, DomainError, Invalid
from portal.people import queries as people
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.forms import StrictForm
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("commitments", __name__)
Sent = tuple[str, StrictForm]
ADDRESSES = {
    "accept": "acceptance",
    "hand_back": "handbacks",
    "update": "updates",
    "move_date": "new-dates",
    "deliver": "deliveries",
    "not_back": "not-back",
    "verdict": "verdicts",
}


@bp.get("/commitments")
@requires("commitment.see")
def index() -> ResponseReturnValue:
    """Every promise, the late ones first."""
    wanted, when = Wanted.from_args(request.args), _when()
    board = queries.board(
        the_viewer(), today=when.today, zone=when.zone, only=wanted.state, mine=wanted.mine, after=wanted.after
    )
    return render_template("commitments/index.html", here="promises", **pages.board_context(board, wanted, when))


@bp.get("/commitments/<int:number>")
@requires("commitment.see")
def show(number: int) -> ResponseReturnValue:
    """One promise: everybody reads it, its owner works here."""
    return _page(number)


@bp.post("/commitments/<int:number>/acceptance")
@requires("commitment.accept")
def accept(number: int) -> ResponseReturnValue:
    """The owner takes it on."""
    viewer, now = the_viewer(), clock.now()
    sent = ("accept", AcceptForm())
    return _carry_out(number, sent, "It is yours now.", lambda promise: service.accept(viewer, promise, now=now))


@bp.post("/commitments/<int:number>/handbacks")
@requires("commitment.hand_back")
def hand_back(number: int) -> ResponseReturnValue:
    """The owner gives it back."""
    viewer, now, form = the_viewer(), clock.now(), HandBackForm()
    said = "Handed back. The idea is with the executives again."
    return _carry_out(
        number,
        ("hand_back", form),
        said,
        lambda promise: service.hand_back(viewer, promise, form.reason.data or "", now=now),
        # Somebody who saw the idea only because of the promise does not see it any more.
        to=url_for("commitments.index", mine=1),
    )


@bp.post("/commitments/<int:number>/updates")
@requires("commitment.update")
def post_update(number: int) -> ResponseReturnValue:
    """The owner tells what moved."""
    viewer, now, form = the_viewer(), clock.now(), UpdateForm()
    return _carry_out(
        number,
        ("update", form),
        "Posted.",
        lambda promise: service.post_update(viewer, promise, form.body.data or "", now=now),
    )


@bp.post("/commitments/<int:number>/new-dates")
@requires("commitment.move_date")
def move_date(number: int) -> ResponseReturnValue:
    """The owner names another date."""
    viewer, when, form = the_viewer(), _when(), NewDateForm()

    def verb(promise: Commitment) -> Any:
        assert form.due_on.data is not None
        reason = form.reason.data or ""
        return service.move_date(viewer, promise, form.due_on.data, reason, today=when.today, now=when.now)

    return _carry_out(number, ("move_date", form), "The new date is public, and so is the reason.", verb)


@bp.post("/commitments/<int:number>/deliveries")
@requires("commitment.deliver")
def deliver(number: int) -> ResponseReturnValue:
    """The owner says that it is done."""
    viewer, when, form = the_viewer(), _when(), DeliveryForm()
    return _carry_out(
        number,
        ("deliver", form),
        "Marked as done. Somebody else looks now, then it counts as kept.",
        lambda promise: service.deliver(viewer, promise, form.delivery(), today=when.today, now=when.now),
    )


@bp.post("/commitments/<int:number>/not-back")
@requires("commitment.not_back")
def not_back(number: int) -> ResponseReturnValue:
    """The owner answers that what was reopened is not back."""
    viewer, now, form = the_viewer(), clock.now(), NotBackForm()
    return _carry_out(
        number,
        ("not_back", form),
        "Answered, in public. It stands as before.",
        lambda promise: relapses.not_back(viewer, promise, form.reason.data or "", now=now),
    )


@bp.post("/commitments/<int:number>/verdicts")
@requires("commitment.confirm")
def judge(number: int) -> ResponseReturnValue:
    """A second person confirms that it is done, or sends it back."""
    viewer, now, form = the_viewer(), clock.now(), VerdictForm()
    if form.verdict.data == "send_back":
        return _carry_out(
            number,
            ("verdict", form),
            "Sent back to its owner, with your reason.",
            lambda promise: service.send_back(viewer, promise, form.reason.data or "", now=now),
        )
    return _carry_out(
        number,
        ("verdict", form),
        "Confirmed. The promise is kept.",
        lambda promise: service.confirm(viewer, promise, now=now),
    )


def _carry_out(
    number: int, sent: Sent, said: str, verb: Callable[[Commitment], Any], *, to: str | None = None
) -> ResponseReturnValue:
    """Validate, do it, and go back to the page; a refusal comes back with everything that was typed."""
    viewer = the_viewer()
    queries.commitment_for(viewer, number)
    if not sent[1].validate():
        return _page(number, sent), 422
    try:
        with writing():
            verb(queries.commitment_for(viewer, number))
    except (Conflict, Invalid) as refusal:
        if wants_json():
            raise
        for name, sentence in refusal.fields.items():
            sent[1][name].errors = [*sent[1][name].errors, sentence]
        return _page(number, sent, refusal), status_of(refusal)
    flash(said)
    return redirect(to or url_for("commitments.show", number=number), 303)


def _page(number: int, sent: Sent | None = None, refusal: DomainError | None = None) -> str:
    viewer, when = the_viewer(), _when()
    page = queries.page_of(viewer, number, today=when.today, zone=when.zone)
    forms = _forms(_offered(viewer, page, when), sent)
    kept = _kept(sent[1]) if sent and sent[0] not in forms else []
    return render_template(
        "commitments/show.html",
        here="promises",
        forms={name: forms.get(name) for name in FORMS},
        sent=sent[1] if sent else None,
        refusal={"": refusal.message} if refusal and not refusal.fields else {},
        kept=kept,
        relapse=relapsed.open_of(number) if page.line.state is CommitmentState.REOPENED else None,
        floor=all_checked(floor_queries.results(number)) if page.delivered else [],
        actions={name: f"/commitments/{number}/{address}" for name, address in ADDRESSES.items()},
        **pages.promise_context(page, when),
    )


def _offered(viewer: Viewer, page: queries.Page, when: When) -> set[str]:
    """The forms that this viewer could send now."""
    offered = {verb.value for verb in service.verbs_now(viewer, page.facts(when.zone), page.path)}
    return offered | {"verdict"} if Verb.CONFIRM in offered else offered


def _forms(offered: set[str], sent: Sent | None) -> dict[str, StrictForm]:
    forms = {
        name: sent[1] if sent and sent[0] == name else kind(None) for name, kind in FORMS.items() if name in offered
    }
    if isinstance(done := forms.get("deliver"), DeliveryForm):
        done.sites.choices = [SelectChoice(str(site.id), f"{site.name}, {site.employer}") for site in people.sites()]
    return forms


def _kept(form: StrictForm) -> list[tuple[str, str]]:
    """What was typed into a form that the promise, as it stands now, no longer offers."""
    texts = [(part.label.text, part.data) for part in form if part.type == "TextAreaField"]
    return [(label, words) for label, words in texts if words]


def _when() -> When:
    return When(clock.now(), queries.organisation_zone())
