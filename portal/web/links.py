"""Full addresses of pages and operations, for whoever is not on a page."""

from urllib.parse import urlsplit

from flask import current_app


def full(path: str) -> str:
    """The address of a path of ours as it is reached from outside (BASE_URL)."""
    return f"{base_url()}{path}"


def base_url() -> str:
    """The address under which we are reached (BASE_URL), without a stroke at its end."""
    return str(current_app.config["SAYSO"].base_url).rstrip("/")


def sender() -> str:
    """An address of the portal's for files that must name a sender: nobody by name."""
    host = urlsplit(base_url()).hostname or "localhost"
    return f"sayso@{host}" if any(sign.isalpha() for sign in host) and ":" not in host else "sayso@localhost"
