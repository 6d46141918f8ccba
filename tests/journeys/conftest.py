"""A real server and a real browser for journeys."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress.server import create_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of a process."""
    if not Path(CHROMIUM).exists():
        pytest.exit("Chromium is missing. Install Debian's package chromium, then run make test again.", 1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application served as in production, on a free port of 127.0.0.1."""
    app.config["SHOW_ERRORS"] = False
    server = create_server(app, host="127.0.0.1", port=0, threads=6, ident=None, clear_untrusted_proxy_headers=True)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # In the server's own loop: closed from here, it may just be waiting for what is closed.
    server.trigger.pull_trigger(server.close)
    thread.join(timeout=5)


@pytest.fixture
def new_page(browser: Browser, address: str) -> Iterator[NewPage]:
    """Makes a page in a fresh browser profile: `new_page(width=320, javascript=False, dark=True)`."""
    opened: list[BrowserContext] = []

    def make(*, width: int = 1280, javascript: bool = True, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        return page

    yield make
    for context in opened:
        context.close()
