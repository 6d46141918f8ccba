"""The programme page, the lists behind its figures, and the switch that makes a partner's figures public."""

from functools import lru_cache
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import clock
from portal.csv_files import as_csv
from portal.errors import Invalid, Missing
from portal.home import programme_figures, programme_lists, programme_page, programme_service, programme_shown
from portal.home import programme_frontline_rules as floor
from portal.home.programme_figures import Figures
from portal.home.programme_forms import PublicationForm
from portal.home.programme_page import Sight
from portal.home.programme_words import WEEKS_SHOWN, Measure
from portal.impact.result_ledger import ledger_for
from portal.people.access import may, requires, the_viewer
from portal.rewards import budget_queries
from portal.rewards.scope import top_of
from portal.web.dates import day_words, local_day
from portal.web.transactions import writing

bp = Blueprint("programme", __name__)


@bp.get("/programme")
@requires("programme.see")
def show() -> ResponseReturnValue:
    """How we are doing on answering, for everybody who works here."""
    figures, viewer = programme_figures.read(), the_viewer()
    sight = programme_page.sight_of(viewer) if figures else None
    return render_template(
        "home/programme.html",
        here="programme",
        body=_body(figures, sight) if figures and sight else None,
        partners=programme_page.partners(sight, figures) if figures and sight and may("programme.publish") else [],
        weeks=WEEKS_SHOWN,
        ledger=ledger_for(viewer),
        points=budget_queries.liability(now=clock.now()) if may("budget.see", top_of(viewer)) else None,
    )


@lru_cache(16)  # the same for an hour, for everybody who sees as much
def _body(figures: Figures, sight: Sight) -> Markup:
    page = programme_page.load(figures, sight)
    html = render_template(
        "home/_programme.html",
        page=page,
        as_of=_as_of(figures),
        headlines=programme_shown.headlines(page),
        silence=programme_shown.silence(page),
        tables=programme_shown.tables(page),
        floor=floor.lines(figures.floor) if figures.floor else [],
        floor_hidden="" if figures.floor is None or figures.floor.told else floor.TOO_FEW,
    )
    return Markup(html)  # made by a template that escapes


@bp.get("/programme.csv")
@requires("programme.see")
def as_file() -> ResponseReturnValue:
    """The same figures as a file."""
    page = programme_page.load(_figures(), programme_page.sight_of(the_viewer()))
    headers = {"Content-Disposition": 'attachment; filename="programme.csv"'}
    return Response(as_csv(programme_shown.csv_rows(page)), mimetype="text/csv", headers=headers)


@bp.get("/programme/<measure>")
@requires("programme.see")
def behind(measure: str) -> ResponseReturnValue:
    """What one number counts; of people there is no list."""
    if measure not in set(Measure):
        raise Missing("figure")
    viewer, now, figures = the_viewer(), clock.now(), _figures()
    sight = programme_page.sight_of(viewer)
    wanted = programme_lists.Wanted.from_args(Measure(measure), request.args)
    lines: list[programme_lists.Line] = []
    headline, more = None, None
    if wanted.measure is Measure.PEOPLE:
        shown = programme_shown.headlines(programme_page.load(figures, sight))
        headline = next((one for one in shown if one.measure is Measure.PEOPLE), None)
    else:
        after = request.args.get("after")
        lines, more = programme_lists.listed(viewer, figures, sight, wanted, now=now, cursor=after)
    return render_template(
        "home/programme_list.html",
        here="programme",
        measure=wanted.measure,
        lines=lines,
        headline=headline,
        narrowed=programme_lists.narrowed(figures, wanted),
        more_href=f"{request.path}?{urlencode(_filters() | {'after': more})}" if more else None,
        today=local_day(now, figures.zone),
        day_words=day_words,
    )


@bp.post("/programme/publications")
@requires("programme.publish")
def publish() -> ResponseReturnValue:
    """Make a partner's figures public, or take that back."""
    viewer, now, form = the_viewer(), clock.now(), PublicationForm()
    if not form.validate():
        raise Invalid("unknown_employer", "Choose a partner, and whether its figures are public.")
    with writing():
        if form.public.data == "yes":
            programme_service.publish(viewer, int(form.employer.data), now=now)
        else:
            programme_service.withdraw(viewer, int(form.employer.data), now=now)
    flash("Everybody sees these figures now." if form.public.data == "yes" else "Their own people and you see them.")
    return redirect(url_for("programme.show") + "#partners", 303)


def _figures() -> Figures:
    found = programme_figures.read()
    if found is None:
        raise Missing("figure")
    return found


def _filters() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name != "after"}


def _as_of(figures: Figures) -> str:
    today = local_day(figures.at, figures.zone)
    return f"{day_words(today)}, {figures.at:%H:%M} UTC"
