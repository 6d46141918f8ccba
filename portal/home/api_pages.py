"""What the interface says about itself: the document, and the same for people to read."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template

from portal.people.access import requires
from portal.web.api_document import document, operations

bp = Blueprint("api_pages", __name__)


@bp.get("/api/openapi.json")
@requires("public")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document(_app()))


@bp.get("/api/docs")
@requires("public")
def docs() -> str:
    """Every operation, to be read and tried by people; nothing is loaded from elsewhere."""
    return render_template("home/api_docs.html", operations=operations(_app()), document=document(_app()))


def _app() -> Any:
    return current_app._get_current_object()  # type: ignore[attr-defined]
