"""Every page of the loop in the demo organisation: accessible in both themes, light, few requests, nothing sideways."""

import gzip
import json
from collections.abc import Iterator, Sequence
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
OF_COLOURS = ("color-contrast", "link-in-text-block")  # the other theme has other colours and nothing else


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


def test_every_address_that_answers_with_a_page_is_listed(app: Flask) -> None:
    assert not_listed(app) == []


@pytest.mark.parametrize(("role", "path"), PAGES, ids=[f"{role}{path}" for role, path in PAGES])
def test_a_page_is_accessible_light_and_needs_few_requests(
    browser: Browser, served: Served, role: str, path: str
) -> None:
    """One visit with nothing cached; then the same page in both themes at both widths, without colours fading over."""
    context = _profile(browser, served, role, viewport={"width": 1280, "height": 900},
                       reduced_motion="reduce", bypass_csp=True)  # fmt: skip
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path.format(**served.numbers), wait_until="networkidle")
    sizes = {answer.url: len(gzip.compress(answer.body())) for answer in answers if answer.status != 303}
    problems = _problems(page)
    context.close()

    assert problems == []
    assert len(answers) <= REQUESTS_MAX, [answer.url for answer in answers]
    assert sum(sizes.values()) <= BYTES_MAX, sizes
    assert all(url.startswith(served.address(role)) for url in sizes)


VERDICTS = {
    "worked": ("It worked", "was to be expected without the change"),
    "nothing": ("No visible change", "would not be visible"),
    "harmful": ("It made things worse", "It was taken back on"),
    "early": ("Too early to say", "We will not guess"),
    "overlapping": ("It worked", "another change was live at the same sites"),
    "overlapped": ("It worked", "another change was live at the same sites"),
}


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
def test_each_verdict_of_the_demo_is_read_on_its_page(browser: Browser, served: Served, javascript: bool) -> None:
    context = _profile(browser, served, "frontline", viewport={"width": 1280, "height": 900},
                       java_script_enabled=javascript)  # fmt: skip
    page = context.new_page()
    for name, (word, sentence) in VERDICTS.items():
        page.goto(f"/results/{served.numbers[name]}")
        for width, drawing in ((1280, ".chart--w"), (320, ".chart--n")):
            page.set_viewport_size({"width": width, "height": 900})
            verdict = page.get_by_role("region", name=word, exact=True)
            assert verdict.get_by_role("heading", name=word, exact=True).is_visible(), name
            assert sentence in (verdict.text_content() or ""), name
            assert verdict.locator(f"{drawing} svg").first.is_visible(), name
            assert "caused" not in (page.locator("main").text_content() or "")
    page.goto("/results")
    assert "About £" in (page.locator("main").text_content() or "")
    assert page.get_by_role("link", name="1 Made it worse: list them").is_visible()
    context.close()


def _problems(page: Page) -> list[str]:
    """What is wrong with the page as it is open, in both themes at both widths."""
    page.add_script_tag(content=AXE.read_text())
    problems = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{width}: the page scrolls sideways")
        for theme, rules in (("light", None), ("dark", OF_COLOURS)):
            page.emulate_media(color_scheme=theme)
            problems += [f"{width} {theme}: {line}" for line in _axe(page, rules)]
    return problems


def _profile(browser: Browser, served: Served, visitor: str, **options: Any) -> BrowserContext:
    """A browser profile in which the visitor has chosen their role."""
    address = served.address(visitor)
    context = browser.new_context(base_url=address, **options)
    chosen = Visitor(address, "" if visitor == NOBODY else visitor).session.cookies
    context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": address} for cookie in chosen])
    return context


def _axe(page: Page, rules: Sequence[str] | None) -> list[str]:
    """What axe finds, one line each: by these rules, else by those of WCAG 2.0 to 2.2 A and AA and best practice."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
    return [f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']][:3])} {one['help']}" for one in found]
