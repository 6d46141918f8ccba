"""What the pages of broadcasts show: the form with what came along, the preview, what can follow from a no."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.commitments.scope import organisation_zone
from portal.frontline import broadcast_figures as figures
from portal.frontline import broadcast_queries as queries
from portal.frontline import broadcast_rules as rules
from portal.frontline.broadcast_forms import AcknowledgeForm, BroadcastForm, InsteadForm
from portal.frontline.broadcast_hearers import places_below, reach
from portal.frontline.broadcast_models import Broadcast
from portal.frontline.broadcast_queries import BroadcastView
from portal.frontline.broadcast_rules import BroadcastState
from portal.frontline.words import Acknowledged, LinkedAction
from portal.ideas.bulletin_rules import percent
from portal.ideas.spotting import find
from portal.people.group_rules import Group
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.swarm.rules import StopReason
from portal.swarm.stop_queries import stops_page
from portal.web.dates import clock_words
from portal.web.paging import to_micros

Facts = dict[str, Any]
WITH_SENTENCE = 80  # so much of a title stands on a button


def form_for(viewer: Viewer, **given: Any) -> BroadcastForm:
    """The form with the places that the viewer may tell; filled with what was sent, or with `given`."""
    form = BroadcastForm(None, **given) if given else BroadcastForm()
    form.offer(places_below(viewer.scope(Role.EXECUTIVE)))
    return form


def blank(viewer: Viewer, asked: Mapping[str, str]) -> BroadcastForm:
    """A form for something new. asked: numbers of a `debrief`, `idea`, `promise`, or of one to write `again`."""
    numbers = {name: _number(asked.get(name)) for name in ("debrief", "idea", "promise", "again")}
    if numbers["again"]:
        return filled(viewer, queries.own_broadcast(viewer, numbers["again"]))
    action = LinkedAction.PROMISE if numbers["promise"] else LinkedAction.IDEA if numbers["idea"] else LinkedAction.NONE
    debrief = numbers["debrief"] or 0
    data = {
        "words": queries.surprises_of(viewer, debrief), "action": action.value, "debrief": str(debrief or ""),
        "idea": str(numbers["idea"] or ""), "promise": str(numbers["promise"] or ""),
    }  # fmt: skip
    return form_for(viewer, data=data)


def filled(viewer: Viewer, told: Broadcast) -> BroadcastForm:
    """The form with what a broadcast says."""
    idea = told.idea_id if told.action is LinkedAction.IDEA else ""
    data = {
        "title": told.title, "words": told.words, "place": str(told.place_id), "action": told.action.value,
        "idea": str(idea or ""), "promise": str(told.commitment_id or ""), "debrief": str(told.debrief_id or ""),
    }  # fmt: skip
    return form_for(viewer, data=data)


def about(
    viewer: Viewer, number: int, form: AcknowledgeForm, *, now: datetime, instead: InsteadForm | None = None
) -> Facts:
    """Everything that the page of one broadcast shows this viewer. instead: an idea that was refused."""
    told = queries.broadcast_shown(viewer, number, now=now)
    if form.kind.data is None and form.words.data is None:
        form.words.data = told.said_words
    counts = told.state is BroadcastState.TOLD and (told.mine or told.runs)
    return {
        "here": "broadcasts", "told": told, "link": link_of(told), "zone": viewer.timezone,
        "preview": _preview(viewer, told, now) if told.state is BroadcastState.DRAFT else None,
        "leaves": clock_words(told.sends_at, zone=viewer.timezone) if told.sends_at else "",
        "undo": told.mine and told.state is BroadcastState.UNHEARD and told.sends_at is not None
        and now < told.sends_at,
        "kinds": tuple(Acknowledged), "answers": _answers(viewer, number) if counts else None,
        "further": _further(viewer, told, instead) if instead or told.said is Acknowledged.NOT_WHAT_I_SEE else None,
    }  # fmt: skip


def links(told: Iterable[BroadcastView]) -> dict[int, tuple[str, str]]:
    """Number → (label, address) of the one thing that each asks for."""
    found = {one.number: link_of(one) for one in told}
    return {number: link for number, link in found.items() if link is not None}


def link_of(told: BroadcastView) -> tuple[str, str] | None:
    """(label, address) of what a broadcast asks for; None for nothing, and for what the viewer may not read."""
    if told.action is LinkedAction.IDEA and told.idea:
        return f"Look at idea {told.idea}: {told.idea_title}", f"/ideas/{told.idea}"
    if told.action is LinkedAction.PROMISE and told.promise:
        return f"Look at the promise: {_short(told.promise_sentence)}", f"/commitments/{told.promise}"
    if told.action is LinkedAction.SAY_IT:
        return "Say what stops you", "/ideas/new"
    return ("See the shifts", "/shifts") if told.action is LinkedAction.SHIFTS else None


def _preview(viewer: Viewer, told: BroadcastView, now: datetime) -> Facts:
    found = reach(told.place_id, told.kind, by_id=viewer.id)
    week = rules.week_of(now, organisation_zone())
    return {
        "audience": rules.audience_words(told.place, told.kind, people=found.people, sites=found.sites),
        "people": found.people, "count": rules.count_words(told.words), "seen": to_micros(told.changed_at),
        "told_this_week": queries.told_in(viewer, week), "findings": find(f"{told.title}\n{told.words}"),
    }  # fmt: skip


def _answers(viewer: Viewer, number: int) -> Facts:
    found = figures.answers(viewer, queries.broadcast_for(viewer, number))
    groups = (found.rates.total, *found.rates.groups) if found.rates.total else ()
    return {"rows": [_row(one) for one in groups], "said": found.said, "came": found.came}


def _row(group: Group) -> list[str]:
    """Site, people, share that answered, and of those the share of each answer."""
    answered = sum(group.parts)
    shares = [f"{percent(part, answered)} %" if answered else "–" for part in group.parts]
    return [group.label, f"{group.people:,}", f"{percent(answered, group.people)} %", *shares]


def _further(viewer: Viewer, told: BroadcastView, form: InsteadForm | None) -> Facts:
    """Where a no can go: a stop signal on the linked idea, or an idea of one's own, with the words that came along."""
    stop = None
    if told.idea and told.idea_open:
        found = stops_page(viewer, told.idea)
        if found.may_vote and not found.closed and not found.mine and found.vote != "stop":
            stop = {"number": told.idea, "title": told.idea_title, "reasons": tuple(StopReason)}
    return {"stop": stop, "words": told.said_words, "form": form or InsteadForm.blank(told.said_words)}


def _short(text: str) -> str:
    return text if len(text) <= WITH_SENTENCE else f"{text[: WITH_SENTENCE - 1]}…"


def _number(text: str | None) -> int | None:
    fits = text is not None and text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0
    return int(text) if fits and text else None
