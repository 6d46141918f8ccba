"""Pages on which a metric is defined, changed and retired."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Invalid
from portal.metrics import definition_queries, definitions, queries
from portal.metrics.forms import ButtonForm, MetricForm
from portal.metrics.models import Metric
from portal.people.access import requires, the_viewer
from portal.web.transactions import writing

bp = Blueprint("metric_definitions", __name__)


@bp.get("/metrics/new")
@requires("metric.define")
def new() -> ResponseReturnValue:
    """Define a metric of one's own."""
    return _page(_form(), None)


@bp.post("/metrics")
@requires("metric.define")
def define() -> ResponseReturnValue:
    """Define it."""
    form = _form()
    if not form.validate():
        return _page(form, None), 422
    try:
        with writing():
            made = definitions.define(the_viewer(), form.code.data or "", form.facts(), now=clock.now())
            metric_id = made.id
    except (Conflict, Invalid) as refusal:
        return _page(form, None, refusal), 409 if isinstance(refusal, Conflict) else 422
    flash("The metric is there. Bring values in next.")
    return redirect(f"/metrics/{metric_id}", 303)


@bp.get("/metrics/<int:metric_id>/edit")
@requires("metric.define")
def edit(metric_id: int) -> ResponseReturnValue:
    """Change what a metric is."""
    form, metric = _form(), queries.metric(metric_id)
    form.show(definitions.facts_of(metric))
    return _page(form, metric)


@bp.post("/metrics/<int:metric_id>")
@requires("metric.define")
def change(metric_id: int) -> ResponseReturnValue:
    """Change it; where it is counted in another way, a new version is written."""
    form, metric = _form(), queries.metric(metric_id)
    if not form.validate():
        return _page(form, metric), 422
    try:
        with writing():
            metric = queries.metric(metric_id)
            version = definitions.change(
                the_viewer(), metric, form.facts(), since=form.since.data, now=clock.now()
            )  # fmt: skip
            said = f"Saved as version {version.version}. The calendar says so too." if version else "Saved."
    except Invalid as refusal:
        return _page(form, queries.metric(metric_id), refusal), 422
    flash(said)
    return redirect(f"/metrics/{metric_id}", 303)


@bp.post("/metrics/<int:metric_id>/retirement")
@requires("metric.define")
def retire(metric_id: int) -> ResponseReturnValue:
    """Take it out of lists and choices; its values stay."""
    ButtonForm().validate()
    with writing():
        definitions.retire(the_viewer(), queries.metric(metric_id), now=clock.now())
    flash("Retired. Its values stay, and you can bring it back.")
    return redirect(f"/metrics/{metric_id}", 303)


@bp.post("/metrics/<int:metric_id>/return")
@requires("metric.define")
def bring_back(metric_id: int) -> ResponseReturnValue:
    """Put it into lists and choices again."""
    ButtonForm().validate()
    with writing():
        definitions.bring_back(the_viewer(), queries.metric(metric_id), now=clock.now())
    flash("It is in use again.")
    return redirect(f"/metrics/{metric_id}", 303)


def _form() -> MetricForm:
    form = MetricForm()
    form.offer(definition_queries.value_owners())
    return form


def _page(form: MetricForm, metric: Metric | None, refusal: Conflict | Invalid | None = None) -> str:
    extra = dict(refusal.fields) or {"": refusal.message} if refusal else {}
    return render_template("metrics/metric_form.html", form=form, metric=metric, extra=extra,
                           problem=bool(extra or form.errors), here="metrics")  # fmt: skip
