"""The pages about rules: what they show, and forms that lose nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.db import writing
from portal.home import facts
from portal.ideas.rule_record_words import RuleState
from tests.factories import Cast, send, signed_in
from tests.home.test_speed import asked
from tests.ideas.ruling import NEW, OLD, WHY, decided, named, record, rule_said

FORM = {
    "title": "Cancel by fax only", "says": OLD, "barrier": "policies", "scope": "organisation", "employer": "",
    "owner": "", "department": "", "source": "", "source_url": "", "legal_basis": "unknown", "legal_words": "",
    "reviewed_on": "", "version": "0",
}  # fmt: skip
VERDICT = {
    "kind": "changed", "effective_on": "2026-03-01", "old_wording": OLD, "new_wording": NEW, "reason": "",
    "legal_basis": "", "site": "", "why_again": "", "after": "0",
}  # fmt: skip


@pytest.fixture
def number(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return rule_said(cast.asha, now=clock.now() - timedelta(days=4))


@pytest.fixture
def rule(app: Flask, cast: Cast, number: int) -> int:
    with app.app_context():
        return named(cast.asha, number, owner_id=cast.olu, now=clock.now())


def state(app: Flask, rule: int) -> RuleState:
    with app.app_context():
        return record(rule).state


def test_the_author_finds_the_way_from_the_idea_to_a_named_rule(app: Flask, cast: Cast, number: int) -> None:
    asha = signed_in(app, cast.asha)
    assert f'href="/ideas/{number}/rule"' in asha.get(f"/ideas/{number}").text
    assert f'href="/ideas/{number}/rule"' not in signed_in(app, cast.bo).get(f"/ideas/{number}").text
    assert asha.get(f"/ideas/{number}/rule").status_code == 200

    answer = send(asha, f"/ideas/{number}/rule", **FORM)

    assert answer.status_code == 303
    page = asha.get(answer.location).text
    assert "Cancel by fax only" in page and OLD in page and "Nobody knows yet" in page
    assert "Asha" not in signed_in(app, cast.bo).get(answer.location).text
    idea = signed_in(app, cast.bo).get(f"/ideas/{number}").text
    assert "Cancel by fax only" in idea and "Still the rule" in idea
    assert "That is the wrong rule" in asha.get(f"/ideas/{number}/rule").text


def test_a_refused_form_keeps_what_was_typed_and_says_where(app: Flask, cast: Cast, number: int) -> None:
    sent = FORM | {"legal_basis": "contract", "department": "Legal and <b>Risk</b>"}

    answer = send(signed_in(app, cast.asha), f"/ideas/{number}/rule", **sent)

    assert answer.status_code == 422
    assert "Say which contract it is" in answer.text and 'href="#legal_words"' in answer.text
    assert "Legal and &lt;b&gt;Risk&lt;/b&gt;" in answer.text and OLD in answer.text


@pytest.mark.parametrize(
    "over", [{"scope": "nowhere"}, {"reviewed_on": "soon"}, {"title": "two\nlines"}, {"owner": "x"}]
)
def test_what_does_not_fit_a_field_is_refused(app: Flask, cast: Cast, number: int, over: dict[str, str]) -> None:
    assert send(signed_in(app, cast.asha), f"/ideas/{number}/rule", **FORM | over).status_code == 422


def test_others_do_not_get_the_form(app: Flask, cast: Cast, number: int) -> None:
    bo = signed_in(app, cast.bo)

    assert bo.get(f"/ideas/{number}/rule").status_code == 403
    assert send(bo, f"/ideas/{number}/rule", **FORM).status_code == 403


def test_an_idea_joins_a_rule_that_is_found_and_leaves_it(app: Flask, cast: Cast, rule: int) -> None:
    with app.app_context():
        other = rule_said(cast.bo, now=clock.now())
    bo = signed_in(app, cast.bo)
    assert "It is this one" in bo.get(f"/ideas/{other}/rule?q=fax").text

    joined = send(bo, f"/ideas/{other}/rule/joining", rule=rule)
    left = send(bo, f"/ideas/{other}/rule/leaving")

    assert (joined.status_code, joined.location) == (303, f"/rules/{rule}")
    assert (left.status_code, left.location) == (303, f"/ideas/{other}")
    assert send(bo, f"/ideas/{other}/rule/joining", rule="x").status_code == 422
    assert send(bo, f"/ideas/{other}/rule/joining", rule=999_999).status_code == 404


def test_the_owner_corrects_and_nothing_is_overwritten(app: Flask, cast: Cast, rule: int) -> None:
    olu = signed_in(app, cast.olu)
    assert OLD in olu.get(f"/rules/{rule}/facts").text
    sent = FORM | {"owner": str(cast.olu), "department": "Legal", "version": "1"}

    first = send(olu, f"/rules/{rule}/facts", **sent)
    second = send(signed_in(app, cast.mia), f"/rules/{rule}/facts", **sent | {"department": "Sales"})

    assert first.status_code == 303 and second.status_code == 409
    assert "Somebody changed this rule meanwhile" in second.text and "Sales" in second.text
    assert "Legal" in olu.get(f"/rules/{rule}").text
    assert send(olu, f"/rules/{rule}/facts", **sent | {"version": "x"}).status_code == 422
    assert signed_in(app, cast.asha).get(f"/rules/{rule}/facts").status_code == 403


def test_a_verdict_is_given_once_and_the_second_learns_of_it(app: Flask, cast: Cast, rule: int) -> None:
    olu, vic = signed_in(app, cast.olu), signed_in(app, cast.vic)
    assert olu.get(f"/rules/{rule}/verdicts").status_code == 200

    missing = send(olu, f"/rules/{rule}/verdicts", **VERDICT | {"new_wording": ""})
    given = send(olu, f"/rules/{rule}/verdicts", **VERDICT)
    late = send(vic, f"/rules/{rule}/verdicts", **VERDICT | {"kind": "kept", "reason": WHY})

    assert missing.status_code == 422 and "Write what holds from then on" in missing.text
    assert given.status_code == 303 and state(app, rule) is RuleState.CHANGED
    assert late.status_code == 409 and "Olu decided this on" in late.text and WHY in late.text
    again = VERDICT | {"kind": "kept", "reason": WHY, "after": "1", "why_again": "The regulator says that we must."}
    assert send(vic, f"/rules/{rule}/verdicts", **again).status_code == 303
    assert state(app, rule) is RuleState.KEPT
    assert send(vic, f"/rules/{rule}/verdicts", **VERDICT | {"kind": "gone"}).status_code == 422


def test_what_may_i_say_now_is_one_tap_away_and_reads_both_wordings(app: Flask, cast: Cast, rule: int) -> None:
    with app.app_context():
        decided(cast.mia, rule, "changed", now=clock.now())
    bo = signed_in(app, cast.bo)
    assert 'href="/rules/now"' in bo.get("/ideas").text and 'href="/rules/now"' in bo.get("/commitments").text

    page = bo.get("/rules/now?q=fax").text

    assert page.index("Until 1 March") < page.index(OLD) < page.index(NEW)
    nothing = bo.get("/rules/now?q=%3Cscript%3E%25").text
    assert "&lt;script&gt;" in nothing and "<script>%" not in nothing and "If one stops you, say it." in nothing
    assert bo.get("/rules/now?q=" + "x" * 8000).status_code == 200


def test_the_lists_filter_page_and_never_fail_on_what_is_asked(app: Flask, cast: Cast, rule: int) -> None:
    bo = signed_in(app, cast.bo)

    assert "Cancel by fax only" in bo.get(f"/rules?state=open&owner={cast.olu}&site={cast.places['Leeds']}").text
    assert "No rule fits this." in bo.get("/rules?state=killed").text
    for query in ("state=x", "site=x", "site=99999999999999999999", "owner=-1", "barrier=", "site=%D9%A5"):
        assert bo.get(f"/rules?{query}").status_code == 200
    assert bo.get("/rules?after=x").status_code == 422
    assert bo.get("/rules/killed").status_code == 200 and bo.get("/rules/review").status_code == 403
    assert "Cancel by fax only" in signed_in(app, cast.olu).get("/rules/review").text


def test_a_killed_rule_stands_with_before_and_after_and_how_long_it_took(app: Flask, cast: Cast, rule: int) -> None:
    with app.app_context():
        decided(cast.mia, rule, now=clock.now())

    page = signed_in(app, cast.bo).get("/rules/killed").text

    assert OLD in page and NEW in page and "4 days from said to killed" in page


def test_a_page_of_rules_asks_as_often_for_one_as_for_twelve(app: Flask, cast: Cast, rule: int) -> None:
    with app.app_context(), writing():
        facts.refresh(now=clock.now())
    before = {address: asked(app, cast.bo, address) for address in _addresses(rule)}
    with app.app_context():
        for n in range(11):
            more = named(cast.asha, rule_said(cast.asha, now=clock.now()), title=f"Rule {n} by fax", now=clock.now())
            decided(cast.mia, more, now=clock.now())

    assert {address: asked(app, cast.bo, address) for address in _addresses(rule)} == before
    assert max(before.values()) <= 8


def _addresses(rule: int) -> tuple[Any, ...]:
    return "/rules", "/rules/killed", "/rules/now?q=fax", f"/rules/{rule}"
