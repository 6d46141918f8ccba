"""A shift in a browser: taken, put into a calendar, passed on to who waits, written down on a phone, told, answered."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
import vobject
from flask import Flask
from playwright.sync_api import Page, expect

from portal import clock, worker
from portal.db import db, writing
from portal.frontline import buddies, slots
from portal.frontline.slot_rules import NewSlot
from portal.people.models import Person, Place
from portal.people.queries import viewer_of
from portal.people.roles import PlaceKind
from portal.people.viewer import Viewer
from tests.databases import PostgresCopies, SqliteCopies
from tests.journeys.firm import make_firm
from tests.journeys.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NewPage = Callable[..., Page]
JAVASCRIPT = {"sqlite": True, "postgres": False}  # one way each: what differs between databases is tested below
PHONE = 320
EXPECTED = "Questions about bills."
SURPRISE = "We read the same warning aloud twice in every call, and everybody sighs."
TITLE, TOLD = (
    "What I heard in Leeds",
    "I took calls for an hour. We read one warning twice, and everybody sighs. Is that so?",
)
UNHEARD = timedelta(minutes=11)


class Shifts(NamedTuple):
    """Numbers of two shifts: one in three days, and one that began two minutes ago."""

    coming: int
    running: int


@pytest.fixture
def shifts(app: Flask) -> Shifts:
    """Both in Leeds with one seat, with a buddy who has agreed."""
    make_firm(app)
    began = clock.now() - timedelta(minutes=2)
    with app.app_context(), writing():
        found = Shifts(_slot(began + timedelta(days=3), began), _slot(began, began))
    return found


def test_a_shift_is_taken_passed_on_written_down_told_and_answered(
    app: Flask, copies: SqliteCopies | PostgresCopies, new_page: NewPage, shifts: Shifts, tmp_path: Path
) -> None:
    def somebody(name: str, width: int = 1280) -> Hands:
        hands = Hands(new_page(width=width, javascript=JAVASCRIPT[copies.kind], dark=width == PHONE))
        hands.sign_in(f"{name}@harbour.example")
        return hands

    priya, tom = somebody("priya"), somebody("tom")
    _take(priya, shifts.coming)
    _put_into_a_calendar(priya, shifts.coming, tmp_path / "shift.ics")
    _wait_for(tom, shifts.coming)
    _give_up(priya, shifts.coming)
    _has_come_to(tom, shifts.coming)

    phone = somebody("priya", PHONE)
    _take(phone, shifts.running)
    idea = _write_down(phone, shifts.running)
    told = _tell_everybody(phone, idea)
    asha = somebody("asha", PHONE)
    asha.page.goto(told)
    expect(asha.page.get_by_role("heading", name=TITLE)).to_have_count(0)  # nobody has heard it yet
    worker.run_once(app, now=clock.now() + UNHEARD)
    _answer(asha, told)


def _slot(starts_at: datetime, before: datetime) -> int:
    """Published by the programme an hour before."""
    hannah, asha = _viewer("hannah"), _viewer("asha")
    site = db.session.query(Place).filter_by(kind=PlaceKind.SITE, name="Leeds").one()
    wall = starts_at.astimezone(ZoneInfo("Europe/London"))
    hour = wall.time().replace(second=0, microsecond=0)
    new = NewSlot(site_id=site.id, day=wall.date(), starts=hour, minutes=60, queue="Billing", language="English",
                  buddy_id=asha.id, briefing_needed=False)  # fmt: skip
    slot = slots.publish(hannah, new, now=before - timedelta(hours=1))
    buddies.answer(asha, slot, True, now=before - timedelta(minutes=50))
    return slot.id


def _viewer(name: str) -> Viewer:
    found = viewer_of(db.session.query(Person.id).filter_by(email=f"{name}@harbour.example").scalar())
    assert found is not None
    return found


def _take(hands: Hands, number: int) -> None:
    page = hands.page
    page.goto("/shifts")
    expect(page.locator("main")).to_contain_text("Nothing that is heard on a shift is used for quality scores")
    hands.press(page.locator(f"#shift-{number}").get_by_role("button", name=re.compile("^Take it")))
    expect(page.get_by_role("status").first).to_contain_text("It is yours")
    _fits(page)


def _put_into_a_calendar(hands: Hands, number: int, file: Path) -> None:
    page = hands.page
    with page.expect_download() as download:
        hands.press(page.locator("main").get_by_role("link", name="Add to calendar"))
    download.value.save_as(file)
    event = vobject.readOne(file.read_text()).vevent
    assert event.uid.value and event.url.value.endswith(f"/shifts/{number}")
    assert event.dtstart.value > clock.now() and "Billing" in event.summary.value


def _wait_for(hands: Hands, number: int) -> None:
    page = hands.page
    page.goto(f"/shifts/{number}")
    hands.press(page.locator("main").get_by_role("button", name=re.compile("^Join the waiting list")))
    expect(page.get_by_role("status").first).to_contain_text("You are on the waiting list")


def _give_up(hands: Hands, number: int) -> None:
    page = hands.page
    page.goto(f"/shifts/{number}")
    hands.press(page.locator("main").get_by_role("button", name=re.compile("^(Undo|Give it up)")).first)
    expect(page.get_by_role("status").first).to_be_visible()


def _has_come_to(hands: Hands, number: int) -> None:
    page = hands.page
    page.goto(f"/shifts/{number}")
    expect(page.locator("main")).to_contain_text("It came to you")
    expect(page.get_by_role("heading", name="Your seat")).to_be_visible()
    expect(page.get_by_role("button", name="No, thanks")).to_be_visible()


def _write_down(hands: Hands, number: int) -> int:
    """One question a page; the surprise becomes an idea. Returns its number."""
    page = hands.page
    page.goto(f"/shifts/{number}/debrief")
    hands.press(page.get_by_role("link", name="Begin"))
    for question, words in (("What did you expect?", EXPECTED), ("What surprised you?", SURPRISE)):
        expect(page.get_by_role("heading", name=question)).to_be_visible()
        _fits(page)
        page.locator("textarea[name=say]").fill(words)
        hands.press(page.get_by_role("button", name="Save and go on"))
    page.goto(f"/shifts/{number}/debrief")
    expect(page.locator("main")).to_contain_text(EXPECTED)
    hands.press(page.locator("#surprised-1").get_by_role("link", name="What becomes of it?"))
    hands.press(page.get_by_role("button", name="Put it on the board"))
    idea = page.locator("#surprised-1 a[href^='/ideas/']").first
    href = idea.get_attribute("href") or ""
    hands.press(page.get_by_role("button", name="That is all"))
    page.goto("/insights")
    expect(page.locator("main")).to_contain_text(SURPRISE)
    _fits(page)
    return int(re.findall(r"\d+", href)[0])


def _tell_everybody(hands: Hands, idea: int) -> str:
    """Written, looked at, confirmed; returns the address."""
    page = hands.page
    page.goto("/broadcasts/new")
    page.get_by_label("In one line").fill(TITLE)
    page.locator("textarea[name=words]").fill(TOLD)
    hands.choose(page.get_by_label("Look at an idea", exact=True))
    page.locator("input[name=idea]").fill(str(idea))
    hands.press(page.get_by_role("button", name="Show me the preview"))
    expect(page.locator("main")).to_contain_text("Preview: nothing is sent yet")
    expect(page.locator("main")).to_contain_text("seconds to read")
    _fits(page)
    hands.press(page.get_by_role("button", name=re.compile(r"^Send it to \d+ people")))
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    return page.url


def _answer(hands: Hands, told: str) -> None:
    page = hands.page
    page.goto("/me/updates")
    expect(page.locator("main")).to_contain_text(TITLE)
    page.goto(told)
    _fits(page)
    hands.press(page.get_by_role("button", name=re.compile("^Same here")))
    expect(page.locator("#said")).to_contain_text("Same here")


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url  # type: ignore[index]
