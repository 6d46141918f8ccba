"""Structured logs: one JSON object a line, no bodies, no secrets, no names."""

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

EXTRA = ("request_id", "method", "route", "status", "ms", "topic", "event_id", "attempts", "count", "code")


class JsonLines(logging.Formatter):
    """Time, level, logger, message and the few fields we add. Line ends in a message are escaped by JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": moment, "level": record.levelname.lower(), "in": record.name}
        line["message"] = record.getMessage()
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def init_logs(app: Flask) -> None:
    """Log each request by its route (never its full address) and give it an id."""
    if not app.testing:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        handler.addFilter(_says_something)
        root = logging.getLogger()
        root.handlers[:] = [handler]
        root.setLevel(logging.INFO)
        # Each of these repeats at INFO what our own line already says.
        for name in ("alembic.runtime.plugins", "alembic.autogenerate", "waitress", "flask-limiter"):
            logging.getLogger(name).setLevel(logging.WARNING)

    @app.before_request
    def _start() -> None:
        g.request_id = secrets.token_hex(8)
        g.started = time.perf_counter()

    @app.after_request
    def _log(response: Response) -> Response:
        if request.endpoint not in ("static", "health.alive"):
            logging.getLogger("sayso.web").info("request", extra=_facts(response))
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


def _says_something(record: logging.LogRecord) -> bool:
    # Alembic tells its own settings on every look at the database; what it does is worth a line.
    return record.name != "alembic.runtime.migration" or record.getMessage().startswith("Running")


def _facts(response: Response) -> dict[str, Any]:
    return {
        "request_id": g.get("request_id", ""),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else "none",
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000),
    }
