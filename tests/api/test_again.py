"""Occurrences, *It's back* and *Ask again* over the interface: done, refused, read to the end, hidden where due."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.commitments.rules import CommitmentState
from portal.db import writing
from portal.ideas.words import Audience
from portal.triage import service as triage
from portal.triage.rules import DeclineReason, NewDecline
from tests.api.calling import Caller
from tests.commitments.factories import EVIDENCE, make_promise, make_promoted, viewer
from tests.factories import Cast, send, signed_in
from tests.ideas.making import said

WHY = {"reason": "The letters were in the post already."}


def today() -> Any:
    return clock.now().date()


def opened(app: Flask, cast: Cast, **over: Any) -> int:
    with app.app_context():
        return said(cast.asha, now=clock.now(), **over)


def done(app: Flask, cast: Cast) -> tuple[int, int]:
    with app.app_context(), writing():
        due = today() + timedelta(days=30)
        made = make_promise(cast, state=CommitmentState.CONFIRMED, now=clock.now(), due_on=due)
        return made.idea_id, made.id


def declined(app: Flask, cast: Cast) -> int:
    with app.app_context(), writing():
        made, now = make_promoted(cast, promoted_at=clock.now()), clock.now()
        no = NewDecline(DeclineReason.LAW_OR_SAFETY, "The regulator asks for it in part six of the consumer rules.")
        triage.decline(viewer(cast.vic), made, no, today=today(), now=now)
        return made.id


def test_it_is_noted_listed_corrected_and_taken_back(app: Flask, cast: Cast) -> None:
    number, bo = opened(app, cast), Caller(app, cast.bo)
    body = {"reason": "router", "channel": "phone", "tried_self_service": "yes", "minutes": 12.0}

    made = bo.post(f"/ideas/{number}/occurrences", body, key="one")
    again = bo.post(f"/ideas/{number}/occurrences", body, key="one")
    bo.post(f"/ideas/{number}/occurrences")

    assert made.status_code == 201 and again.json == made.json and made.json is not None
    one = made.json["number"]
    assert (made.json["day"], made.json["minutes"], made.json["tried_self_service"]) == (today().isoformat(), 12, "yes")
    page = bo.get("/occurrences?limit=1").json
    assert page is not None and len(page["items"]) == 1 and page["next"]
    rest = bo.get(f"/occurrences?limit=1&cursor={page['next']}").json
    assert rest is not None and rest["items"][0]["number"] == one and rest["next"] is None
    changed = bo.put(f"/occurrences/{one}", {"day": (today() - timedelta(days=1)).isoformat()})
    assert changed.status_code == 200 and changed.json is not None and changed.json["reason"] == ""
    assert bo.delete(f"/occurrences/{one}").status_code == 204
    assert bo.delete(f"/occurrences/{one}").json["error"] == "taken_back"  # type: ignore[index]
    cy = Caller(app, cast.cy)
    assert cy.delete(f"/occurrences/{one}").status_code == cy.put(f"/occurrences/{one}", {}).status_code == 404
    assert cy.get("/occurrences").json == {"items": [], "next": None}


def test_figures_are_there_after_deciding_and_say_what_the_page_says(app: Flask, cast: Cast) -> None:
    number, bo = opened(app, cast), Caller(app, cast.bo)
    for person in (cast.bo, cast.cy, cast.di):
        Caller(app, person).post(f"/ideas/{number}/occurrences", {"minutes": 20})
    Caller(app, cast.mia).put("/cost-of-an-hour", {"cents": 2400, "currency": "GBP"})

    before, page_before = bo.get(f"/ideas/{number}/occurrences").json, signed_in(app, cast.bo).get(f"/ideas/{number}")
    bo.put(f"/ideas/{number}/vote", {"kind": "pass"})
    after, page = bo.get(f"/ideas/{number}/occurrences").json, signed_in(app, cast.bo).get(f"/ideas/{number}")

    assert before == {"idea": number, "mine": 1, "figures": None} and "Noted 3" not in page_before.text
    assert after is not None and after["figures"]["times"] == 3 and after["figures"]["hours_a_week"] == 1.0
    assert (after["figures"]["cost_a_week_cents"], after["figures"]["currency"]) == (2400, "GBP")
    assert after["figures"]["sentence"].startswith("Noted 3 times in the last week by 3 people")
    assert "Noted 3 times in the last week by 3 people" in page.text and "GBP 24 a week" in page.text
    assert "You noted it once." in page_before.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"day": "2999-01-01"}, "day_in_future"),
        ({"day": "2001-01-01"}, "day_too_long_ago"),
        ({"reason": "0800 123 4567"}, "personal_data"),
        ({"minutes": 481}, "invalid"),
        ({"person": 1}, "invalid"),
    ],
)
def test_occurrences_that_cannot_be_are_refused(app: Flask, cast: Cast, body: dict[str, Any], code: str) -> None:
    number = opened(app, cast)

    answer = Caller(app, cast.bo).post(f"/ideas/{number}/occurrences", body)

    assert (answer.status_code, answer.json["error"]) == (422, code)  # type: ignore[index]


def test_whom_it_is_not_for_is_refused(app: Flask, cast: Cast) -> None:
    number, only_leeds = opened(app, cast), opened(app, cast, audience=Audience.SITE)
    sam, vic = Caller(app, cast.sam), Caller(app, cast.vic)

    assert sam.post(f"/ideas/{only_leeds}/occurrences").status_code == 404
    assert sam.get(f"/ideas/{only_leeds}/occurrences").status_code == 404
    assert vic.post(f"/ideas/{number}/occurrences").status_code == 403
    assert Caller(app, cast.bo, "ideas:read").post(f"/ideas/{number}/occurrences").json["error"] == "scope"  # type: ignore[index]
    assert vic.get("/cost-of-an-hour").json == {"cents": None, "currency": None}
    assert vic.put("/cost-of-an-hour", {"cents": 2400, "currency": "GBP"}).status_code == 403
    assert sam.get("/cost-of-an-hour").status_code == 403
    assert Caller(app, cast.mia).put("/cost-of-an-hour", {"cents": 5, "currency": "GBP"}).status_code == 422


def test_what_is_done_is_reopened_answered_and_fixed_again(app: Flask, cast: Cast) -> None:
    number, promise = done(app, cast)
    bo, cy, olu, vic = (Caller(app, person) for person in (cast.bo, cast.cy, cast.olu, cast.vic))

    first, second = bo.post(f"/ideas/{number}/back", {"words": "Twice today."}), cy.post(f"/ideas/{number}/back")
    assert first.status_code == 201 and first.json is not None and first.json["reopened"]
    assert second.json is not None and not second.json["reopened"]
    assert bo.post(f"/ideas/{number}/back").json["error"] == "already_said"  # type: ignore[index]
    shown = olu.get(f"/commitments/{promise}").json
    assert shown is not None and (shown["state"], shown["standing"]) == ("reopened", "kept")
    assert set(shown["may"]) == {"update", "deliver", "not_back", "steps", "need_decision", "call_help"}
    assert bo.post(f"/commitments/{promise}/not-back", WHY).json["error"] == "not_the_owner"  # type: ignore[index]

    assert olu.post(f"/commitments/{promise}/not-back", WHY).json["state"] == "confirmed"  # type: ignore[index]
    assert olu.post(f"/commitments/{promise}/not-back", WHY).json["error"] == "not_reopened"  # type: ignore[index]
    bo.post(f"/ideas/{number}/back")
    sent = {"live_from": today().isoformat(), "sites": [cast.places["Leeds"]], "evidence": EVIDENCE}
    assert olu.post(f"/commitments/{promise}/deliveries", sent).json["state"] == "delivered"  # type: ignore[index]
    assert vic.post(f"/commitments/{promise}/confirmations", key="c").json["state"] == "confirmed"  # type: ignore[index]

    listed = bo.get(f"/commitments/{promise}/relapses").json
    assert listed is not None and [one["ending"] for one in listed["items"]] == ["fixed", "not_back"]
    assert [one["reports"] for one in listed["items"]] == [1, 2]
    assert listed["items"][1]["answered_by"] == "Olu" and listed["items"][1]["answer"] == WHY["reason"]
    relapse = first.json["relapse"]
    page = bo.get(f"/relapses/{relapse}/reports?limit=1").json
    assert page is not None and page["items"][0]["words"] == "" and page["next"]
    rest = bo.get(f"/relapses/{relapse}/reports?limit=1&cursor={page['next']}").json
    assert rest is not None and rest["items"][0]["words"] == "Twice today." and rest["next"] is None
    assert bo.get("/relapses/999/reports").status_code == bo.get("/commitments/999/relapses").status_code == 404
    shown_page = signed_in(app, cast.bo).get(f"/ideas/{number}").text
    assert "says it is not back" in shown_page and "Colleagues say it is back." in shown_page


def test_nothing_else_is_reopened(app: Flask, cast: Cast) -> None:
    number, closed = opened(app, cast), done(app, cast)[0]

    assert Caller(app, cast.bo).post(f"/ideas/{number}/back").json["error"] == "not_done"  # type: ignore[index]
    assert Caller(app, cast.vic).post(f"/ideas/{closed}/back").status_code == 403
    early = Caller(app, cast.bo).post(f"/ideas/{closed}/back", {"day": (today() - timedelta(days=3)).isoformat()})
    assert (early.status_code, early.json["error"]) == (422, "day_before_live")  # type: ignore[index]


def test_enough_new_voices_bring_a_declined_idea_back(app: Flask, cast: Cast) -> None:
    number = declined(app, cast)  # twelve had backed it: eight new voices
    bo = Caller(app, cast.bo)

    assert bo.post(f"/ideas/{number}/ask-again").json == {"idea": number, "returned": False}
    assert bo.post(f"/ideas/{number}/ask-again").json["error"] == "already_asked"  # type: ignore[index]
    seen = Caller(app, cast.mia).get(f"/ideas/{number}/ask-again").json
    assert seen is not None and (seen["voices"], seen["needed"], seen["asked"], seen["may_ask"]) == (1, 8, False, False)
    assert "1 of 8 new voices" in signed_in(app, cast.cy).get(f"/ideas/{number}").text
    assert bo.delete(f"/ideas/{number}/ask-again").status_code == 204
    assert bo.delete(f"/ideas/{number}/ask-again").json["error"] == "not_asked"  # type: ignore[index]
    assert Caller(app, cast.asha).post(f"/ideas/{number}/ask-again").json["error"] == "own_idea"  # type: ignore[index]
    assert Caller(app, cast.vic).post(f"/ideas/{number}/ask-again").status_code == 403

    answers = [Caller(app, person).post(f"/ideas/{number}/ask-again").json for person in cast.voters[:8]]

    assert [answer["returned"] for answer in answers] == [False] * 7 + [True]  # type: ignore[index]
    assert bo.get(f"/ideas/{number}/ask-again").json["decision"] is None  # type: ignore[index]
    brief = Caller(app, cast.vic).get(f"/triage/{number}").json
    assert brief is not None and brief["asked_again_at"] and brief["answer"] is None and not brief["late"]
    idea = bo.get(f"/ideas/{number}").json
    assert idea is not None and idea["stage"] == "promoted" and idea["answer_due_on"] == brief["answer_due"]


def test_the_brief_says_what_it_costs(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = make_promoted(cast, promoted_at=clock.now()).id
    vic = Caller(app, cast.vic)
    nothing = vic.get(f"/triage/{number}").json

    for person in (cast.bo, cast.cy, cast.di):
        Caller(app, person).post(f"/ideas/{number}/occurrences", {"minutes": 30})

    told = vic.get(f"/triage/{number}").json
    assert nothing is not None and nothing["cost"] is None and told is not None
    assert told["cost"].startswith("Noted 3 times in the last week by 3 people at ")
    page = signed_in(app, cast.vic).get(f"/triage?idea={number}").text
    assert "What it costs:" in page and "About 1.5 hours a week" in page


def test_a_new_fact_brings_a_declined_idea_back(app: Flask, cast: Cast) -> None:
    number = declined(app, cast)
    vic, bo = Caller(app, cast.vic), Caller(app, cast.bo)
    fact = {"words": "The regulator has dropped part six of the rules."}

    assert bo.post(f"/ideas/{number}/new-facts", fact).status_code == 403
    assert vic.post(f"/ideas/{number}/new-facts", fact).json == {"idea": number, "returned": True}
    assert vic.post(f"/ideas/{number}/new-facts", fact).json["error"] == "not_declined"  # type: ignore[index]
    assert vic.get(f"/triage/{number}").json["asked_again_at"] is not None  # type: ignore[index]


def test_the_form_of_a_new_fact_keeps_what_was_typed(app: Flask, cast: Cast) -> None:
    number = declined(app, cast)
    vic = signed_in(app, cast.vic)

    assert "What has changed since" in vic.get(f"/ideas/{number}/new-facts").text
    refused = send(vic, f"/ideas/{number}/new-facts", words="Not much.")
    assert refused.status_code == 422 and "Not much." in refused.text and "at least 20" in refused.text
    assert send(vic, f"/ideas/{number}/new-facts", words="The law has changed since.").status_code == 303
    assert vic.get(f"/ideas/{number}/new-facts").status_code == 409
    assert signed_in(app, cast.bo).get(f"/ideas/{number}/new-facts").status_code == 403
