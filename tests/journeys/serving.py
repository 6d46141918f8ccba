"""Installations served by a process of their own, as in production, and visitors who use them without a browser."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from bs4 import BeautifulSoup

from tests.demo_file import copy_demo

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 120  # to migrate and to load the demo organisation on a busy machine
# What `flask start` does, with a folder of its own for what an installation keeps, and without limits on how often.
PROGRAM = """\
import sys
from dataclasses import replace
from pathlib import Path
from config import Config
from portal import clock, serving, start
from portal.app import create_app
app = create_app(replace(Config.from_env(), instance=Path(sys.argv[1]), rate_limits=False))
serving.serve(app, start.prepare(app, now=clock.now()), with_worker=False)
"""


@dataclass(frozen=True)
class Installation:
    """Where it answers, and its database."""

    address: str
    database_url: str


@contextmanager
def installation(folder: Path, *, demo: bool) -> Iterator[Installation]:
    """An installation on a database in `folder`, until the block ends: the one that is there, or a new one.

    AssertionError if it does not start.
    """
    port, url = _free_port(), f"sqlite:///{folder / 'served.sqlite3'}"
    if demo and not (folder / "served.sqlite3").exists():
        copy_demo(folder / "served.sqlite3")
    settings = {"DATABASE_URL": url, "SECRET_KEY": "k" * 40, "PORT": str(port), "HOST": "127.0.0.1",
                "BASE_URL": f"http://127.0.0.1:{port}", "DEMO": str(int(demo)), "TRUSTED_PROXIES": ""}  # fmt: skip
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    log = folder / "served.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=dict(os.environ) | settings, stdout=out, stderr=out) as process,
    ):
        try:
            _wait(process, port, log)
            yield Installation(f"http://127.0.0.1:{port}", url)
        finally:
            process.terminate()
            process.wait(SECONDS_MAX)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + SECONDS_MAX
    while True:
        assert process.poll() is None, f"the server ended:\n{log.read_text()[-2000:]}"
        assert time.monotonic() < end, "the server did not answer in time"
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Visitor:
    """Somebody with a browser that has no screen. role: of the demo organisation; empty for nobody in particular."""

    address: str
    role: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        if self.role:
            assert self.send("/demo/role", role=self.role).history[0].status_code == 303

    @property
    def cookie(self) -> str:
        """The Cookie header this visitor sends."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)

    def look(self, path: str) -> requests.Response:
        """What a page answers; redirects are followed."""
        return self.session.get(self.address + path, timeout=60)

    def send(self, path: str, files: dict[str, tuple[str, bytes]] | None = None, **typed: str) -> requests.Response:
        """What a form answers; redirects are followed."""
        form = {"csrf_token": self.token()} | typed
        return self.session.post(self.address + path, data=form, files=files, timeout=60)

    def token(self) -> str:
        """A token against forged forms, from a page that everybody may see."""
        page = BeautifulSoup(self.look("/help/who-can-see-what").text, "html.parser")
        found = page.select_one("input[name=csrf_token]")
        assert found is not None
        return str(found["value"])


def number_in(answer: requests.Response) -> int:
    """The last number in an answer's address: that of what was made."""
    found = re.findall(r"\d+", answer.url.rpartition(":")[2])
    assert len(found) > 1, (answer.status_code, answer.url, answer.text[:2000])
    return int(found[-1])
