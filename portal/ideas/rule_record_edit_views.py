"""Naming rules, correcting what is known about them, and giving the verdict, over HTTP."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.errors import Conflict, Gone, Invalid
from portal.ideas import rule_record_queries as queries
from portal.ideas import rule_record_service as service
from portal.ideas.queries import idea_for
from portal.ideas.rule_record_finding import find_rules
from portal.ideas.rule_record_forms import JoinForm, LeaveForm, RuleForm, VerdictForm, mark
from portal.ideas.rule_record_shown import RuleView, spoken
from portal.ideas.rule_record_verdicts import decide as give_verdict
from portal.ideas.rule_record_words import QUERY_CHARS_MAX
from portal.people import queries as people
from portal.people.access import requires, the_viewer
from portal.people.viewer import Viewer
from portal.web.dates import local_day
from portal.web.forms import CONTROLS
from portal.web.limits import limiter, per_viewer
from portal.web.problems import status_of
from portal.web.transactions import writing

bp = Blueprint("rule_edits", __name__)
SHOWN_ON_FORM = (Conflict, Gone, Invalid)


@bp.get("/ideas/<int:number>/rule")
@requires("rule.name")
def name_form(number: int) -> ResponseReturnValue:
    """Which rule is it? One that has a record, or a new one."""
    viewer = the_viewer()
    idea = idea_for(viewer, number)
    if queries.rule_of(viewer, number) is None:
        service.refuse_naming(viewer, idea)
    blank = {"barrier": idea.barrier.value, "scope": idea.audience.value, "title": idea.title}
    return _name_page(viewer, number, _rule_form(RuleForm(formdata=None, data=blank)))


@bp.post("/ideas/<int:number>/rule")
@requires("rule.name")
@limiter.limit("20/minute", key_func=per_viewer)
def name(number: int) -> ResponseReturnValue:
    """Make a record of the rule behind an idea."""
    viewer, form = the_viewer(), _rule_form(RuleForm())
    idea_for(viewer, number)
    if not form.validate():
        return _name_page(viewer, number, form, status=422)
    now = clock.now()
    try:
        with writing():
            rule = service.name_rule(viewer, idea_for(viewer, number), form.facts, today=_today(viewer), now=now)
            made = rule.id
    except SHOWN_ON_FORM as refusal:
        return _name_page(viewer, number, form, extra=mark(form, refusal), status=status_of(refusal))
    flash("The rule has a record now. Its owner or an executive decides about it.")
    return redirect(url_for("rules.show", number=made), 303)


@bp.post("/ideas/<int:number>/rule/joining")
@requires("rule.name")
@limiter.limit("20/minute", key_func=per_viewer)
def join(number: int) -> ResponseReturnValue:
    """Let an idea name a rule that has a record."""
    viewer, form = the_viewer(), JoinForm()
    idea_for(viewer, number)
    if not form.validate():
        raise Invalid("bad_rule", "Choose one of the rules on the page.")
    with writing():
        rule = queries.rule_for(viewer, form.rule.data or 0)
        service.join_rule(viewer, idea_for(viewer, number), rule, now=clock.now())
        joined = rule.id
    flash(f"Number {number} names this rule now.")
    return redirect(url_for("rules.show", number=joined), 303)


@bp.post("/ideas/<int:number>/rule/leaving")
@requires("rule.name")
@limiter.limit("20/minute", key_func=per_viewer)
def leave(number: int) -> ResponseReturnValue:
    """Take a wrong rule off an idea."""
    viewer, form = the_viewer(), LeaveForm()
    form.validate()
    with writing():
        service.leave_rule(viewer, idea_for(viewer, number), now=clock.now())
    flash(f"Number {number} names no rule any more.")
    return redirect(url_for("home.idea", number=number), 303)


@bp.get("/rules/<int:number>/facts")
@requires("rule.change")
def facts_form(number: int) -> ResponseReturnValue:
    """What is known about a rule, to be corrected."""
    rule = queries.rule_shown(the_viewer(), number)
    known = {
        "title": rule.title, "says": rule.says, "barrier": rule.barrier.value, "scope": rule.scope.value,
        "employer": str(rule.employer_id or ""), "sites": [str(site) for site, _ in rule.sites],
        "owner": str(rule.owner_id or ""), "department": rule.department, "source": rule.source,
        "source_url": rule.source_url, "legal_basis": rule.legal_basis.value, "legal_words": rule.legal_words,
        "reviewed_on": rule.reviewed_on, "version": str(rule.version),
    }  # fmt: skip
    return _facts_page(rule, _rule_form(RuleForm(formdata=None, data=known)))


@bp.post("/rules/<int:number>/facts")
@requires("rule.change")
@limiter.limit("30/minute", key_func=per_viewer)
def change(number: int) -> ResponseReturnValue:
    """Correct what is known about a rule."""
    viewer, form = the_viewer(), _rule_form(RuleForm())
    rule = queries.rule_shown(viewer, number)
    if not form.validate():
        return _facts_page(rule, form, status=422)
    version, now = int(form.version.data or 0), clock.now()
    try:
        with writing():
            row = queries.rule_for(viewer, number)
            service.change_facts(viewer, row, form.facts, version=version, today=_today(viewer), now=now)
    except SHOWN_ON_FORM as refusal:
        return _facts_page(rule, form, extra=mark(form, refusal), status=status_of(refusal))
    flash("Corrected. What it said before is in the history.")
    return redirect(url_for("rules.show", number=number), 303)


@bp.get("/rules/<int:number>/verdicts")
@requires("rule.decide")
def verdict_form(number: int) -> ResponseReturnValue:
    """How does this rule end?"""
    rule = queries.rule_shown(the_viewer(), number)
    blank = {"old_wording": rule.says, "after": rule.verdicts}
    return _verdict_page(rule, _verdict_form(VerdictForm(formdata=None, data=blank)))


@bp.post("/rules/<int:number>/verdicts")
@requires("rule.decide")
@limiter.limit("20/minute", key_func=per_viewer)
def decide(number: int) -> ResponseReturnValue:
    """Give the verdict on a rule."""
    viewer, form = the_viewer(), _verdict_form(VerdictForm())
    rule = queries.rule_shown(viewer, number)
    if not form.validate():
        return _verdict_page(rule, form, status=422)
    try:
        with writing():
            give_verdict(viewer, queries.rule_for(viewer, number), form.verdict, now=clock.now())
    except SHOWN_ON_FORM as refusal:
        again = queries.rule_shown(viewer, number)
        return _verdict_page(again, form, extra=mark(form, refusal), status=status_of(refusal))
    flash("Decided. Whoever follows an idea that names this rule hears of it.")
    return redirect(url_for("rules.show", number=number), 303)


def _name_page(
    viewer: Viewer, number: int, form: RuleForm, *, status: int = 200, extra: dict[str, str] | None = None
) -> ResponseReturnValue:
    idea = idea_for(viewer, number)
    text = CONTROLS.sub("", request.args.get("q", ""))[:QUERY_CHARS_MAX].strip()
    named = queries.rule_of(viewer, number)
    found = [] if named else find_rules(viewer, text or idea.title, limit=5)
    facts: dict[str, Any] = {"q": text, "named": named, "rules": _read(viewer, found), "extra": extra or {}}
    return render_template("ideas/rule_name.html", idea=idea, form=form, here="board", **facts), status


def _read(viewer: Viewer, rules: list[RuleView]) -> list[dict[str, Any]]:
    today = _today(viewer)
    return [{"rule": rule, "spoken": spoken(rule, today=today)} for rule in rules]


def _facts_page(
    rule: RuleView, form: RuleForm, *, status: int = 200, extra: dict[str, str] | None = None
) -> ResponseReturnValue:
    return render_template("ideas/rule_facts.html", rule=rule, form=form, extra=extra or {}, here="rules"), status


def _verdict_page(
    rule: RuleView, form: VerdictForm, *, status: int = 200, extra: dict[str, str] | None = None
) -> ResponseReturnValue:
    return render_template("ideas/rule_verdict.html", rule=rule, form=form, extra=extra or {}, here="rules"), status


def _rule_form(form: RuleForm) -> RuleForm:
    form.offer(queries.possible_owners(), people.sites(), queries.employers())
    return form


def _verdict_form(form: VerdictForm) -> VerdictForm:
    form.offer(people.sites())
    return form


def _today(viewer: Viewer) -> date:
    return local_day(clock.now(), viewer.timezone)
