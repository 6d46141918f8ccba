"""The interface to rules: which there are, what may be said now, naming one, what is known about it, how it ended."""

from datetime import date
from typing import Any

from flask import Response
from pydantic import Field
from sqlalchemy import select

from portal import clock
from portal.errors import Invalid, Missing
from portal.ideas import rule_record_queries as queries
from portal.ideas import rule_record_service as service
from portal.ideas.api_rule_shapes import (
    ChangeShown,
    FoundRules,
    HistoryShown,
    JoinSent,
    NamingIdeaShown,
    RuleFactsSent,
    RuleFactsShown,
    RuleRecordShown,
    VerdictSent,
    rule_record,
    verdict_shown,
)
from portal.ideas.models import Idea
from portal.ideas.queries import idea_for
from portal.ideas.rule_record_finding import FOUND_MAX, find_rules
from portal.ideas.rule_record_models import RuleRecord
from portal.ideas.rule_record_queries import Wanted
from portal.ideas.rule_record_verdicts import decide
from portal.ideas.rule_record_words import QUERY_CHARS_MAX, RuleState
from portal.ideas.words import Barrier
from portal.people.access import requires, the_viewer
from portal.people.once import once
from portal.people.scopes import Scope
from portal.people.viewer import Viewer
from portal.web.api import (
    Asked,
    AskedNumber,
    Line,
    NumberPath,
    PageAsked,
    api,
    demand_unchanged,
    listed,
    page_of,
    shown,
)
from portal.web.dates import local_day
from portal.web.transactions import writing

bp = api("rules", "Rules that stood in the way: what they say, who owns them, and how they ended.")
MATCHED = {"x-takes-if-match": True}


class RulesAsked(PageAsked):
    """Which rules."""

    state: RuleState | None = None
    barrier: Barrier | None = None
    site: AskedNumber | None = Field(None, description="Rules of this site, and rules named by ideas about it.")
    owner: AskedNumber | None = None


class WordsAsked(Asked):
    """What somebody on the phone has to know."""

    q: Line = Field(min_length=1, max_length=QUERY_CHARS_MAX, description="Words of the old or new rule.")


@bp.get("/rules", responses={200: page_of(RuleRecordShown)})
@requires("rule.see", scope=Scope.IDEAS_READ)
def list_rules(query: RulesAsked) -> Response:
    """List the rules that have a record, the newest first."""
    viewer = the_viewer()
    wanted = Wanted(query.state, query.barrier, query.site, query.owner)
    rules, following = queries.rules_page(viewer, wanted, limit=query.limit, cursor=query.cursor)
    return listed([rule_record(rule, today=_today(viewer)) for rule in rules], following)


@bp.get("/rules/killed", responses={200: page_of(RuleRecordShown)})
@requires("rule.see", scope=Scope.IDEAS_READ)
def list_killed_rules(query: PageAsked) -> Response:
    """List the rules that were killed or changed, the newest verdict first."""
    viewer = the_viewer()
    rules, following = queries.killed_page(viewer, limit=query.limit, cursor=query.cursor)
    return listed([rule_record(rule, today=_today(viewer)) for rule in rules], following)


@bp.get("/rules/review", responses={200: page_of(RuleRecordShown)})
@requires("rule.review", scope=Scope.IDEAS_READ)
def list_rules_to_review(query: PageAsked) -> Response:
    """List the rules that nobody has looked at for a year: one's own, for programme all."""
    viewer = the_viewer()
    today = _today(viewer)
    rules, following = queries.review_page(viewer, today=today, limit=query.limit, cursor=query.cursor)
    return listed([rule_record(rule, today=today) for rule in rules], following)


@bp.get("/rules/now", responses={200: FoundRules})
@requires("rule.see", scope=Scope.IDEAS_READ)
def what_may_i_say(query: WordsAsked) -> Response:
    """Find rules by words of their old or new wording, the best first: what may be said now."""
    viewer = the_viewer()
    found = find_rules(viewer, query.q, limit=FOUND_MAX)
    return shown(FoundRules(rules=[rule_record(rule, today=_today(viewer)) for rule in found]))


@bp.get("/rules/<int:number>", responses={200: RuleRecordShown})
@requires("rule.see", scope=Scope.IDEAS_READ)
def see_rule(path: NumberPath) -> Response:
    """Show one rule with its last verdict."""
    viewer = the_viewer()
    return shown(rule_record(queries.rule_shown(viewer, path.number), today=_today(viewer)))


@bp.get("/rules/<int:number>/ideas", responses={200: page_of(NamingIdeaShown)})
@requires("rule.see", scope=Scope.IDEAS_READ)
def list_ideas_of_rule(path: NumberPath, query: PageAsked) -> Response:
    """List the ideas that name a rule, as far as one may read them, the first one first."""
    viewer = the_viewer()
    queries.rule_for(viewer, path.number)
    ideas, following = queries.naming_page(viewer, path.number, limit=query.limit, cursor=query.cursor)
    told = [NamingIdeaShown(number=idea.number, title=idea.title, said_at=idea.said_at) for idea in ideas]
    return listed(told, following)


@bp.get("/rules/<int:number>/history", responses={200: HistoryShown})
@requires("rule.see", scope=Scope.IDEAS_READ)
def see_rule_history(path: NumberPath) -> Response:
    """Show every verdict on a rule and what was corrected about it, the newest first."""
    queries.rule_for(the_viewer(), path.number)
    verdicts, changes = queries.history(path.number)
    return shown(
        HistoryShown(
            verdicts=[verdict_shown(one) for one in verdicts],
            changes=[ChangeShown(at=one.at, by=one.by or None, fact=one.fact, old=one.old, new=one.new)
                     for one in changes],
        )
    )  # fmt: skip


@bp.get("/ideas/<int:number>/rule", responses={200: RuleRecordShown, 204: None})
@requires("rule.see", scope=Scope.IDEAS_READ)
def see_rule_of_idea(path: NumberPath) -> Any:
    """Show the rule that an idea names; 204 where it names none that this key may see."""
    viewer = the_viewer()
    rule = queries.rule_of(viewer, idea_for(viewer, path.number).id)
    return shown(rule_record(rule, today=_today(viewer))) if rule is not None else ("", 204)


@bp.post("/ideas/<int:number>/rule", responses={201: RuleRecordShown})
@requires("rule.name", scope=Scope.IDEAS_WRITE)
def name_rule(path: NumberPath, body: RuleFactsSent) -> Response:
    """Make a record of an idea's rule (403 `not_yours`, 409 `not_a_rule`, `merged`, `already_names_a_rule`)."""
    viewer = the_viewer()

    def verb() -> RuleRecordShown:
        idea, now = idea_for(viewer, path.number), clock.now()
        rule = service.name_rule(viewer, idea, body.facts(), today=_today(viewer), now=now)
        return rule_record(queries.rule_shown(viewer, rule.id), today=_today(viewer))

    return once(verb, status=201)


@bp.put("/ideas/<int:number>/rule", responses={200: RuleRecordShown})
@requires("rule.name", scope=Scope.IDEAS_WRITE)
def join_rule(path: NumberPath, body: JoinSent) -> Response:
    """Let an idea name a rule that has a record (403 `not_yours`, 409 `merged`, `already_names_a_rule`,
    422 `unknown_rule`).
    """
    viewer = the_viewer()
    with writing():
        idea: Idea = idea_for(viewer, path.number)
        service.join_rule(viewer, idea, _named(viewer, body.rule), now=clock.now())
        answer = rule_record(queries.rule_shown(viewer, body.rule), today=_today(viewer))
    return shown(answer)


def _named(viewer: Viewer, number: int) -> RuleRecord:
    """The rule that a body names; what is missing there is a wrong field, not a missing page."""
    try:
        return queries.rule_for(viewer, number)
    except Missing as error:
        sentence = "There is no such rule, or it is not yours to see."
        raise Invalid("unknown_rule", sentence, {"rule": sentence}) from error


@bp.delete("/ideas/<int:number>/rule", responses={204: None})
@requires("rule.name", scope=Scope.IDEAS_WRITE)
def leave_rule(path: NumberPath) -> Any:
    """Take a wrong rule off an idea, as long as there is no verdict (409 `names_no_rule`, `verdict_stands`)."""
    viewer = the_viewer()
    with writing():
        service.leave_rule(viewer, idea_for(viewer, path.number), now=clock.now())
    return "", 204


@bp.get("/rules/<int:number>/facts", responses={200: RuleFactsShown})
@requires("rule.see", scope=Scope.IDEAS_READ)
def see_rule_facts(path: NumberPath) -> Response:
    """Show what is known about a rule, as it can be corrected."""
    return shown(_facts(queries.rule_for(the_viewer(), path.number)))


@bp.put("/rules/<int:number>/facts", responses={200: RuleFactsShown}, openapi_extensions=MATCHED)
@requires("rule.change", scope=Scope.IDEAS_WRITE)
def change_rule_facts(path: NumberPath, body: RuleFactsSent) -> Response:
    """Correct what is known about a rule: its owner, or programme (403 `not_rule_owner`). What is not sent is gone."""
    viewer = the_viewer()
    with writing():
        this = select(RuleRecord.id).where(RuleRecord.id == path.number)
        demand_unchanged(this, lambda: _facts(queries.rule_for(viewer, path.number)))
        rule, now = queries.rule_for(viewer, path.number), clock.now()
        service.change_facts(viewer, rule, body.facts(), version=rule.version, today=_today(viewer), now=now)
        answer = _facts(rule)
    return shown(answer)


@bp.post("/rules/<int:number>/verdicts", responses={201: RuleRecordShown})
@requires("rule.decide", scope=Scope.DECISIONS_WRITE)
def decide_about_rule(path: NumberPath, body: VerdictSent) -> Response:
    """Give the verdict on a rule: its owner, executives for whom it holds, programme (403 `not_rule_judge`).

    `after` is how many verdicts the caller has seen; where there are more, 409 `already_decided` says what was decided.
    """
    viewer = the_viewer()

    def verb() -> RuleRecordShown:
        decide(viewer, queries.rule_for(viewer, path.number), body.verdict(), now=clock.now())
        return rule_record(queries.rule_shown(viewer, path.number), today=_today(viewer))

    return once(verb, status=201)


def _facts(rule: RuleRecord) -> RuleFactsShown:
    facts = service.told_now(rule).facts
    return RuleFactsShown(
        title=facts.title, says=facts.says, barrier=facts.barrier, scope=facts.scope, employer=facts.employer_id,
        sites=list(facts.site_ids), owner=facts.owner_id, department=facts.department, source=facts.source,
        source_url=facts.source_url, legal_basis=facts.legal_basis, legal_words=facts.legal_words,
        reviewed_on=facts.reviewed_on,
    )  # fmt: skip


def _today(viewer: Viewer) -> date:
    return local_day(clock.now(), viewer.timezone)
