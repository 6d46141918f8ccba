"""Nine decisions in the inbox: by single keys at a desk and at the width of a phone, and without JavaScript."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from portal import clock
from portal.db import db, is_postgres, writing
from portal.ideas import search_index
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from portal.swarm.merge_models import Merge
from portal.triage.models import Decision, DecisionKind, Question
from portal.triage.moves_jobs import ALIKE, HANDLERS
from portal.worker import run_once
from tests.commitments.factories import make_promoted
from tests.factories import Cast, signed_in
from tests.journeys.conftest import NewPage

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WAITING = 10  # one of them is what another one joins
TITLES = ("Headsets need three signatures", "Late fees cannot be waived", "Scripts are read word for word",
          "Chat does not see phone notes", "Surveys come three times a week", "Complaints need a call back",
          "Nobody may swap a weekend", "The old router comes back first", "Old routers come back first of all",
          "Training is on a day off")  # fmt: skip


@pytest.fixture
def inbox(app: Flask, cast: Cast) -> Cast:
    """Ten ideas that wait, two of which say the same."""
    with app.app_context():
        if is_postgres():
            pytest.skip("one database is enough for what a browser does")
        with writing():
            for n, title in enumerate(TITLES):
                say = f"{title}, and customers wait for days because of it."
                idea = make_promoted(cast, title=title, say=say, promoted_at=clock.now() - timedelta(days=12 - n))
                search_index.index_idea(idea)
    run_once(app, now=clock.now(), handlers={ALIKE: HANDLERS[ALIKE]})
    return cast


def opened(app: Flask, inbox: Cast, page: Page) -> Page:
    """Triage, signed in."""
    client = signed_in(app, inbox.vic)
    cookie = client.get_cookie("sayso") or next(iter(client._cookies.values()))
    page.goto("/sign-in")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.url}])
    page.goto("/triage")
    return page


def current(page: Page) -> str:
    return page.locator("#brief-h").inner_text()


def decided(app: Flask) -> tuple[int, int, int, int]:
    """How many promises, noes, questions and merges stand."""
    with app.app_context():
        standing = select(func.count()).select_from(Decision).where(Decision.superseded_at.is_(None))
        return (
            db.session.scalar(standing.where(Decision.kind == DecisionKind.COMMIT)) or 0,
            db.session.scalar(standing.where(Decision.kind == DecisionKind.DECLINE)) or 0,
            db.session.scalar(select(func.count()).select_from(Question).where(Question.undone_at.is_(None))) or 0,
            db.session.scalar(select(func.count()).select_from(Merge)) or 0,
        )


@pytest.mark.parametrize("width", [1280, 320])
def test_nine_decisions_by_keys_alone(app: Flask, inbox: Cast, new_page: NewPage, width: int) -> None:
    page = opened(app, inbox, new_page(width=width))

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    def leads_on(*keys: str) -> None:
        before = current(page)
        press(*keys)
        expect(page.locator("#brief-h")).not_to_have_text(before)

    leads_on("j")
    leads_on("k")
    leads_on("c", "Control+Enter")  # everything filled in
    leads_on("c", "1", "Control+Enter")  # in two weeks
    for reason in ("1", "2", "4"):
        press("d")
        page.wait_for_url(re.compile("move=decline"))
        expect(page.locator("[data-go]")).to_be_focused()
        press(reason)
        expect(page.locator("#sentence")).to_be_focused()
        page.keyboard.type("cdjk and the rest of it")  # letters in a field, no keys
        while "[" in page.locator("#sentence").input_value():
            fill_gap(page)
        leads_on("Control+Enter")
    press("a")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("How often does it happen in a week?")
    leads_on("Control+Enter")
    leads_on("c", "3", "Control+Enter")
    press("m")
    expect(page.locator("[data-go]")).to_be_focused()
    leads_on("Control+Enter")
    press("u")  # and back again, before anybody is told
    expect(page.get_by_text("waits for you again")).to_be_visible()
    press("m")
    expect(page.locator("[data-go]")).to_be_focused()
    press("Control+Enter")
    expect(page.locator(".tri__head")).to_contain_text("Merged number")

    press("c", "Control+Enter")
    expect(page.locator(".tri__head")).to_contain_text("Committed to number")

    assert decided(app) == (4, 3, 1, 2)  # nine stand: one of the merges was taken back
    press("?")
    page.wait_for_url(re.compile("/me/shortcuts"))


def fill_gap(page: Page) -> None:
    """Select the next gap and type over it."""
    page.locator("#sentence").evaluate(
        "box => { const gap = box.value.match(/\\[[^\\]]*\\]/);"
        " box.setSelectionRange(gap.index, gap.index + gap[0].length) }"
    )
    page.keyboard.type("£900")


def test_nine_decisions_without_javascript(app: Flask, inbox: Cast, new_page: NewPage) -> None:
    page = opened(app, inbox, new_page(width=320, javascript=False))
    for n in range(9):
        if n % 3 == 0:
            page.locator(".dock").get_by_role("link", name="Decline").click()
            page.locator("#prepared summary").click()
            page.get_by_role("link", name="Law or safety").click()
            box = page.locator("#sentence")
            box.fill(re.sub(r"\[[^]]*\]", "the Consumer Act", box.input_value()))
        elif n % 3 == 1 and n < 3:
            page.locator(".dock").get_by_role("link", name="Ask").click()
            page.locator("#question").fill("How often does it happen in a week?")
        else:
            page.locator(".dock").get_by_role("link", name="Commit").click()
        page.locator("[data-go]").click()
        expect(page.locator(".tri__head .toast")).to_be_visible()

    assert decided(app) == (5, 3, 1, 0)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Idea).where(Idea.stage == Stage.PROMOTED)) == 2
