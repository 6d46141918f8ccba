"""The limit: the same templates with a context captured once, and no database. Only the bench serves this.

`bench.limit:app` is the portal with one more route, /bench/limit/PAGE/WHICH. BENCH_CANNED names, for each page, the
requests (address and cookie) whose contexts are captured before the first request is served.
"""

import json
import os
from typing import Any

from flask import Flask, abort, before_render_template, g, request, session
from sqlalchemy import event

from config import Config
from portal import memory
from portal.app import create_app
from portal.db import db
from portal.web.headers import nonce

Canned = tuple[str, dict[str, Any]]  # the name of a template, and everything it was given
AGENT = "bench"


def make_app(wanted: dict[str, list[list[str]]]) -> Flask:
    """The portal with the limit beside it. Raises RuntimeError if a canned page differs, or asks the database."""
    app = create_app(Config.from_env())
    canned: dict[str, list[Canned]] = {}

    def limit(page: str, which: int) -> str:
        if which >= len(canned.get(page, ())):
            abort(404)
        name, context = canned[page][which]
        # Not `render_template`, which would ask for viewer and frame again.
        fresh = {"request": request, "session": session, "g": g, "csp_nonce": nonce()}
        return app.jinja_env.get_template(name).render(context | fresh)

    limit.policy_action = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/bench/limit/<page>/<int:which>", "limit", limit)
    for page, requests in wanted.items():
        canned[page] = [_captured(app, address, cookie) for address, cookie in requests]
        _refuse_difference(app, page, requests)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return app


def _captured(app: Flask, address: str, cookie: str) -> Canned:
    seen: list[Canned] = []

    def note(_app: Flask, template: Any, context: dict[str, Any], **_more: Any) -> None:
        if callable(context["may"]):  # on an idea's page it is what may be done with the idea, worked out already
            context["may"] = _remembering(context["may"])
        seen.append((template.name, context))

    with before_render_template.connected_to(note, app):
        status, _html = _get(app, address, cookie)
    if status != 200 or len(seen) != 1:
        raise RuntimeError(f"{address} answered {status} and drew {len(seen)} templates")
    if callable(seen[0][1]["may"]):
        seen[0][1]["may"].canned = True
    return seen[0]


class _remembering:
    """`may` of the templates: asked once for each action, then answered from memory."""

    def __init__(self, may: Any) -> None:
        self._may, self.canned = may, False
        self._answers: dict[str, bool] = {}

    def __call__(self, action: str, subject: Any = None) -> bool:
        if not self.canned:
            self._answers[action] = self._may(action, subject)
        return bool(self._answers[action])


def _refuse_difference(app: Flask, page: str, requests: list[list[str]]) -> None:
    """The canned page must be as long as the real one, and must not ask the database anything."""
    asked: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(*told: Any) -> None:
        asked.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    for which, (address, cookie) in enumerate(requests):
        real = _get(app, address, cookie)[1]
        asked.clear()
        canned = _get(app, f"/bench/limit/{page}/{which}", cookie)[1]
        if asked:
            raise RuntimeError(f"the limit of {page} asks the database: {asked[0]}")
        if abs(len(real) - len(canned)) > len(real) * 0.01:
            raise RuntimeError(f"the limit of {page} is {len(canned)} bytes, the page {len(real)}")
    event.remove(engine, "before_cursor_execute", note)


def _get(app: Flask, address: str, cookie: str) -> tuple[int, str]:
    client = app.test_client(use_cookies=False)
    answer = client.get(address, headers={"Cookie": cookie, "User-Agent": AGENT}, base_url=app.config["SAYSO"].base_url)
    return answer.status_code, answer.get_data(as_text=True)


def _from_environment() -> Flask | None:
    wanted = os.environ.get("BENCH_CANNED")
    return make_app(json.loads(wanted)) if wanted else None


app = _from_environment()
memory.settle()  # as wsgi.py does
