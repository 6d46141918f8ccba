"""Full addresses of pages and operations, for whoever is not on a page."""

from flask import current_app


def full(path: str) -> str:
    """The address of a path of ours as it is reached from outside (BASE_URL)."""
    return f"{current_app.config['SAYSO'].base_url.rstrip('/')}{path}"
