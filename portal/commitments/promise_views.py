"""The page of a promise, and what every form on it goes through. Others of this package's views send here."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments import floor_queries, page_queries, pages, queries, service
from portal.commitments import relapse_queries as relapsed
from portal.commitments.floor_shown import all_checked
from portal.commitments.forms import FORMS, DeliveryForm
from portal.commitments.models import Commitment
from portal.commitments.pages import When
from portal.commitments.rules import CommitmentState, Verb
from portal.errors import Conflict, DomainError, Invalid
from portal.people import queries as people
from portal.people.access import the_viewer
from portal.people.viewer import Viewer
from portal.web.forms import StrictForm
from portal.web.problems import status_of, wants_json
from portal.web.transactions import writing

Sent = tuple[str, StrictForm]
ADDRESSES = {
    "accept": "acceptance",
    "hand_back": "handbacks",
    "update": "updates",
    "move_date": "new-dates",
    "deliver": "deliveries",
    "not_back": "not-back",
    "verdict": "verdicts",
    "steps": "steps",
    "need_decision": "needs",
    "decide": "decisions",
    "call_help": "help",
    "help": "help/answers",
    "nudge": "nudges",
}


def carry_out(
    number: int, sent: Sent, said: str, verb: Callable[[Commitment], Any], *, to: str | None = None
) -> ResponseReturnValue:
    """Validate, do it, and go back to the page; a refusal comes back with everything that was typed."""
    viewer = the_viewer()
    queries.commitment_for(viewer, number)
    if not sent[1].validate():
        return promise_page(number, sent), 422
    try:
        with writing():
            verb(queries.commitment_for(viewer, number))
    except (Conflict, Invalid) as refusal:
        if wants_json():
            raise
        for name, sentence in refusal.fields.items():
            sent[1][name].errors = [*sent[1][name].errors, sentence]
        return promise_page(number, sent, refusal), status_of(refusal)
    flash(said)
    return redirect(to or url_for("commitments.show", number=number), 303)


def promise_page(number: int, sent: Sent | None = None, refusal: DomainError | None = None) -> str:
    """The page of one promise. sent: a form that was refused, by name; refusal: why, where it is no field's fault."""
    viewer, when = the_viewer(), when_now()
    page = page_queries.page_of(viewer, number, today=when.today, zone=when.zone)
    forms = _forms(_offered(viewer, page, when), sent)
    kept = _kept(sent[1]) if sent and sent[0] not in forms else []
    return render_template(
        "commitments/show.html",
        here="promises",
        commitment=number,
        forms={name: forms.get(name) for name in FORMS},
        sent=sent[1] if sent else None,
        refusal={"": refusal.message} if refusal and not refusal.fields else {},
        kept=kept,
        is_owner=page.owner_id == viewer.id,
        floor=all_checked(floor_queries.results(number)) if page.delivered else [],
        relapse=relapsed.open_of(number) if page.line.state is CommitmentState.REOPENED else None,
        actions={name: f"/commitments/{number}/{address}" for name, address in ADDRESSES.items()},
        **pages.promise_context(page, when, viewer.id),
    )


def _offered(viewer: Viewer, page: page_queries.Page, when: When) -> set[str]:
    """The forms that this viewer could send now."""
    offered = {verb.value for verb in service.verbs_now(viewer, page.facts(when.zone), page.path)}
    offered |= {"verdict"} if Verb.CONFIRM in offered else set()
    offered |= {"help"} if page.work.asked_me else set()
    return offered - {"nudge"} if page.work.nudged else offered


def _forms(offered: set[str], sent: Sent | None) -> dict[str, StrictForm]:
    forms = {
        name: sent[1] if sent and sent[0] == name else kind(None) for name, kind in FORMS.items() if name in offered
    }
    if isinstance(done := forms.get("deliver"), DeliveryForm) and not done.own_days():
        done.offer(people.sites())
    return forms


def _kept(form: StrictForm) -> list[tuple[str, str]]:
    """What was typed into a form that the promise, as it stands now, no longer offers."""
    texts = [(part.label.text, part.data) for part in form if part.type == "TextAreaField"]
    return [(label, words) for label, words in texts if words]


def when_now() -> When:
    """The moment of the request, and the organisation's day."""
    return When(clock.now(), queries.organisation_zone())
