"""The representatives' seat at the triage page, over HTTP."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from portal import clock
from portal.errors import Invalid
from portal.frontline import representative_queries, representative_voices
from portal.frontline.representative_rules import VOICE_MAX, RepresentativeRefusal
from portal.frontline.representative_turns import today_of
from portal.ideas.queries import idea_for
from portal.people.access import requires, the_viewer
from portal.triage import pages, seat_queries
from portal.triage.clock_queries import clock_from
from portal.web.dates import day_words
from portal.web.forms import StrictForm, no_controls, tidy
from portal.web.transactions import writing

bp = Blueprint("seat", __name__)
PAGE = 20


class EmptyForm(StrictForm):
    """One button."""


class VoiceForm(StrictForm):
    """What a representative adds to a brief."""

    words = TextAreaField(
        "What would you add?", id="words", filters=[tidy], render_kw={"maxlength": VOICE_MAX},
        validators=[InputRequired(RepresentativeRefusal.WORDS_MISSING.sentence), no_controls],
    )  # fmt: skip


@bp.get("/representatives/seat")
@requires("representative.speak")
def index() -> ResponseReturnValue:
    """Every brief that waits, with a place for one voice each."""
    return _page()


@bp.post("/ideas/<int:number>/voices")
@requires("representative.speak")
def say(number: int) -> ResponseReturnValue:
    """Add one's voice, or say it differently."""
    viewer, form = the_viewer(), VoiceForm()
    if not form.validate():
        return _page(number, form), 422
    try:
        with writing():
            representative_voices.say(viewer, idea_for(viewer, number), form.words.data or "", now=clock.now())
    except Invalid as refusal:
        form.words.errors = [*form.words.errors, refusal.message]
        return _page(number, form), 422
    flash("It stands beside the idea when executives answer.")
    return redirect(url_for("seat.index", _anchor=f"idea-{number}"), 303)


@bp.post("/ideas/<int:number>/voices/withdrawal")
@requires("representative.speak")
def withdraw(number: int) -> ResponseReturnValue:
    """Take one's voice back."""
    viewer = the_viewer()
    if not EmptyForm().validate():
        raise Invalid("not_a_form", "Send the form again.")
    with writing():
        representative_voices.withdraw(viewer, idea_for(viewer, number), now=clock.now())
    flash("Taken back.")
    return redirect(url_for("seat.index", _anchor=f"idea-{number}"), 303)


def _page(number: int | None = None, sent: VoiceForm | None = None) -> str:
    """number, sent: what was refused; it stands first, with what was typed."""
    viewer, now, after = the_viewer(), clock.now(), request.args.get("after")
    today = today_of(now)
    found, following = seat_queries.table_page(viewer, limit=PAGE, cursor=after)
    one = seat_queries.at_the_table(viewer, number) if number is not None else None
    if one is not None:
        found = [one, *(other for other in found if other.number != number)]
    return render_template(
        "triage/seat.html", here="representatives", form=sent,
        own=representative_queries.own_turns(viewer, today), day=lambda day: day_words(day, today=today),
        entries=[_entry(line, sent if line.number == number else None, today, now) for line in found],
        more_href=url_for("seat.index", after=following) if following else None,
        first_href=url_for("seat.index") if after else None,
    )  # fmt: skip


def _entry(line: seat_queries.AtTheTable, sent: VoiceForm | None, today: Any, now: Any) -> dict[str, Any]:
    form = sent or VoiceForm(None, prefix="", words=line.voice or "")
    form.words.id = f"words-{line.number}"
    due, late = pages.clock_words(clock_from(line.owed, now=now), today)
    return {"line": line, "form": form, "due": due, "late": late, "since": day_words(line.since, today=today)}
