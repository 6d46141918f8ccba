"""What the web server refuses by itself, before the application hears of it, in the form of every other error.

A method that is none, headers or a body beyond all limits, a length that is no number: whoever wrote the program reads
the same fields as ever.
"""

import json
import secrets
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

CODES = {400: "bad_request", 413: "too_large", 431: "headers_too_large", 501: "not_implemented"}


class Refusal(ErrorTask):
    """An answer to what cannot be read as a request."""

    def execute(self) -> None:
        """Write the answer and close the connection: where the next request would begin is not known."""
        error = self.request.error
        status, _, _ = error.to_response(None)
        body = as_problem(error.code, error.reason, error.body)
        self.status = status
        self.response_headers += [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection whose refusals are ours."""

    error_task_class = Refusal


def as_problem(status: int, reason: str, why: str) -> bytes:
    """The body of an error. reason: the words of the status. why: what exactly was found."""
    message = f"{reason}: {why}".rstrip(".") + "."
    problem = {"error": CODES.get(status, "internal_error"), "message": message, "fields": {},
               "request_id": secrets.token_hex(8)}  # fmt: skip
    return json.dumps(problem).encode()


def speak_for(connections: dict[int, Any]) -> None:
    """Let every listener in `connections` answer so."""
    for one in connections.values():
        if hasattr(one, "channel_class"):
            one.channel_class = Channel
