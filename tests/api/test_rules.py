"""Rules through the interface."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.ideas.words import Audience
from tests.api.calling import Caller
from tests.factories import Cast, signed_in
from tests.ideas.making import said
from tests.ideas.ruling import NEW, OLD, WHY, named, rule_said

FACTS = {"title": "Cancel by fax only", "says": OLD, "barrier": "policies"}
KILLED = {"kind": "killed", "effective_on": "2026-03-01", "old_wording": OLD, "new_wording": NEW}


@pytest.fixture
def number(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return rule_said(cast.asha, now=clock.now() - timedelta(days=3))


@pytest.fixture
def rule(app: Flask, cast: Cast, number: int) -> int:
    with app.app_context():
        return named(cast.asha, number, owner_id=cast.olu, now=clock.now())


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


def test_a_rule_is_named_found_and_decided_about(app: Flask, cast: Cast, number: int) -> None:
    asha, mia = Caller(app, cast.asha), Caller(app, cast.mia)

    made = asha.post(f"/ideas/{number}/rule", FACTS | {"owner": cast.olu, "legal_basis": "none"}, key="k1")
    again = asha.post(f"/ideas/{number}/rule", FACTS | {"owner": cast.olu, "legal_basis": "none"}, key="k1")
    rule = made.json["number"]
    decided = mia.post(f"/rules/{rule}/verdicts", KILLED)

    assert made.status_code == 201 and again.json == made.json
    assert made.json["state"] == "open" and made.json["say"]["when"] == "Still the rule"
    assert (decided.status_code, decided.json["state"], decided.json["verdict"]["by"]) == (201, "killed", "Mia")
    assert decided.json["say"]["before"] == OLD and decided.json["say"]["now"] == NEW
    assert decided.json["days_to_verdict"] == 3
    shown = asha.get(f"/rules/{rule}")
    assert shown.json == decided.json == asha.get(f"/ideas/{number}/rule").json
    assert [one["number"] for one in asha.get("/rules/now?q=faxes").json["rules"]] == [rule]
    assert asha.get("/rules/killed").json == {"items": [shown.json], "next": None}
    assert asha.get(f"/rules/{rule}/ideas").json["items"][0]["number"] == number
    history = asha.get(f"/rules/{rule}/history").json
    assert [one["kind"] for one in history["verdicts"]] == ["killed"]
    assert [(one["fact"], one["by"]) for one in history["changes"]] == [("named", None)]


def test_the_list_filters_and_pages(app: Flask, cast: Cast, rule: int) -> None:
    with app.app_context():
        other = named(cast.asha, rule_said(cast.asha, now=clock.now()), title="Another", now=clock.now())
    bo = Caller(app, cast.bo)

    first = bo.get("/rules?limit=1").json
    second = bo.get(f"/rules?limit=1&cursor={first['next']}").json

    assert [one["number"] for one in first["items"] + second["items"]] == [other, rule] and second["next"] is None
    assert [one["number"] for one in bo.get(f"/rules?owner={cast.olu}&state=open").json["items"]] == [rule]
    assert bo.get("/rules?state=kept").json["items"] == bo.get("/rules?barrier=hiring").json["items"] == []
    assert error(bo.get("/rules?cursor=nonsense")) == (422, "bad_cursor")


def test_an_idea_joins_and_leaves_a_rule(app: Flask, cast: Cast, rule: int) -> None:
    with app.app_context():
        other = rule_said(cast.bo, now=clock.now())
    bo, asha = Caller(app, cast.bo), Caller(app, cast.asha)

    assert error(asha.put(f"/ideas/{other}/rule", {"rule": rule})) == (403, "not_yours")
    assert error(bo.put(f"/ideas/{other}/rule", {"rule": 999_999})) == (422, "unknown_rule")
    assert bo.put(f"/ideas/{other}/rule", {"rule": rule}).json["number"] == rule
    assert error(bo.put(f"/ideas/{other}/rule", {"rule": rule})) == (409, "already_names_a_rule")
    assert bo.delete(f"/ideas/{other}/rule").status_code == 204
    assert error(bo.delete(f"/ideas/{other}/rule")) == (409, "names_no_rule")
    assert bo.get(f"/ideas/{other}/rule").status_code == 204


def test_facts_are_corrected_in_the_version_that_was_read(app: Flask, cast: Cast, rule: int) -> None:
    olu, mia = Caller(app, cast.olu), Caller(app, cast.mia)
    read = olu.get(f"/rules/{rule}/facts")
    wanted = read.json | {"department": "Legal", "reviewed_on": "2025-06-01"}

    done = olu.put(f"/rules/{rule}/facts", wanted, headers={"If-Match": read.headers["ETag"]})

    assert done.json == wanted
    late = mia.put(f"/rules/{rule}/facts", wanted, headers={"If-Match": read.headers["ETag"]})
    assert error(late) == (412, "changed_meanwhile")
    assert error(Caller(app, cast.vic).put(f"/rules/{rule}/facts", wanted)) == (403, "not_rule_owner")
    assert error(Caller(app, cast.asha).put(f"/rules/{rule}/facts", wanted)) == (403, "not_allowed")
    facts = [one["fact"] for one in mia.get(f"/rules/{rule}/history").json["changes"]]
    assert sorted(facts) == ["department", "named", "reviewed_on"]


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"legal_basis": "contract"}, "legal_words_missing"),
        ({"source_url": "ftp://x"}, "bad_address"),
        ({"reviewed_on": "2999-01-01"}, "review_in_future"),
        ({"scope": "site"}, "scope_needs_site"),
        ({"scope": "site", "sites": [999_999]}, "unknown_site"),
        ({"scope": "employer", "employer": 999_999}, "unknown_employer"),
        ({"owner": 999_999}, "unknown_owner"),
        ({"title": "x" * 121}, "invalid"),
        ({"unknown": 1}, "invalid"),
    ],
)
def test_what_cannot_be_known_is_refused(app: Flask, cast: Cast, number: int, over: dict[str, Any], code: str) -> None:
    answer = Caller(app, cast.asha).post(f"/ideas/{number}/rule", FACTS | over)

    assert error(answer) == (422, code) and answer.json["fields"]


def test_an_idea_that_is_no_rule_names_none(app: Flask, cast: Cast) -> None:
    with app.app_context():
        plain = said(cast.asha, "Give us better chairs", kind="idea", now=clock.now())

    assert error(Caller(app, cast.asha).post(f"/ideas/{plain}/rule", FACTS)) == (409, "not_a_rule")


def test_a_second_verdict_says_what_was_decided(app: Flask, cast: Cast, rule: int) -> None:
    vic, mia = Caller(app, cast.vic), Caller(app, cast.mia)
    vic.post(f"/rules/{rule}/verdicts", {"kind": "kept", "reason": WHY, "legal_basis": "regulator"})

    late = mia.post(f"/rules/{rule}/verdicts", KILLED)

    assert error(late) == (409, "already_decided")
    assert late.json["message"].startswith("Vic decided this on ")
    assert error(mia.post(f"/rules/{rule}/verdicts", KILLED | {"after": 1})) == (422, "why_again_missing")
    again = {"after": 1, "why_again": "The regulator has dropped it this spring."}
    assert mia.post(f"/rules/{rule}/verdicts", KILLED | again).json["verdicts"] == 2
    assert error(Caller(app, cast.asha).post(f"/rules/{rule}/verdicts", KILLED)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "killed"}, "effective_day_missing"),
        ({"kind": "killed", "effective_on": "2026-03-01"}, "old_wording_missing"),
        ({"kind": "changed", "effective_on": "2026-03-01", "old_wording": OLD}, "new_wording_missing"),
        ({"kind": "never_was", "reason": "No."}, "reason_too_short"),
        ({"kind": "local_habit", "reason": WHY}, "habit_site_missing"),
    ],
)
def test_a_verdict_needs_what_its_kind_needs(app: Flask, cast: Cast, rule: int, body: Any, code: str) -> None:
    assert error(Caller(app, cast.olu).post(f"/rules/{rule}/verdicts", body)) == (422, code)


def test_an_owner_without_the_rule_does_not_decide(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context():
        rule = named(cast.asha, number, now=clock.now())

    assert error(Caller(app, cast.olu).post(f"/rules/{rule}/verdicts", KILLED)) == (403, "not_rule_judge")


def test_rules_to_review_are_for_those_who_can(app: Flask, cast: Cast, rule: int) -> None:
    assert [one["number"] for one in Caller(app, cast.olu).get("/rules/review").json["items"]] == [rule]
    assert Caller(app, cast.vic).get("/rules/review").json["items"] == []
    assert error(Caller(app, cast.bo).get("/rules/review")) == (403, "not_allowed")


def test_a_rule_for_some_is_nowhere_for_others(app: Flask, cast: Cast) -> None:
    with app.app_context():
        idea = rule_said(cast.sam, now=clock.now())
        rule = named(cast.sam, idea, scope=Audience.EMPLOYER, title="Quagga", now=clock.now())
    mia = Caller(app, cast.mia)
    assert mia.post(f"/rules/{rule}/verdicts", KILLED).status_code == 201
    asha, browser = Caller(app, cast.asha), signed_in(app, cast.asha)

    assert asha.get(f"/ideas/{idea}/rule").status_code == 204
    for address in (f"/rules/{rule}", f"/rules/{rule}/ideas", f"/rules/{rule}/history", f"/rules/{rule}/facts"):
        assert error(asha.get(address)) == (404, "not_found")
        assert Caller(app, cast.sam).get(address).status_code == 200
    for address in ("/rules", "/rules/killed", "/rules/now?q=fax"):
        assert "Quagga" not in asha.get(address).text and "Quagga" in mia.get(address).text
        assert "Quagga" not in browser.get(address).text
    for address in (f"/ideas/{idea}", f"/ideas/{idea}/story"):
        assert "Quagga" not in browser.get(address).text and "Quagga" not in asha.get(address).text
    assert browser.get(f"/rules/{rule}").status_code == 404
    assert error(asha.put(f"/ideas/{idea}/rule", {"rule": rule})) in [(422, "unknown_rule"), (403, "not_yours")]
