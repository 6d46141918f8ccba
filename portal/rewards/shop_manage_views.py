"""Looking after the catalogue, for the programme of an employer."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Invalid, Refused
from portal.people.access import requires, the_viewer
from portal.people.replies import page, refused
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.rewards import shop_queries as queries
from portal.rewards import shop_service as service
from portal.rewards.shop_forms import RewardForm
from portal.rewards.shop_queries import Managed
from portal.web.transactions import writing

bp = Blueprint("shop_manage", __name__)
FORM = "rewards/manage_one.html"
BACK = "/rewards/manage"


@bp.get("/rewards/manage")
@requires("reward.manage")
def manage() -> ResponseReturnValue:
    """Everything that the viewer looks after, retired ones too."""
    found, following = queries.managed(the_viewer(), cursor=request.args.get("after"))
    more = url_for("shop_manage.manage", after=following) if following else None
    return render_template("rewards/manage.html", here="wallet", rows=found, more_href=more)


@bp.get("/rewards/manage/new")
@requires("reward.manage")
def new() -> ResponseReturnValue:
    """An empty form."""
    viewer, form = the_viewer(), RewardForm(None)
    return page(FORM, _offered(form, viewer), **_about(None))


@bp.post("/rewards/manage")
@requires("reward.manage")
def add() -> ResponseReturnValue:
    """Put something into the catalogue."""
    viewer = the_viewer()
    form = _offered(RewardForm(), viewer)
    if not form.validate():
        return page(FORM, form, status=422, **_about(None))
    try:
        with writing():
            service.add(viewer, form.wanted(), now=clock.now())
    except (Conflict, Invalid, Refused) as refusal:
        return refused(FORM, form, refusal, **_about(None))
    flash("It is in the catalogue.")
    return redirect(BACK, 303)


@bp.get("/rewards/manage/<int:number>")
@requires("reward.manage")
def edit(number: int) -> ResponseReturnValue:
    """Change something, its price or how many there are."""
    viewer, form = the_viewer(), RewardForm(None)
    found = queries.managed_one(viewer, number)
    _offered(form, viewer).fill(found.reward)
    return page(FORM, form, **_about(found))


@bp.post("/rewards/manage/<int:number>")
@requires("reward.manage")
def change(number: int) -> ResponseReturnValue:
    """Save it; orders that stand keep the price they were made at."""
    viewer = the_viewer()
    form = _offered(RewardForm(), viewer)
    found = queries.managed_one(viewer, number)
    if not form.validate():
        return page(FORM, form, status=422, **_about(found))
    try:
        with writing():
            service.change(viewer, number, form.wanted(), stock_seen=form.stock_then, now=clock.now())
    except (Conflict, Invalid, Refused) as refusal:
        return refused(FORM, form, refusal, **_about(queries.managed_one(viewer, number)))
    flash("Saved. Orders that stand keep their price.")
    return redirect(BACK, 303)


@bp.post("/rewards/manage/<int:number>/retirement")
@requires("reward.manage")
def retire(number: int) -> ResponseReturnValue:
    """Take it out of the catalogue."""
    with writing():
        service.retire(the_viewer(), number, now=clock.now())
    flash("It is not offered any more. You can bring it back.")
    return redirect(BACK, 303)


@bp.post("/rewards/manage/<int:number>/return")
@requires("reward.manage")
def bring_back(number: int) -> ResponseReturnValue:
    """Offer it again."""
    with writing():
        service.bring_back(the_viewer(), number, now=clock.now())
    flash("It is in the catalogue again.")
    return redirect(BACK, 303)


def _offered(form: RewardForm, viewer: Viewer) -> RewardForm:
    form.offer(queries.employers(viewer, Role.PROGRAMME), everybody=queries.is_for_all(viewer))
    return form


def _about(found: Managed | None) -> dict[str, Any]:
    action = url_for("shop_manage.change", number=found.reward.id) if found else url_for("shop_manage.add")
    return {"here": "wallet", "found": found, "action": action}
