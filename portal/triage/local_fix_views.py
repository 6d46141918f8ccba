"""Local fixes over HTTP: everybody reads them; their owner, a second person and other sites work there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments import rules as promises
from portal.commitments.queries import organisation_zone
from portal.commitments.rules import Actor, Verb, day_in
from portal.errors import Conflict, DomainError, Invalid
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.triage import lane_wording, local_fix, local_fix_queries
from portal.triage.lane_scope import sites_of
from portal.triage.local_fix_models import LocalFix
from portal.triage.reply_forms import FIX_DAYS, FIX_FORMS, AdoptForm, FixDateForm, FixDoneForm, FixVerdictForm
from portal.web.forms import StrictForm
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

bp = Blueprint("local_fixes", __name__)
SHOWN = 20
Sent = tuple[str, StrictForm]


@bp.get("/local-fixes")
@requires("fix.see")
def index() -> ResponseReturnValue:
    """What sites have promised for themselves, the newest first."""
    viewer, today = the_viewer(), _today()
    after, offered = request.args.get("after"), request.args.get("offered") == "1"
    lines, following = local_fix_queries.fixes_page(viewer, limit=SHOWN, cursor=after, offered=offered)
    only = "1" if offered else None
    return render_template(
        "triage/local_fixes.html", here="promises", offered=offered,
        fixes=[lane_wording.row(line, today, href=f"/local-fixes/{line.id}") for line in lines],
        more_href=url_for("local_fixes.index", after=following, offered=only) if following else None,
        first_href=url_for("local_fixes.index", offered=only) if after else None,
    )  # fmt: skip


@bp.get("/local-fixes/<int:number>")
@requires("fix.see")
def show(number: int) -> ResponseReturnValue:
    """One local fix."""
    return _page(number)


@bp.post("/local-fixes/<int:number>/new-dates")
@requires("fix.work")
def move_date(number: int) -> ResponseReturnValue:
    """Its owner names another day."""
    viewer, now, form = the_viewer(), clock.now(), FixDateForm()

    def verb(fix: LocalFix) -> None:
        assert form.due_on.data is not None
        local_fix.move_date(viewer, fix, form.due_on.data, form.reason.data or "", now=now)

    return _carry_out(number, ("move_date", form), "The new date is public, and so is the reason.", verb)


@bp.post("/local-fixes/<int:number>/deliveries")
@requires("fix.work")
def deliver(number: int) -> ResponseReturnValue:
    """Its owner says that it is fixed."""
    viewer, now, form = the_viewer(), clock.now(), FixDoneForm()

    def verb(fix: LocalFix) -> None:
        assert form.live_from.data is not None
        local_fix.deliver(viewer, fix, form.live_from.data, form.evidence.data or "", now=now)

    return _carry_out(number, ("deliver", form), "Marked as fixed. Somebody else looks now, then it counts.", verb)


@bp.post("/local-fixes/<int:number>/verdicts")
@requires("fix.confirm")
def judge(number: int) -> ResponseReturnValue:
    """A second person confirms that it is fixed, or sends it back."""
    viewer, now, form = the_viewer(), clock.now(), FixVerdictForm()
    if form.verdict.data == "send_back":
        return _carry_out(
            number, ("verdict", form), "Sent back to its owner, with your reason.",
            lambda fix: local_fix.send_back(viewer, fix, form.reason.data or "", now=now),
        )  # fmt: skip
    return _carry_out(
        number, ("verdict", form), "Confirmed. It is offered to the other sites now.",
        lambda fix: local_fix.confirm(viewer, fix, now=now),
    )  # fmt: skip


@bp.post("/local-fixes/<int:number>/adoptions")
@requires("fix.promise")
def adopt(number: int) -> ResponseReturnValue:
    """Promise the same for a site of one's own."""
    viewer, now, form = the_viewer(), clock.now(), AdoptForm()

    def verb(fix: LocalFix) -> LocalFix:
        assert form.due_on.data is not None
        return local_fix.adopt(viewer, fix, form.site.data or 0, form.due_on.data, now=now)

    return _carry_out(number, ("adopt", form), "Promised for your site, in public.", verb)


def _carry_out(number: int, sent: Sent, said: str, verb: Callable[[LocalFix], Any]) -> ResponseReturnValue:
    """Validate, do it, and go to the page of what was done; a refusal comes back with everything that was typed."""
    viewer = the_viewer()
    local_fix_queries.fix_for(viewer, number)
    if not sent[1].validate():
        return _page(number, sent), 422
    try:
        with writing():
            made = verb(local_fix_queries.fix_for(viewer, number))
            goes_to = made.id if made is not None else number
    except (Conflict, Invalid) as refusal:
        if wants_json():
            raise
        for name, sentence in refusal.fields.items():
            sent[1][name].errors = [*sent[1][name].errors, sentence]
        return _page(number, sent, refusal), status_of(refusal)
    flash(said)
    return redirect(url_for("local_fixes.show", number=goes_to), 303)


def _page(number: int, sent: Sent | None = None, refusal: DomainError | None = None) -> str:
    viewer, today = the_viewer(), _today()
    line = local_fix_queries.line_of(viewer, number)
    fix = local_fix_queries.fix_for(viewer, number)
    forms = _forms(viewer, fix, sent)
    kept = [part.data for part in sent[1] if part.type == "TextAreaField" and part.data] if sent else []
    return render_template(
        "triage/local_fix.html", here="promises", number=number,
        fix=lane_wording.row(line, today, href="") | {"title": line.title, "site": line.site, "first": line.first},
        chip=lane_wording.chip_of(line, today), days=lane_wording.days_of(line, today),
        late=lane_wording.is_late(line, today),
        entries=lane_wording.entries(local_fix_queries.steps_of(number), line.site, today),
        forms={name: forms.get(name) for name in FIX_FORMS}, sent=sent[1] if sent else None,
        refusal={"": refusal.message} if refusal and not refusal.fields else {},
        kept=kept if sent and sent[0] not in forms else [],
        one_site=len(forms["adopt"].site.choices) == 1 if "adopt" in forms else False,
    )  # fmt: skip


def _forms(viewer: Viewer, fix: LocalFix, sent: Sent | None) -> dict[str, Any]:
    """What this viewer could send now."""
    facts, actor = local_fix.facts_of(fix), Actor(viewer.id, answers=local_fix.may_confirm(viewer, fix))
    verbs = {"move_date": Verb.MOVE_DATE, "deliver": Verb.DELIVER, "verdict": Verb.CONFIRM}
    offered = {name for name, verb in verbs.items() if promises.refusal(verb, facts, actor) is None}
    free: list[Any] = []
    if local_fix_queries.is_offered(fix, idea_for(viewer, fix.idea_id).stage):
        with_it = local_fix_queries.sites_with(fix.idea_id)
        free = [site for site in sites_of(viewer) if site.leads and site.id not in with_it]
    names = offered | ({"adopt"} if free else set())
    forms: dict[str, Any] = {
        name: sent[1] if sent and sent[0] == name else kind(None) for name, kind in FIX_FORMS.items() if name in names
    }
    if "adopt" in forms:
        forms["adopt"].offer(free)
        if not (sent and sent[0] == "adopt"):
            forms["adopt"].due_on.data = _today() + timedelta(days=FIX_DAYS)
    return forms


def _today() -> Any:
    return day_in(organisation_zone(), clock.now())
