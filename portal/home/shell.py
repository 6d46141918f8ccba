"""What every page shows around its content: who is looking, where they can go, what waits for them."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request

from portal.people.access import current_viewer, may
from portal.web.headers import nonce


@dataclass(frozen=True)
class Shell:
    """The frame of a page."""

    nav: tuple[tuple[str, str, str, int | None], ...] = ()  # label, address, key, count
    tabs: tuple[tuple[str, str, str, str, str], ...] = ()  # label, address, icon, key, class
    wallet_points: int = 0
    triage_waiting: int = 0
    demo: Any = None


def init_shell(app: Flask) -> None:
    """Give every template the frame, the nonce and the theme."""

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {
            "viewer": current_viewer(),
            "shell": Shell(),
            "csp_nonce": nonce(),
            "theme": request.cookies.get("theme") if request.cookies.get("theme") in ("light", "dark") else None,
            "may": may,
        }
