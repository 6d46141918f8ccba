"""Reading rules over HTTP: the list, one rule, what was killed, what may be said now, what to review."""

from datetime import date
from enum import StrEnum
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.ideas import rule_record_queries as queries
from portal.ideas.rule_record_finding import find_rules
from portal.ideas.rule_record_queries import Wanted
from portal.ideas.rule_record_service import holds_for
from portal.ideas.rule_record_shown import RuleView, legal_words, review_words, scope_words, spoken
from portal.ideas.rule_record_words import QUERY_CHARS_MAX, RuleState
from portal.ideas.words import Barrier
from portal.keys import KEY_MAX
from portal.people import queries as people
from portal.people.access import may, requires, the_viewer
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.web.dates import local_day
from portal.web.forms import CONTROLS

bp = Blueprint("rules", __name__)


@bp.get("/rules")
@requires("rule.see")
def index() -> ResponseReturnValue:
    """Every rule that somebody named, the newest first."""
    viewer, args = the_viewer(), request.args
    wanted = Wanted(
        _word(RuleState, args.get("state")), _word(Barrier, args.get("barrier")), _id(args.get("site")),
        _id(args.get("owner")),
    )  # fmt: skip
    rules, following = queries.rules_page(viewer, wanted, cursor=args.get("after"))
    kept: dict[str, Any] = {name: args[name] for name in ("state", "barrier", "site", "owner") if args.get(name)}
    return render_template(
        "ideas/rules.html", rules=_lines(viewer, rules), wanted=wanted, kept=kept, states=RuleState, barriers=Barrier,
        sites=people.sites(), more=url_for(".index", **kept, after=following) if following else None,
        first=url_for(".index", **kept) if args.get("after") else None, here="rules",
    )  # fmt: skip


@bp.get("/rules/<int:number>")
@requires("rule.see")
def show(number: int) -> ResponseReturnValue:
    """What a rule says, who owns it, which ideas name it, and how it ended."""
    viewer = the_viewer()
    rule = queries.rule_shown(viewer, number)
    today = _today(viewer)
    ideas, following = queries.naming_page(viewer, number, cursor=request.args.get("ideas"))
    verdicts, changes = queries.history(number)
    return render_template(
        "ideas/rule.html", rule=rule, spoken=spoken(rule, today=today), scope=scope_words(rule),
        legal=legal_words(rule.legal_basis, rule.legal_words), review=review_words(rule, today=today), ideas=ideas,
        more=url_for(".show", number=number, ideas=following) if following else None, verdicts=verdicts,
        changes=changes, today=today, zone=viewer.timezone, can=_may(viewer, number), here="rules",
    )  # fmt: skip


@bp.get("/rules/killed")
@requires("rule.see")
def killed() -> ResponseReturnValue:
    """Rules that were killed or changed, with what held before and what holds now."""
    viewer, after = the_viewer(), request.args.get("after")
    rules, following = queries.killed_page(viewer, cursor=after)
    more = url_for(".killed", after=following) if following else None
    first = url_for(".killed") if after else None
    return render_template("ideas/rules_killed.html", rules=_lines(viewer, rules), more=more, first=first, here="rules")


@bp.get("/rules/now")
@requires("rule.see")
def now() -> ResponseReturnValue:
    """*What may I say now?*: looked up during a call."""
    viewer = the_viewer()
    text = CONTROLS.sub("", request.args.get("q", ""))[:QUERY_CHARS_MAX].strip()
    rules = find_rules(viewer, text)
    return render_template("ideas/rules_now.html", q=text, rules=_lines(viewer, rules), here="rules-now")


@bp.get("/rules/review")
@requires("rule.review")
def review() -> ResponseReturnValue:
    """Rules that nobody has looked at for a year."""
    viewer, after = the_viewer(), request.args.get("after")
    rules, following = queries.review_page(viewer, today=_today(viewer), cursor=after)
    more = url_for(".review", after=following) if following else None
    first = url_for(".review") if after else None
    return render_template("ideas/rules_review.html", rules=_lines(viewer, rules), more=more, first=first, here="rules")


def _lines(viewer: Viewer, rules: list[RuleView]) -> list[dict[str, Any]]:
    today = _today(viewer)
    return [
        {"rule": rule, "spoken": spoken(rule, today=today), "scope": scope_words(rule),
         "review": review_words(rule, today=today)}
        for rule in rules
    ]  # fmt: skip


def _may(viewer: Viewer, number: int) -> dict[str, bool]:
    """What the viewer may do with this rule. Nothing is asked for those who hold no such role."""
    if not may("rule.change"):
        return {"change": False, "decide": False}
    rule = queries.rule_for(viewer, number)
    mine = rule.owner_id == viewer.id
    return {
        "change": mine or holds_for(viewer, rule, Role.PROGRAMME),
        "decide": mine or holds_for(viewer, rule, Role.EXECUTIVE, Role.PROGRAMME),
    }


def _today(viewer: Viewer) -> date:
    return local_day(clock.now(), viewer.timezone)


def _word(words: type[StrEnum], text: str | None) -> Any:
    """The member with this value; what is none filters nothing."""
    return next((word for word in words if word.value == text), None)


def _id(text: str | None) -> int | None:
    fits = text is not None and text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) <= KEY_MAX
    return int(text) if text is not None and fits else None
