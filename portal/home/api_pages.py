"""What the interface says about itself: the document, and the same for people to read."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from portal.errors import Missing
from portal.home import api_reading
from portal.home.api_reading import COMMON, Operation, Tag
from portal.people.access import requires
from portal.people.scopes import Scope
from portal.web.api_document import ABOUT, REASONS, document

bp = Blueprint("api_pages", __name__)
SEARCH_CHARS_MAX = 100


@bp.get("/api/openapi.json")
@requires("public")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document(_app()))


@bp.get("/api/docs")
@requires("public")
def docs() -> str:
    """How to begin, and every operation in a line; nothing is loaded from elsewhere."""
    q = request.args.get("q", "").strip()[:SEARCH_CHARS_MAX]
    found = [(tag, [one for one in tag.operations if _fits(one, q)]) for tag in _tags().values()]
    return render_template(
        "home/api_docs.html", q=q, found=[pair for pair in found if pair[1]], about=ABOUT, scopes=list(Scope),
        base_url=current_app.config["SAYSO"].base_url, common=[(status, REASONS[int(status)]) for status in COMMON],
    )  # fmt: skip


@bp.get("/api/docs/<tag>")
@requires("public")
def docs_of(tag: str) -> str:
    """The operations of one tag with their fields, examples and answers."""
    tags = _tags()
    if tag not in tags:
        raise Missing
    return render_template("home/api_docs_tag.html", tag=tags[tag], tags=tags.values())


def _fits(operation: Operation, q: str) -> bool:
    text = f"{operation.method} {operation.path} {operation.summary} {operation.scope} {operation.name}".casefold()
    return all(word in text for word in q.casefold().split())


def _tags() -> dict[str, Tag]:
    app = _app()
    if "sayso_reading" not in app.extensions:
        app.extensions["sayso_reading"] = api_reading.read(document(app))
    return app.extensions["sayso_reading"]


def _app() -> Any:
    return current_app._get_current_object()  # type: ignore[attr-defined]
