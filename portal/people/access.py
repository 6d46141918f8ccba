"""HTTP side of the policy: every route names its action, and the viewer is at hand."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.errors import Refused
from portal.people.policy import Rule
from portal.people.viewer import Viewer

View = TypeVar("View", bound=Callable[..., Any])


def requires(action: str) -> Callable[[View], View]:
    """Name the action that a view carries out. A view without one stops the application at start."""

    def mark(view: View) -> View:
        view.policy_action = action  # type: ignore[attr-defined]
        return view

    return mark


def current_viewer() -> Viewer | None:
    """The signed-in viewer, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def the_viewer() -> Viewer:
    """The signed-in viewer of a view whose policy asks for one."""
    viewer = current_viewer()
    if viewer is None:
        raise Refused("sign_in_needed", "Sign in first.")
    return viewer


def may(action: str, subject: Any = None) -> bool:
    """The assembled policy's answer for the current viewer; templates use it."""
    return current_app.extensions["sayso_policy"][action](current_viewer(), subject)


def enforce(app: Flask, policy: Mapping[str, Rule]) -> None:
    """Check every route against the assembled policy: once at start, then on each request."""
    app.extensions["sayso_policy"] = policy
    for rule in app.url_map.iter_rules():
        action = _action_of(app, rule.endpoint)
        if action not in policy:
            raise RuntimeError(f"{rule.rule} ({rule.endpoint}) has no policy: {action!r}")

    @app.before_request
    def _check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        action = _action_of(app, request.endpoint)
        assert action is not None
        viewer = None if action == "public" else current_viewer()
        if policy[action](viewer, None):
            return None
        if viewer is None:
            return redirect(url_for("people.sign_in", next=_here()), 303)
        raise Refused("not_allowed", "Your role does not include this. Ask your programme lead if it should.")


def _action_of(app: Flask, endpoint: str) -> str | None:
    if endpoint == "static":
        return "public"
    return getattr(app.view_functions[endpoint], "policy_action", None)


def _here() -> str:
    # After signing in, a form cannot be sent again by a redirect: go back to the page it stood on.
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return "/"
