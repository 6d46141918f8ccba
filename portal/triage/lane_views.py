"""The team lane over HTTP: what waits for a first reply at one's site, and the sheet for ten minutes with the team."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.commitments.queries import organisation_zone
from portal.commitments.rules import day_in
from portal.errors import Missing
from portal.ideas.shown import IdeaView
from portal.people.access import requires, the_viewer
from portal.triage import huddle_queries as huddles
from portal.triage import lane_queries, lane_wording, local_fix_queries, reply_queries
from portal.triage.clock_queries import Clock, clocks_of
from portal.triage.lane_scope import Site, sites_of
from portal.triage.reply_forms import FIX_DAYS, AdoptForm
from portal.web.dates import day_words, weekday_words
from portal.web.links import full
from portal.web.qr import qr_svg

bp = Blueprint("lane", __name__)
WAITING_SHOWN, FIXES_SHOWN, REPLIES_SHOWN, OFFERED_SHOWN = 20, 10, 8, 5
LATELY, THIS_WEEK = timedelta(days=28), timedelta(days=7)


@bp.get("/team")
@requires("lane.see")
def team() -> ResponseReturnValue:
    """What concerns the viewer's sites."""
    viewer, now, zone = the_viewer(), clock.now(), organisation_zone()
    today = day_in(zone, now)
    sites = sites_of(viewer)
    after = request.args.get("after")
    waiting, following = lane_queries.waiting_page(viewer, sites, limit=WAITING_SHOWN, cursor=after)
    executives = lane_queries.at_executives(viewer, sites)
    clocks = clocks_of([*(idea.number for idea in waiting), *(one.number for one in executives)], now=now)
    leads = [site for site in sites if site.leads]
    offered = local_fix_queries.offered_to(viewer, leads[0].id, limit=OFFERED_SHOWN) if leads else []
    mine = [site.id for site in sites]
    fixes = local_fix_queries.of_sites(viewer, mine, since=today - LATELY, limit=FIXES_SHOWN)
    return render_template(
        "triage/team.html", here="team", title=_title(sites),
        waiting=[_waiting(idea, clocks.get(idea.number), viewer.id, now) for idea in waiting],
        more_href=url_for("lane.team", after=following) if following else None,
        first_href=url_for("lane.team") if after else None,
        replied=[_replied(line, today, zone) for line in
                 reply_queries.given_by(viewer, since=now - LATELY, limit=REPLIES_SHOWN)],
        fixes=[lane_wording.row(line, today, href=f"/local-fixes/{line.id}") for line in fixes],
        executives=[{"number": one.number, "title": one.title, "due": _due(clocks.get(one.number))}
                    for one in executives],
        offered=[_offer(line, leads, today) for line in offered],
    )  # fmt: skip


@bp.get("/team/huddle")
@requires("lane.see")
def huddle() -> ResponseReturnValue:
    """One page for ten minutes with the team: nothing on it counts anybody."""
    viewer, now = the_viewer(), clock.now()
    site = _site(sites_of(viewer))
    today = day_in(organisation_zone(), now)
    return render_template(
        "triage/huddle.html", here="team", site=site.name, day=weekday_words(today),
        wanted=[{"number": row.id, "title": row.title, "say": row.say, "qr": _qr(row.id)}
                for row in huddles.need_a_view(viewer, site)],
        answered=[_told(one, today) for one in huddles.answered(viewer, site, since=now - THIS_WEEK)],
        done=[_told(one, today) for one in huddles.done(viewer, site, since=now - LATELY)],
        question=lane_wording.question_of(today), say_qr=qr_svg(full("/ideas/new")), say_address=full("/ideas/new"),
    )  # fmt: skip


def _site(sites: Any) -> Site:
    wanted = request.args.get("site", "")
    found = [site for site in sites if not wanted or str(site.id) == wanted]
    if not found:
        raise Missing("site")
    return found[0]


def _title(sites: Any) -> str:
    names = [site.name for site in sites]
    return names[0] if len(names) == 1 else f"{len(names)} sites"


def _waiting(idea: IdeaView, clock_: Clock | None, viewer_id: int, now: Any) -> dict[str, Any]:
    return {
        "number": idea.number, "title": idea.title, "say": idea.say, "byline": idea.byline.text,
        "barrier": idea.barrier.label, "site": idea.site_label, "promoted": idea.stage == "promoted",
        "age": lane_wording.age_words(idea.said_at, now), "clock": lane_wording.clock_words(clock_, viewer_id),
    }  # fmt: skip


def _replied(line: reply_queries.ReplyLine, today: Any, zone: str) -> dict[str, Any]:
    return {
        "number": line.idea, "title": line.title, "kind": reply_queries.KINDS[line.kind], "words": line.words,
        "when": day_words(line.at, today=today, zone=zone),
    }  # fmt: skip


def _due(clock_: Clock | None) -> tuple[str, bool]:
    """Who answers until when, and whether that has passed."""
    if clock_ is None:
        return "Its executive is being named", False
    name = clock_.name or "An executive"
    day = weekday_words(clock_.due_on)
    return (f"{name} owed an answer by {day}" if clock_.overdue else f"{name} answers by {day}"), clock_.overdue


def _offer(line: local_fix_queries.FixLine, leads: list[Site], today: Any) -> dict[str, Any]:
    form = AdoptForm(None, due_on=today + timedelta(days=FIX_DAYS))
    form.offer(leads)
    for part in (form.site, form.due_on):
        part.id = f"{part.id}-{line.id}"
    return {
        "id": line.id, "idea": line.idea, "title": line.title, "sentence": line.sentence, "site": line.site,
        "owner": line.owner, "form": form, "one_site": len(leads) == 1,
    }  # fmt: skip


def _told(one: huddles.Told, today: Any) -> dict[str, Any]:
    return {"number": one.number, "title": one.title, "what": one.what, "by": one.by, "words": one.words,
            "when": day_words(one.at, today=today)}  # fmt: skip


def _qr(number: int) -> Any:
    return qr_svg(full(f"/ideas/{number}"))
