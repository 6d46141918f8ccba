"""The Nu HTML checker over every page, as everybody sees it, with much on it and with nothing on it yet.

Every form is sent too: empty, full of nonsense and as it stands. Ends with 1 when there is an error or a warning, or
when an answer was a failure of the server.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from requests import Response

from portal import clock
from portal.app import create_app
from portal.db import db, writing
from portal.people import directory, queries, service
from portal.people.first_start import code_file
from portal.people.models import Person
from portal.people.queries import DEMO_ROLES
from portal.people.roles import Role
from tests import databases
from tests.journeys.pages import NOBODY, PAGES, numbers
from tests.journeys.serving import Installation, Visitor, installation

CHECKER = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
NEW = "the first administrator"  # of an installation where nothing has happened yet, with every role there is
FIRST = {"organisation": "Harbour Broadband", "name": "Tess Okafor", "email": "tess@harbour.example",
         "new_password": "a long way to Leeds", "password_again": "a long way to Leeds"}  # fmt: skip
PARTS = ("/ideas/{open}/card", "/ideas/{said}/card", "/ideas/{open}/card?where=page")
# Sent by nobody here: they would end the visit or make the visitor another one.
NOT_SENT = ("/demo/role", "/session/end", "/me/theme")
# Differs from answer to answer, and says nothing about the page.
CHANGING = re.compile(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|<code>[0-9a-f-]{20,}</code>')
NONSENSE = 'Nonsense & <b>"quoted"</b> '
MESSAGES_MAX = 60


@dataclass
class Pages:
    """Answers with different HTML, each in a file. names: file → who saw it where."""

    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def keep(self, name: str, answer: Response) -> None:
        """Keep an answer if it is HTML that was not seen before."""
        if "text/html" not in answer.headers.get("Content-Type", ""):
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.failed.append(f"{name} → {answer.status_code}")
        text = CHANGING.sub("", answer.text)
        if not text.strip() or text in self.seen:
            return
        self.seen.add(text)
        file = f"{len(self.names):05}.html"
        (self.folder / file).write_text(_whole(answer.text))
        self.names[file] = f"{name} → {answer.status_code}"


def main() -> int:
    """Collect, check, print."""
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / part for part in ("demo", "new", "pages")]
        for folder in folders:
            folder.mkdir()
        pages = Pages(folders[2])
        with ExitStack() as stack:
            demo = stack.enter_context(installation(folders[0], demo=True))
            new = stack.enter_context(installation(folders[1], demo=False))
            app = create_app(databases.test_config(demo.database_url, folders[0], demo=True))
            found = numbers(app, demo)
            _collect_new(pages, new, folders[1], found)
            _collect_demo(pages, demo, found)
        statuses = ", ".join(f"{count} × {status}" for status, count in sorted(pages.statuses.items()))
        print(f"{sum(pages.statuses.values())} answers ({statuses}), {len(pages.names)} of them different.")
        wrong = pages.failed + _check(pages)
    for line in wrong[:MESSAGES_MAX]:
        print(line)
    print(f"{len(wrong)} findings.")
    return 1 if wrong else 0


def _collect_new(pages: Pages, new: Installation, folder: Path, found: dict[str, int]) -> None:
    """An installation before there is anybody, and then before there is anything."""
    nobody = Visitor(new.address)
    paths = [path for visitor, path in PAGES if visitor == NOBODY]
    _look(pages, NOBODY, nobody, paths)
    _send_all(pages, NOBODY, nobody, paths)

    app = create_app(databases.test_config(new.database_url, folder))
    with app.app_context():
        answer = nobody.send("/setup/first-administrator", code=code_file().read_text().strip(), **FIRST)
        assert answer.ok and answer.history, answer.text
        with writing():
            first, top = db.session.query(Person).one(), queries.organisation()
            assert top is not None
            for role in set(Role) - {grant.role for grant in directory.standing_grants(first.id)}:
                service.grant(first, role, top, by_id=None, now=clock.now())
        db.session.remove()
        db.engine.dispose()
    ours = _ours(found)
    _look(pages, NEW, nobody, ours)
    _send_all(pages, NEW, nobody, ours)


def _collect_demo(pages: Pages, demo: Installation, found: dict[str, int]) -> None:
    ours = _ours(found)
    visitors = {role: Visitor(demo.address, role) for role in DEMO_ROLES}
    for role, visitor in visitors.items():
        _look(pages, role, visitor, [*ours, *(path.format(**found) for path in PARTS)])
    # After everything was looked at, because some of these change what there is.
    for role, visitor in visitors.items():
        _send_all(pages, role, visitor, ours)


def _ours(found: dict[str, int]) -> list[str]:
    return list(dict.fromkeys(path.format(**found) for visitor, path in PAGES if visitor != NOBODY))


def _look(pages: Pages, name: str, visitor: Visitor, paths: list[str]) -> None:
    print(f"{name} looks at {len(paths)} pages.", flush=True)
    for path in paths:
        pages.keep(f"{name} {path}", visitor.look(path))


def _send_all(pages: Pages, name: str, visitor: Visitor, paths: list[str]) -> None:
    print(f"{name} sends what is on them.", flush=True)
    sent: set[str] = set()
    for path in paths:
        _send_forms(pages, name, visitor, path, sent)


def _send_forms(pages: Pages, role: str, visitor: Visitor, path: str, sent: set[str]) -> None:
    """Send every form of a page empty, full of nonsense, and as it stands."""
    page = BeautifulSoup(visitor.look(path).text, "html.parser")
    for form in page.select("form[method=post]"):
        action = str(form.get("action"))
        kind = re.sub(r"\d+", "N", action)  # the forms of twenty cards are one form
        if action in NOT_SENT or kind in sent:
            continue
        sent.add(kind)
        for way, typed in _filled(form).items():
            pages.keep(f"{role} {path}: POST {action} {way}", visitor.send(action, **typed))


def _filled(form: Tag) -> dict[str, dict[str, str]]:
    hidden, blank, nonsense, standing = {}, {}, {}, {}
    for control in form.select("input[name], textarea[name], select[name]"):
        name, value = str(control["name"]), str(control.get("value", ""))
        if name == "csrf_token":
            continue
        if control.get("type") == "hidden":
            hidden[name] = value
            continue
        blank[name], nonsense[name] = "", NONSENSE
        if control.get("type") not in ("radio", "checkbox", "file") or control.has_attr("checked"):
            standing[name] = _standing(control)
    return {"empty": hidden | blank, "nonsense": hidden | nonsense, "as it stands": hidden | standing}


def _standing(control: Tag) -> str:
    if control.name == "textarea":
        return control.text.strip()
    if control.name == "select":
        chosen = control.select_one("option[selected]") or control.select_one("option")
        return str(chosen.get("value", "")) if chosen else ""
    return str(control.get("value", "on" if control.get("type") == "checkbox" else ""))


def _whole(html: str) -> str:
    """A page; around what htmx puts into one, as little of a page as it needs."""
    if html.lstrip().lower().startswith("<!doctype"):
        return html
    inner = f"<ul>{html}</ul>" if html.lstrip().startswith("<li") else html
    head = '<!doctype html><html lang="en-GB"><head><title>Part</title></head>'
    return f"{head}<body><h1>Part</h1><h2>Parts</h2>{inner}</body></html>"


def _check(pages: Pages) -> list[str]:
    command = ["java", "-Xss2m", "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always",
               str(pages.folder)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        sys.exit(f"The HTML checker failed: {done.stderr[-2000:]}")
    return list(_lines(json.loads(done.stdout)["messages"], pages.names))


def _lines(messages: list[dict[str, Any]], names: dict[str, str]) -> Iterator[str]:
    """Every kind of finding once, with where it was first seen and how often."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for message in messages:
        kinds.setdefault(f"{message.get('subType') or message['type']}: {message['message']}", []).append(message)
    for kind, found in kinds.items():
        first = found[0]
        where = names.get(Path(first.get("url", "")).name, "?")
        yield f"{len(found)} × {kind}\n    {where}, line {first.get('lastLine')}: {first.get('extract', '')!r}"


if __name__ == "__main__":
    sys.exit(main())
