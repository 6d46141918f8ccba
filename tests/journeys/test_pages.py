"""Every page of the loop in the demo organisation: accessible in both themes, light, few requests, nothing sideways."""

import gzip
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response
from waitress.server import create_server

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.demo.load import load_demo
from portal.ideas.models import Idea
from portal.ideas.words import Stage
from tests import databases

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
BYTES_MAX, REQUESTS_MAX = 40 * 1024, 5
PAGES = (
    ("frontline", "/ideas"),
    ("frontline", "/ideas?view=done"),
    ("frontline", "/ideas/{open}"),
    ("frontline", "/ideas/{done}"),
    ("frontline", "/ideas/{declined}"),
    ("frontline", "/ideas/{open}/stops"),
    ("frontline", "/ideas/{open}/reports"),
    ("frontline", "/ideas/new"),
    ("frontline", "/commitments"),
    ("frontline", "/commitments?as=table"),
    ("frontline", "/wallet"),
    ("frontline", "/wallet/statement"),
    ("frontline", "/me"),
    ("frontline", "/moderation"),
    ("frontline", "/metrics"),
    ("frontline", "/metrics/1"),
    ("frontline", "/results"),
    ("frontline", "/results/1"),
    ("frontline", "/help/who-can-see-what"),
    ("frontline", "/ideas/999999"),
    ("frontline", "/sign-in"),
    ("frontline", "/reset"),
    ("frontline", "/code"),
    ("executive", "/triage"),
    ("executive", "/triage?move=decline"),
    ("owner", "/commitments?mine=1"),
    ("owner", "/commitments/{mine}"),
    ("programme", "/moderation/queue"),
    ("programme", "/metrics/imports/new"),
    ("programme", "/ledger"),
    ("administrator", "/people"),
    ("administrator", "/people/1"),
    ("administrator", "/imports/new"),
    ("programme", "/ideas/imports/new"),
    ("programme", "/ideas/imports/{waiting}"),
    ("programme", "/ideas/imports/{brought}"),
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, int]]]:
    """The demo organisation, served; its address, and the numbers of ideas in each state."""
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(databases.test_config(databases.SqliteCopies(folder).new(folder), folder, demo=True))
    with app.app_context():
        with writing():
            load_demo(now=clock.now())
        numbers = _numbers() | _earlier_ideas()
        db.session.remove()
    server = create_server(app, host="127.0.0.1", port=0, threads=6, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}", numbers
    server.close()
    thread.join(timeout=5)


def _numbers() -> dict[str, int]:
    from portal.commitments.models import Commitment, CommitmentState
    from portal.people.queries import demo_viewer

    stages = {"open": Stage.OPEN, "done": Stage.DONE, "declined": Stage.DECLINED}
    shown = Idea.hidden_at.is_(None)
    found = {
        name: db.session.query(Idea.id).filter(Idea.stage == stage, shown).first()[0] for name, stage in stages.items()
    }
    owner = demo_viewer("owner")
    assert owner is not None
    mine = db.session.query(Commitment.id).filter(
        Commitment.owner_id == owner.id, Commitment.state == CommitmentState.ACCEPTED
    )
    found["mine"] = (mine.first() or db.session.query(Commitment.id).first())[0]
    return found


def _earlier_ideas() -> dict[str, int]:
    """A file of earlier ideas that waits, with good and bad rows, and one that was brought along; the programme's."""
    from portal.ideas import imports
    from portal.ideas.earlier_columns import open_sheet
    from portal.people.queries import demo_viewer

    mia, found = demo_viewer("programme"), {}
    assert mia is not None
    text = "id,title,description,author email,votes,created\n1,No fax,Nobody has a fax,a@b.example,312,5.3.2021\n"
    for name, more in (("waiting", "2,,Call me on 0800 123 4567,,,\n3,,No,,many,5/3/2021\n"), ("brought", "")):
        with writing():
            file = imports.File(text + more, "earlier ideas.csv", "0" * 64, "cp1252")
            kept = imports.keep_file(mia, file, now=clock.now())
            found[name], choices = kept.id, imports.choices_of(kept)
        if not more:
            seen = imports.look(file, open_sheet(file.text), *imports.prepare(choices, now=clock.now()), rows_max=9)
            with writing():
                imports.apply(mia, found[name], seen, only_good=False, now=clock.now())
    return found


@pytest.fixture(scope="session")
def visitors(browser: Browser, demo: tuple[str, dict[str, int]]) -> Iterator[dict[tuple[str, bool], BrowserContext]]:
    """A browser profile for each role and theme, opened when it is first asked for."""
    opened = _Visitors(browser, demo[0])
    yield opened
    for context in opened.values():
        context.close()


class _Visitors(dict[tuple[str, bool], BrowserContext]):
    def __init__(self, browser: Browser, address: str) -> None:
        super().__init__()
        self._browser, self._address = browser, address

    def __missing__(self, key: tuple[str, bool]) -> BrowserContext:
        role, dark = key
        context = self._browser.new_context(
            base_url=self._address, color_scheme="dark" if dark else "light", bypass_csp=True
        )
        page = context.new_page()
        page.goto("/help/who-can-see-what")
        page.locator(".demo summary").click()
        page.get_by_role("button", name=role.capitalize()).click()
        page.close()
        self[key] = context
        return context


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("role", "path"), PAGES, ids=[f"{role}{path}" for role, path in PAGES])
def test_a_page_is_accessible_at_both_widths(
    visitors: dict[tuple[str, bool], BrowserContext], demo: tuple[str, dict[str, int]], role: str, path: str, dark: bool
) -> None:
    page = visitors[role, dark].new_page()
    problems = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.format(**demo[1]))
        problems += [f"{width}: {line}" for line in _axe(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{width}: the page scrolls sideways")
    page.close()

    assert problems == []


@pytest.mark.parametrize(("role", "path"), PAGES, ids=[f"{role}{path}" for role, path in PAGES])
def test_a_page_is_light_and_needs_few_requests(
    browser: Browser, demo: tuple[str, dict[str, int]], role: str, path: str
) -> None:
    address, numbers = demo
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/help/who-can-see-what")
    page.locator(".demo summary").click()
    page.get_by_role("button", name=role.capitalize()).click()
    fresh = browser.new_context(base_url=address, storage_state=context.storage_state()).new_page()
    answers: list[Response] = []
    fresh.on("response", lambda answer: answers.append(answer))
    fresh.goto(path.format(**numbers), wait_until="networkidle")
    sizes = {answer.url: len(gzip.compress(answer.body())) for answer in answers if answer.status != 303}
    fresh.context.close()
    context.close()

    assert len(answers) <= REQUESTS_MAX, [answer.url for answer in answers]
    assert sum(sizes.values()) <= BYTES_MAX, sizes
    assert all(url.startswith(address) for url in sizes)


def _axe(page: Page) -> list[str]:
    """What axe finds, WCAG 2.0 to 2.2 A and AA and best practice, one line each."""
    page.add_script_tag(content=AXE.read_text())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']][:3])} {one['help']}" for one in found]
