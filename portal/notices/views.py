"""What one was told, and how one wants to hear: pages of one's own."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.errors import Invalid
from portal.ideas.queries import idea_for
from portal.notices import preferences, queries, reading
from portal.notices.forms import PreferencesForm, ReadForm, filled
from portal.notices.timing import estimate_words
from portal.people.access import requires, the_viewer
from portal.people.replies import page
from portal.web.dates import local_day, weekday_words
from portal.web.forms import refuse_unknown
from portal.web.paging import from_micros, to_micros
from portal.web.redirects import safe_next
from portal.web.transactions import writing

bp = Blueprint("notices", __name__)


@bp.get("/me/updates")
@requires("updates.see")
def updates() -> ResponseReturnValue:
    """What one was told, by day and idea. unread: only what is new; undo: what was just marked as read."""
    viewer, after = the_viewer(), request.args.get("after")
    only_unread = request.args.get("unread") == "1"
    told, following = queries.told_page(viewer, cursor=after, unread=only_unread)
    kept = {"unread": 1} if only_unread else {}
    today = local_day(clock.now(), viewer.timezone)
    days = [(weekday_words(day) if day != today else "Today", some) for day, some in
            queries.by_day(told, viewer.timezone)]  # fmt: skip
    return render_template(
        "notices/updates.html", here="updates", days=days, only_unread=only_unread, zone=viewer.timezone,
        newest=max((one.id for one in told), default=0) if after is None else 0,
        unread=any(one.read_at is None for one in told), undo=_number(request.args.get("undo")),
        more=url_for("notices.updates", after=following, **kept) if following else None,
        first=url_for("notices.updates", **kept) if after else None,
    )  # fmt: skip


@bp.post("/me/updates/read")
@requires("updates.read")
def read_all() -> ResponseReturnValue:
    """Everything that was on the page is read; the next page offers to undo it."""
    form, now = _form(), clock.now()
    with writing():
        count = reading.read_all(the_viewer(), upto=form.number("upto"), now=now)
    return redirect(url_for("notices.updates", undo=to_micros(now) if count else None), 303)


@bp.post("/me/updates/unread")
@requires("updates.read")
def unread_all() -> ResponseReturnValue:
    """What was marked as read at one moment is unread again."""
    at = _form().number("at")
    if at is None:
        raise Invalid("unknown_moment", "There is nothing to undo.")
    with writing():
        reading.unread_all(the_viewer(), from_micros(at))
    return redirect(url_for("notices.updates"), 303)


@bp.post("/me/updates/<int:notice_id>/read")
@requires("updates.read")
def read_one(notice_id: int) -> ResponseReturnValue:
    """One is read."""
    refuse_unknown({"csrf_token", "next"})
    with writing():
        reading.read_one(the_viewer(), notice_id, now=clock.now())
    return _back()


@bp.post("/me/updates/<int:notice_id>/unread")
@requires("updates.read")
def unread_one(notice_id: int) -> ResponseReturnValue:
    """One is unread again."""
    refuse_unknown({"csrf_token", "next"})
    with writing():
        reading.unread_one(the_viewer(), notice_id)
    return _back()


@bp.post("/ideas/<int:number>/mute")
@requires("updates.mute")
def mute(number: int) -> ResponseReturnValue:
    """Hear no more of an idea."""
    refuse_unknown({"csrf_token", "next"})
    viewer = the_viewer()
    with writing():
        preferences.mute(viewer, idea_for(viewer, number), now=clock.now())
    flash("Muted. You hear no more of it, unless it waits for you.")
    return _back()


@bp.post("/ideas/<int:number>/mute/withdrawal")
@requires("updates.mute")
def unmute(number: int) -> ResponseReturnValue:
    """Hear of an idea again."""
    refuse_unknown({"csrf_token", "next"})
    viewer = the_viewer()
    with writing():
        preferences.unmute(viewer, idea_for(viewer, number))
    flash("You hear of it again.")
    return _back()


@bp.get("/me/preferences")
@requires("preferences.see")
def see_preferences() -> ResponseReturnValue:
    """What one hears of, how soon by e-mail, and in which hours not."""
    chosen = preferences.wishes_of(the_viewer().id)
    return _preferences(PreferencesForm(MultiDict(), data=filled(chosen)), chosen)


@bp.post("/me/preferences")
@requires("preferences.choose")
def choose_preferences() -> ResponseReturnValue:
    """Keep what was chosen."""
    form, viewer = PreferencesForm(), the_viewer()
    if not form.validate():
        return _preferences(form, preferences.wishes_of(viewer.id), status=422)
    with writing():
        preferences.choose(viewer, form.wanted(None), now=clock.now())
    flash("Kept.")
    return redirect(url_for("notices.see_preferences"), 303)


@bp.post("/me/preferences/estimate")
@requires("preferences.see")
def estimate_preferences() -> ResponseReturnValue:
    """How many messages what stands in the form would come to: a line for the page, nothing is kept."""
    form, viewer = PreferencesForm(), the_viewer()
    if not form.validate():
        raise Invalid("not_a_form", "Choose one for each.")
    wanted = form.wanted(preferences.wishes_of(viewer.id).address)
    return estimate_words(preferences.estimate(viewer, wanted, now=clock.now()))


def _preferences(form: PreferencesForm, chosen: preferences.Wishes, *, status: int = 200) -> ResponseReturnValue:
    words = estimate_words(preferences.estimate(the_viewer(), chosen, now=clock.now()))
    return page("notices/preferences.html", form, status=status, here="me", address=chosen.address, estimate=words)


def _form() -> ReadForm:
    form = ReadForm()
    if not form.validate():
        raise Invalid("not_a_form", "Send the form again.")
    return form


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


def _back() -> ResponseReturnValue:
    return redirect(safe_next(request.form.get("next"), url_for("notices.updates")), 303)
