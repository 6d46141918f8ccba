"""What a browser tells about what was on screen, and one idea at a time on a phone."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.swarm import audit
from portal.swarm.looks import chance_examined
from portal.swarm.looks_models import Look
from portal.swarm.models import Via, Vote
from portal.web import later
from tests.factories import Cast, signed_in
from tests.ideas.making import said
from tests.journeys.serving import Visitor, installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NewPage = Callable[..., Page]
LOOK_MS = 1_400


@pytest.fixture
def numbers(app: Flask, cast: Cast) -> list[int]:
    with app.app_context():
        return [said(cast.asha, f"Rule number {n} should go away", now=clock.now()) for n in range(12)]


def enter(app: Flask, page: Page, address: str, person: int) -> None:
    """The browser goes on with a session that was opened without it."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = signed_in(app, person).get_cookie(name)
    assert cookie is not None
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": address}])


def looks(app: Flask) -> dict[int, float]:
    later.flush(app)
    with app.app_context():
        return {row.idea_id: row.p_seen for row in db.session.scalars(select(Look))}


@pytest.mark.parametrize("width", [1280, 320])
def test_only_what_was_on_screen_for_a_second_is_told(
    app: Flask, cast: Cast, numbers: list[int], new_page: NewPage, address: str, width: int
) -> None:
    page, told = new_page(width=width), []
    enter(app, page, address, cast.bo)
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/looks") else None)
    page.goto("/ideas")
    cards = [int(str(one.get_attribute("id")).split("-")[1]) for one in page.locator(".ideas > li").all()]
    page.locator(f"#idea-{cards[1]}").scroll_into_view_if_needed()
    page.wait_for_timeout(LOOK_MS)

    with page.expect_response("**/ideas/looks"):
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    seen = looks(app)

    assert len(told) == 1
    assert cards[1] in seen and cards[-1] not in seen
    for number, p_seen in seen.items():
        assert p_seen == pytest.approx(chance_examined(cards.index(number) + 1))
    with app.app_context():
        assert audit.verify() == []


def test_who_leaves_at_once_has_looked_at_nothing(
    app: Flask, cast: Cast, numbers: list[int], new_page: NewPage, address: str
) -> None:
    page = new_page()
    enter(app, page, address, cast.bo)
    page.goto("/ideas")
    page.goto("/results")
    page.wait_for_timeout(LOOK_MS)

    assert looks(app) == {}


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_phone_one_idea_comes_at_a_time(
    app: Flask, cast: Cast, numbers: list[int], new_page: NewPage, address: str, javascript: bool
) -> None:
    page = new_page(width=320, javascript=javascript)
    enter(app, page, address, cast.bo)
    page.goto("/ideas")
    page.get_by_role("link", name="One at a time").click()

    first = page.locator("h1").inner_text()
    page.get_by_role("button", name="Me too").click()
    expect(page.locator(".one__undo")).to_contain_text(first)
    expect(page.locator(".one__nav")).to_contain_text("2 of 8")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("h1")).to_have_text(first)
    page.get_by_role("button", name="Not me").click()
    page.get_by_role("link", name="Skip", exact=True).click()
    expect(page.locator(".one__nav")).to_contain_text("3 of 8")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.locator(".one__nav")).to_contain_text("2 of 8")

    with app.app_context():
        standing = db.session.execute(select(Vote.kind, Vote.via).where(Vote.revoked_at.is_(None))).all()
    assert [(row.kind.value, row.via) for row in standing] == [("pass", Via.FEED)]
    assert looks(app) == {} or javascript


def test_a_wide_screen_shows_the_whole_list(
    app: Flask, cast: Cast, numbers: list[int], new_page: NewPage, address: str
) -> None:
    page = new_page(width=1280)
    enter(app, page, address, cast.bo)
    page.goto("/ideas")

    expect(page.get_by_role("link", name="One at a time")).to_be_hidden()


def test_a_server_that_is_stopped_in_order_writes_down_what_waits(tmp_path: Path) -> None:
    with installation(tmp_path, demo=True) as served:
        visitor = Visitor(served.address, "frontline")
        board = visitor.look("/ideas").text
        sealed = re.search(r'data-looks="([^"]+)"', board)
        shown = re.findall(r'<li class="card idea[^>]*id="idea-(\d+)"', board)
        assert sealed and visitor.send("/ideas/looks", page=sealed[1], ideas=shown[1]).status_code == 204

    with sqlite3.connect(served.database_url.removeprefix("sqlite:///")) as database:
        newest = database.execute("SELECT idea_id, shown FROM looks ORDER BY last_at DESC LIMIT 1").fetchall()
        assert newest == [(int(shown[1]), 1)]
    database.close()
