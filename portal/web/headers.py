"""Headers that every answer carries, and the nonce of its scripts."""

import secrets

from flask import Flask, Response, g, request

YEAR_SECONDS = 31_536_000


def nonce() -> str:
    """The nonce of this answer's scripts: new for each request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def init_headers(app: Flask, *, https: bool) -> None:
    """Set the security headers on every answer; nothing is stored but where a view says so in `g.caching`."""

    @app.after_request
    def _protect(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = _content_policy()
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        headers["X-Frame-Options"] = "DENY"
        if https:
            headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
        if request.endpoint != "static":
            headers["Cache-Control"] = g.get("caching", "no-store")
            headers.add("Vary", "Cookie, HX-Request")
        return response


def _content_policy() -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce()}' 'strict-dynamic'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; worker-src 'self'"
    )
