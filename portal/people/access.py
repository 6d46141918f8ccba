"""HTTP side of the policy: every route names its action, and the viewer is at hand.

Pages know their viewer by the session, the interface by a key alone: the cookie of a browser opens nothing there.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import clock
from portal.errors import Invalid, Malformed, OutOfScope, Refused, Unauthenticated
from portal.people import last_uses, tokens
from portal.people.policy import Rule
from portal.people.scopes import Scope
from portal.people.token_rules import well_formed
from portal.people.viewer import Viewer
from portal.web.api import PREFIX, idempotency_key, is_api
from portal.web.limits import count
from portal.web.network import client_network
from portal.web.seals import ABOUT_THE_PAGE

View = TypeVar("View", bound=Callable[..., Any])
NAMES_OF_KEYS = {"token", "access_token", "api_key"}  # what other interfaces call a key in an address
READING = ("GET", "HEAD", "OPTIONS")


def requires(action: str, *, scope: Scope | None = None) -> Callable[[View], View]:
    """Name the action that a view carries out, and for the interface the scope that a key needs for it.

    A view without an action, and an operation without a scope, stop the application at start.
    """

    def mark(view: View) -> View:
        view.policy_action = action  # type: ignore[attr-defined]
        view.policy_scope = scope  # type: ignore[attr-defined]
        return view

    return mark


def current_viewer() -> Viewer | None:
    """The signed-in viewer, or the person of the key; None for a stranger."""
    if is_api():
        key = g.get("key")
        return key.viewer if key else None
    someone = (
        current_user._get_current_object()
    )  # asked once: each look through the proxy costs what a query's row does
    return someone if someone.is_authenticated else None


def the_viewer() -> Viewer:
    """The signed-in viewer of a view whose policy asks for one."""
    viewer = current_viewer()
    if viewer is None:
        raise Refused("sign_in_needed", "Sign in first.")
    return viewer


def may(action: str, subject: Any = None) -> bool:
    """The assembled policy's answer for the current viewer; templates use it."""
    return current_app.extensions["sayso_policy"][action](current_viewer(), subject)


def useful_scopes() -> list[Scope]:
    """The scopes of the operations that the current viewer could ever carry out."""
    views: Iterable[Any] = current_app.view_functions.values()
    useful = {view.policy_scope for view in views if getattr(view, "policy_scope", None) and may(view.policy_action)}
    return [scope for scope in Scope if scope in useful]


def enforce(app: Flask, policy: Mapping[str, Rule]) -> None:
    """Check every route against the assembled policy: once at start, then on each request."""
    app.extensions["sayso_policy"] = policy
    for rule in app.url_map.iter_rules():
        action = _action_of(app, rule.endpoint)
        if action not in policy:
            raise RuntimeError(f"{rule.rule} ({rule.endpoint}) has no policy: {action!r}")
        if rule.rule.startswith(PREFIX) and _scope_of(app, rule.endpoint) is None:
            raise RuntimeError(f"{rule.rule} ({rule.endpoint}) has no scope")

    @app.before_request
    def _check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        action = _action_of(app, request.endpoint)
        assert action is not None
        if is_api():
            _open(_scope_of(app, request.endpoint))
        viewer = None if action == "public" else current_viewer()
        if policy[action](viewer, None):
            return None
        if viewer is None:
            return redirect(url_for("people.sign_in", next=_here()), 303)
        raise Refused("not_allowed", "Your role does not include this. Ask your programme lead if it should.")


def _open(scope: Scope | None) -> None:
    """Find the key of a request and hold it against the scope. Raises Unauthenticated, Refused, Malformed, TooMany."""
    if NAMES_OF_KEYS & set(request.args) or any(map(well_formed, request.args.values())):
        raise Malformed("token_in_url", "A key in an address ends up in logs. Send it in the header, and revoke it.")
    per_minute = current_app.config["SAYSO"].api_per_minute
    try:
        key = tokens.key_of(request.headers.get("Authorization", ""), now=clock.now())
    except Unauthenticated:
        count(client_network(), per_minute=per_minute)
        raise
    count(f"key:{key.id}", per_minute=per_minute)
    if scope not in key.scopes:
        raise OutOfScope(str(scope))
    _refuse_what_is_not_looked_at()
    g.key = key
    last_uses.note(key.id, key.last_used_on, clock.now().date())


def _refuse_what_is_not_looked_at() -> None:
    """Raise Malformed or Invalid for what would be passed over in silence although the caller counts on it."""
    view: Any = current_app.view_functions[request.endpoint or ""]
    if request.method == "POST":
        idempotency_key()  # one that cannot be one is refused even where nothing would be kept under it
    if request.method not in READING and "If-Match" in request.headers and not view.takes_match:
        raise Malformed("if_match_not_taken", "Nothing is compared with If-Match here. Leave it out.")
    # A short list is always whole; whoever reads every list in pages may ask for pages of it too.
    if not view.takes_query and (extra := [name for name in request.args if name not in ABOUT_THE_PAGE]):
        raise Invalid("invalid", f"{extra[0]}: This address takes nothing behind a question mark.",
                      dict.fromkeys(extra, "Extra inputs are not permitted"))  # fmt: skip


def _action_of(app: Flask, endpoint: str) -> str | None:
    if endpoint == "static":
        return "public"
    return getattr(app.view_functions[endpoint], "policy_action", None)


def _scope_of(app: Flask, endpoint: str) -> Scope | None:
    return getattr(app.view_functions[endpoint], "policy_scope", None)


def _here() -> str:
    # After signing in, a form cannot be sent again by a redirect: go back to the page it stood on.
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return "/"
