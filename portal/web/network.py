"""Where a request comes from. Forwarded headers count only from the proxies named in the settings."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix


def client_network() -> str:
    """The caller's network: a /24 of IPv4, a /48 of IPv6. Enough to slow a flood, too little to name a person."""
    try:
        address = ip_address(request.remote_addr or "0.0.0.0")
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


class TrustedProxies:
    """Believe X-Forwarded-* only where the connection itself comes from a trusted proxy."""

    def __init__(self, app: Flask, trusted: tuple[str, ...]) -> None:
        self._plain = app.wsgi_app
        self._forwarded = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)
        self._trusted = [ip_network(entry, strict=False) for entry in trusted]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Choose the application by the address that connected."""
        try:
            peer = ip_address(environ.get("REMOTE_ADDR", ""))
        except ValueError:
            return self._plain(environ, start_response)
        trusted = any(peer in network for network in self._trusted)
        return (self._forwarded if trusted else self._plain)(environ, start_response)
