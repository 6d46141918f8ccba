"""Every page of the loop in the demo organisation: accessible in both themes, light, few requests, nothing sideways."""

import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Response

from portal.app import create_app
from tests import databases
from tests.journeys.pages import NOBODY, PAGES, not_listed, numbers
from tests.journeys.serving import Visitor, installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
BYTES_MAX, REQUESTS_MAX = 40 * 1024, 5


@dataclass
class Served:
    """Where the demo organisation and a new installation answer. numbers: what stands between braces in PAGES."""

    demo: str
    new: str
    numbers: dict[str, int]

    def address(self, visitor: str) -> str:
        """The installation that a visitor looks at."""
        return self.new if visitor == NOBODY else self.demo


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo organisation and a new installation, each in a process of its own."""
    folders = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("new")
    with ExitStack() as stack:
        demo = stack.enter_context(installation(folders[0], demo=True))
        new = stack.enter_context(installation(folders[1], demo=False))
        app = create_app(databases.test_config(demo.database_url, folders[0], demo=True))
        yield Served(demo.address, new.address, numbers(app, demo))


@pytest.fixture(scope="session")
def pages(browser: Browser, served: Served) -> Iterator[dict[tuple[str, bool], Page]]:
    """An open page for each visitor and theme, opened when it is first asked for.

    They stay open: Chromium has been seen to never finish closing one.
    """
    opened = _Pages(browser, served)
    yield opened
    for page in opened.values():
        page.context.close()


class _Pages(dict[tuple[str, bool], Page]):
    def __init__(self, browser: Browser, served: Served) -> None:
        super().__init__()
        self._browser, self._served = browser, served

    def __missing__(self, key: tuple[str, bool]) -> Page:
        visitor, dark = key
        theme = "dark" if dark else "light"
        self[key] = _profile(self._browser, self._served, visitor, color_scheme=theme, bypass_csp=True).new_page()
        return self[key]


def test_every_address_that_answers_with_a_page_is_listed(fresh_app: Flask) -> None:
    assert not_listed(fresh_app) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("role", "path"), PAGES, ids=[f"{role}{path}" for role, path in PAGES])
def test_a_page_is_accessible_at_both_widths(
    pages: dict[tuple[str, bool], Page], served: Served, role: str, path: str, dark: bool
) -> None:
    page = pages[role, dark]
    problems = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.format(**served.numbers))
        problems += [f"{width}: {line}" for line in _axe(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{width}: the page scrolls sideways")

    assert problems == []


@pytest.mark.parametrize(("role", "path"), PAGES, ids=[f"{role}{path}" for role, path in PAGES])
def test_a_page_is_light_and_needs_few_requests(browser: Browser, served: Served, role: str, path: str) -> None:
    context = _profile(browser, served, role)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path.format(**served.numbers), wait_until="networkidle")
    sizes = {answer.url: len(gzip.compress(answer.body())) for answer in answers if answer.status != 303}
    context.close()

    assert len(answers) <= REQUESTS_MAX, [answer.url for answer in answers]
    assert sum(sizes.values()) <= BYTES_MAX, sizes
    assert all(url.startswith(served.address(role)) for url in sizes)


def _profile(browser: Browser, served: Served, visitor: str, **options: Any) -> BrowserContext:
    """A browser profile in which the visitor has chosen their role."""
    address = served.address(visitor)
    context = browser.new_context(base_url=address, **options)
    chosen = Visitor(address, "" if visitor == NOBODY else visitor).session.cookies
    context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": address} for cookie in chosen])
    return context


def _axe(page: Page) -> list[str]:
    """What axe finds, WCAG 2.0 to 2.2 A and AA and best practice, one line each."""
    page.add_script_tag(content=AXE.read_text())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']][:3])} {one['help']}" for one in found]
