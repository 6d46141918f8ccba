"""From the first sentence to points in a wallet, in a browser: said, carried, promised, done, measured, paid."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from portal import clock, worker
from tests.databases import PostgresCopies, SqliteCopies
from tests.journeys.firm import Firm, make_firm
from tests.journeys.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "We have to ask for the account number again after every transfer, though the customer has typed it in already."
PROMISE = "Account details travel with the call, so nobody repeats them after a transfer."
NewPage = Callable[..., Page]


class Way(NamedTuple):
    """How somebody goes through it. hidden: the author's name."""

    javascript: bool
    width: int
    keyboard: bool
    hidden: bool


# Each way once, two on each database: what differs between them is tested below the pages.
WAYS = {
    "sqlite": (Way(True, 1280, True, False), Way(False, 1280, False, True)),
    "postgres": (Way(True, 320, False, True), Way(False, 320, True, False)),
}


@pytest.mark.parametrize("number_of_way", [0, 1])
def test_an_idea_walks_from_the_first_sentence_to_points_in_a_wallet(
    app: Flask, copies: SqliteCopies | PostgresCopies, new_page: NewPage, tmp_path: Path, number_of_way: int
) -> None:
    javascript, width, keyboard, hidden = WAYS[copies.kind][number_of_way]
    firm = make_firm(app)

    def somebody(email: str) -> Hands:
        hands = Hands(new_page(width=width, javascript=javascript, dark=hidden), keyboard)
        hands.sign_in(email)
        return hands

    author = somebody(firm.author)
    number = _say_it(author, hidden=hidden)
    _carry_it(firm, somebody, number)
    _commit_to_it(somebody(firm.executive), number)
    owner = somebody(firm.owner)
    promise = _deliver_it(owner)
    _confirm_it(somebody(firm.executive), promise)
    _bring_the_numbers(somebody(firm.programme), firm, tmp_path)

    _read_what_happened(author, number)
    _look_into_the_wallet(app, author, hidden=hidden)
    assert _ends_with(app, "ledger", "verify") == 0
    assert _ends_with(app, "swarm", "verify") == 0


def _say_it(author: Hands, *, hidden: bool) -> int:
    page = author.page
    page.goto("/ideas")
    page.locator("#say").fill(WORDS)
    author.choose(page.get_by_label("Hide my name" if hidden else "My name", exact=True))
    author.press(page.get_by_role("button", name="Send it"))
    said = page.get_by_role("heading", name=re.compile(r"Said\. Number \d+\."))
    expect(said).to_be_visible()
    return int(re.search(r"\d+", said.inner_text())[0])  # type: ignore[index]


def _carry_it(firm: Firm, somebody: Callable[[str], Hands], number: int) -> None:
    for email in firm.supporters:
        hands = somebody(email)
        page = hands.page
        page.goto(f"/ideas/{number}")
        expect(page.locator(".swarm-box")).to_contain_text("Counts stay hidden until you weigh in")
        hands.press(page.locator(f"#v{number}-strong"))
        expect(page.locator(f"#v{number}-strong")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".swarm-box")).to_contain_text("of you hit this")
        page.context.close()
    hands = somebody(firm.supporters[0])
    hands.page.goto("/ideas?view=executives")
    expect(hands.page.locator(f"#idea-{number}")).to_contain_text("With executives")
    hands.page.context.close()


def _commit_to_it(executive: Hands, number: int) -> None:
    page = executive.page
    page.goto(f"/triage?idea={number}")
    expect(page.locator("main")).to_contain_text(WORDS)
    page.get_by_label("Who owns it?").select_option(label="Tom Okafor")
    executive.choose(page.get_by_label("30 days"))
    page.get_by_label("What are we promising?").fill(PROMISE)
    page.get_by_label("How will we know it worked?").select_option(label="Repeat contacts within 7 days")
    executive.press(page.get_by_role("button", name="Commit, in public"))
    expect(page.get_by_role("status").first).to_contain_text(str(number))


def _deliver_it(owner: Hands) -> str:
    page = owner.page
    page.goto("/commitments?mine=1")
    owner.press(page.get_by_role("link", name=PROMISE))
    owner.press(page.get_by_role("button", name="Take it on"))
    page.locator("textarea[name=body]").fill("The field is on the transfer screen in the test system.")
    owner.press(page.get_by_role("button", name="Post update"))
    expect(page.locator("main")).to_contain_text("The field is on the transfer screen")
    owner.press(page.get_by_text("Mark it done", exact=True).first)
    page.locator("input[name=live_from]").fill(clock.now().date().isoformat())
    for site in ("Leeds", "Belfast"):
        owner.choose(page.get_by_role("checkbox", name=re.compile(f"^{site}")))
    page.locator("textarea[name=evidence]").fill("The transfer screen shows the reference; release note of today.")
    owner.press(page.locator("form[action$='/deliveries']").get_by_role("button"))
    expect(page.locator("main")).to_contain_text("second")
    return page.url


def _confirm_it(executive: Hands, promise: str) -> None:
    page = executive.page
    page.goto(promise)
    executive.choose(page.get_by_label("Yes, it is done"))
    executive.press(page.locator("form[action$='/verdicts']").get_by_role("button"))
    expect(page.locator("form[action$='/verdicts']")).to_have_count(0)


def _bring_the_numbers(programme: Hands, firm: Firm, folder: Path) -> None:
    file = folder / "repeat.csv"
    monday = clock.now().date() - timedelta(days=clock.now().date().weekday())
    rows = [
        f"{monday - timedelta(weeks=week)},{site},{firm.metric_code},{21.4 - week * 0.01},900"
        for week in range(12, 0, -1)
        for site in ("Leeds", "Belfast", "Durban", "Manila")
    ]
    file.write_text("date,site,metric,value,n\n" + "\n".join(rows) + "\n")
    page = programme.page
    page.goto("/metrics/imports/new")
    page.get_by_label("CSV or XLSX file").set_input_files(file)
    programme.press(page.get_by_role("button", name="Show what it would do"))
    expect(page.locator("main")).to_contain_text("48")
    programme.press(page.locator("form[action$='/confirmation']").get_by_role("button"))
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()


def _read_what_happened(author: Hands, number: int) -> None:
    page = author.page
    page.goto(f"/ideas/{number}")
    expect(page.locator("main")).to_contain_text("Too early to say")
    expect(page.locator(".chart svg[role=img]:visible")).to_have_count(1)
    for step in ("You said", "We committed", "We did", "What happened"):
        expect(page.locator(".arc")).to_contain_text(step)
    for line in ("Priya Shah committed to it", "Tom Okafor marked it done", "confirmed that it is done"):
        expect(page.locator(".story").first).to_contain_text(line)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def _look_into_the_wallet(app: Flask, author: Hands, *, hidden: bool) -> None:
    page = author.page
    page.goto("/wallet")
    if hidden:
        # 50 and 200 points wait for a batch, so that nobody can tell; after 28 days even a small one is paid.
        expect(page.locator("main")).to_contain_text("200")
        assert worker.run_once(app, now=clock.now() + timedelta(days=35)) > 0
        page.goto("/wallet")
    expect(page.locator("main")).to_contain_text("250 points")


def _ends_with(app: Flask, *command: str) -> int:
    with app.app_context():
        return app.test_cli_runner().invoke(args=command).exit_code
