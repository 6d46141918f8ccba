"""Addresses of static files that change with their content, so that browsers may keep them for ever."""

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for

YEAR_SECONDS = 31_536_000


class Assets:
    """File name → address with the first signs of the content's SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[float, str]] = {}

    def address(self, name: str) -> str:
        """The address of `name` below the static folder; raises FileNotFoundError for a misspelt one."""
        path = self._folder / name
        changed = path.stat().st_mtime
        if self._known.get(name, (0.0, ""))[0] != changed:
            self._known[name] = (changed, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
        return url_for("static", filename=name, v=self._known[name][1])


def init_assets(app: Flask) -> None:
    """Offer `asset()` to templates and let hashed addresses be cached."""
    assets = Assets(Path(app.static_folder or "static"))
    app.jinja_env.globals["asset"] = assets.address

    @app.after_request
    def _cache(response: Response) -> Response:
        if request.endpoint == "static":
            lasting = "v" in request.args
            response.headers["Cache-Control"] = (
                f"public, max-age={YEAR_SECONDS}, immutable" if lasting else "public, max-age=300"
            )
        return response
