"""Voting as browsers do it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal import clock
from portal.app import create_app
from portal.db import db
from portal.ideas.words import Audience
from portal.swarm.models import Via, Vote
from portal.swarm.rules import StopReason, VoteKind, WantedVote
from portal.web.limits import limiter
from tests.databases import test_config as configured
from tests.factories import Cast, csrf_token, send, signed_in
from tests.ideas.making import said
from tests.swarm.voting import vote

WORDS = "The fax is “required” by <law> & habit."


@pytest.fixture
def number(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return said(cast.asha, now=clock.now())


def htmx(client: FlaskClient, number: int, **form: str) -> TestResponse:
    form |= {"csrf_token": csrf_token(client)}
    return client.post(f"/ideas/{number}/votes", data=form, headers={"HX-Request": "true"})


def votes(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Vote)) or 0


def test_a_vote_leads_back_to_where_it_was_given(app: Flask, cast: Cast, number: int) -> None:
    bo = signed_in(app, cast.bo)

    answer = send(bo, f"/ideas/{number}/votes", kind="support", next=f"/ideas?view=newest#idea-{number}")

    assert (answer.status_code, answer.location) == (303, f"/ideas?view=newest#idea-{number}")
    with app.app_context():
        assert db.session.scalars(select(Vote.via)).one() is Via.NEWEST


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)", ""])
def test_a_vote_never_leads_elsewhere(app: Flask, cast: Cast, number: int, target: str) -> None:
    bo = signed_in(app, cast.bo)

    plain = send(bo, f"/ideas/{number}/votes", kind="support", next=target)
    quick = htmx(bo, number, kind="pass", next=target)

    assert plain.location == f"/ideas/{number}#idea-{number}"
    assert "evil" not in quick.location and quick.location.startswith(f"/ideas/{number}/card?")


@pytest.mark.parametrize(("where", "holds"), [("board", "<li"), ("page", "swarm-box")])
def test_a_vote_by_htmx_is_answered_with_the_card(app: Flask, cast: Cast, number: int, where: str, holds: str) -> None:
    bo = signed_in(app, cast.bo)

    answer = htmx(bo, number, kind="support", where=where, next="/ideas?q=fax")

    assert answer.status_code == 303 and answer.location.startswith(f"/ideas/{number}/card")
    card = bo.get(answer.location)
    page = card.get_data(as_text=True)
    assert card.status_code == 200 and holds in page and 'aria-pressed="true"' in page and "<html" not in page


@pytest.mark.parametrize("form", [{"kind": "love"}, {}, {"kind": "stop", "reason": "because"},
                                  {"kind": "support", "team_id": "1"}, {"kind": "support", "person_id": "2"},
                                  {"kind": "stop", "reason": "unsafe", "sentence": "a\u202eb"}])  # fmt: skip
def test_what_the_form_does_not_offer_is_refused(app: Flask, cast: Cast, number: int, form: dict[str, str]) -> None:
    assert send(signed_in(app, cast.bo), f"/ideas/{number}/votes", **form).status_code == 422
    assert votes(app) == 0


REFUSED_STOPS = [({"reason": ""}, "Choose why"), ({"reason": "unsafe", "sentence": "x"}, "could go wrong"),
                 ({"reason": "tried", "sentence": WORDS * 20}, "keep it to 600")]  # fmt: skip


@pytest.mark.parametrize(("form", "told"), REFUSED_STOPS)
def test_a_refused_stop_comes_back_with_its_words(
    app: Flask, cast: Cast, number: int, form: dict[str, str], told: str
) -> None:
    bo = signed_in(app, cast.bo)
    form = {"kind": "stop", "where": "board", "next": "/ideas?q=fax#idea-1", "sentence": WORDS} | form

    page, part = send(bo, f"/ideas/{number}/votes", **form), htmx(bo, number, **form)

    assert (page.status_code, part.status_code) == (422, 422)
    assert part.headers["HX-Retarget"] == f"#stop-{number}" and part.headers["HX-Reswap"] == "outerHTML"
    fragment = part.get_data(as_text=True)
    assert f'id="stop-{number}"' in fragment and "<html" not in fragment and "/ideas?q=fax#idea-" in fragment
    for text in (page.get_data(as_text=True), fragment):
        assert told in text
        if form["sentence"].startswith("The"):
            assert "“required” by &lt;law&gt; &amp; habit." in text
        if form["reason"]:
            assert re.search(rf'value="{form["reason"]}" checked', text)
    assert votes(app) == 0


def test_the_place_of_the_stop_form_is_on_the_board(app: Flask, cast: Cast, number: int) -> None:
    bo = signed_in(app, cast.bo)
    assert f'id="stop-{number}"' in bo.get("/ideas").get_data(as_text=True)
    assert bo.get(f"/ideas/{number}").get_data(as_text=True).count(f'id="stop-{number}"') == 1


def test_other_refusals_say_why(app: Flask, cast: Cast, number: int) -> None:
    asha, vic, bo = (signed_in(app, person) for person in (cast.asha, cast.vic, cast.bo))

    assert send(asha, f"/ideas/{number}/votes", kind="support").status_code == 403
    assert send(vic, f"/ideas/{number}/votes", kind="support").status_code == 403
    assert send(bo, f"/ideas/{number}/votes", kind="withdraw").status_code == 409
    assert votes(app) == 0


@pytest.mark.parametrize("kind", ["support", "stop", "withdraw", "love"])
def test_a_walled_idea_is_not_there_to_vote_on(app: Flask, cast: Cast, kind: str) -> None:
    with app.app_context():
        walled = said(cast.asha, audience=Audience.EMPLOYER, now=clock.now())
    sam = signed_in(app, cast.sam)

    codes = {
        send(sam, f"/ideas/{n}/votes", kind=kind, reason="unsafe" if kind == "stop" else "").status_code
        for n in (walled, 4711)
    }

    assert codes == {422 if kind == "love" else 404}
    assert sam.get(f"/ideas/{walled}/stops").status_code == 404 and votes(app) == 0


def test_signed_out_nobody_votes(app: Flask, number: int) -> None:
    answer = send(app.test_client(), f"/ideas/{number}/votes", kind="support")

    assert answer.status_code == 303 and answer.location.startswith("/sign-in") and votes(app) == 0


def test_others_stop_signals_are_hidden_until_one_has_decided(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context():
        for person in cast.voters[1:3]:
            vote(person, number, WantedVote(VoteKind.STOP, StopReason.UNSAFE, f"Zinc fumes {person}."))
    bo = signed_in(app, cast.bo)

    before = bo.get(f"/ideas/{number}/stops").get_data(as_text=True)
    send(bo, f"/ideas/{number}/votes", kind="pass")
    two = bo.get(f"/ideas/{number}/stops").get_data(as_text=True)
    with app.app_context():
        vote(cast.voters[3], number, WantedVote(VoteKind.STOP, StopReason.UNSAFE, "Zinc fumes again."))
    three = bo.get(f"/ideas/{number}/stops").get_data(as_text=True)

    assert "once you have weighed in" in before and 'class="num">2<' not in before and "Zinc" not in before
    assert 'class="num">2<' in two and "Zinc" not in two  # words from three objectors on
    assert three.count("<p>Zinc fumes") == 3
    assert "Voter0" not in three.replace("Voter0-5", "")  # Bo's own name is in the head of the page


@pytest.fixture
def limited_app(cast: Cast, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(configured(database_url, tmp_path, rate_limits=True))
    limiter.enabled = True  # one for the process: the shared application has switched it off
    yield app
    limiter.reset()
    limiter.enabled = False
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_nobody_votes_more_than_thirty_times_a_minute(limited_app: Flask, cast: Cast) -> None:
    with limited_app.app_context():
        number = said(cast.asha, now=clock.now())
    bo = signed_in(limited_app, cast.bo)
    form = {"csrf_token": csrf_token(bo)}

    codes = [bo.post(f"/ideas/{number}/votes", data=form | {"kind": ("support", "pass")[n % 2]}) for n in range(31)]

    assert {one.status_code for one in codes[:30]} == {303} and codes[30].status_code == 429
    assert int(codes[30].headers["Retry-After"]) > 0
