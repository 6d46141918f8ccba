"""A receiver of webhooks: a real server on 127.0.0.1 that keeps what it was sent and answers as it is told."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask import Flask


@dataclass
class Receiving:
    """status, body, pause: how it answers from now on. got: (headers, body) of what came."""

    status: int = 200
    body: bytes = b"thanks"
    pause: float = 0.0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)  # when each came, in seconds of the monotonic clock
    port: int = 0

    @property
    def origin(self) -> str:
        """As the setting OUTGOING_INSIDE names it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where it wants its webhooks."""
        return f"{self.origin}/hook"

    def events(self) -> list[str]:
        """The kinds of what came, in order."""
        return [self.told(number)["type"] for number in range(len(self.got))]

    def ids(self) -> list[str]:
        """The ids of what came, in order."""
        return [headers["webhook-id"] for headers, _ in self.got]

    def told(self, number: int = -1) -> dict[str, Any]:
        """What came, as JSON."""
        return json.loads(self.got[number][1])


@contextmanager
def receiver(**how: Any) -> Iterator[Receiving]:
    """A receiver that runs until the block ends."""
    keeps = Receiving(**how)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            keeps.at.append(time.monotonic())
            keeps.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(keeps.pause)
            self.send_response(keeps.status)
            self.send_header("Content-Length", str(len(keeps.body)))
            self.end_headers()
            self.wfile.write(keeps.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    keeps.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield keeps
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def open_for(app: Flask, *receivers: Receiving) -> None:
    """Let the application of this test call these machines, as whoever runs it would by OUTGOING_INSIDE."""
    settings = app.config["SAYSO"]
    opened = (*settings.outgoing_inside, *(one.origin for one in receivers))
    app.config["SAYSO"] = replace(settings, outgoing_inside=opened)


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As the document of Standard Webhooks says that a receiver should look, without a line of ours."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mark = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(mark).decode()
    return any(hmac.compare_digest(wanted, given) for given in headers["webhook-signature"].split(" "))
