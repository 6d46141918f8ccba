"""Calling the interface as a program does: with a key in the header and JSON in the body."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.db import db, writing
from portal.people import tokens


class Caller:
    """A program with one person's key. Cookies play no part."""

    def __init__(self, app: Flask, person_id: int, *scopes: str, days: int = 90) -> None:
        """scopes: none means all of them."""
        self._client = app.test_client(use_cookies=False)
        with app.app_context():
            with writing():
                row, self.secret = tokens.make(
                    person_id, "a program", scopes or ["all"], days=days, by_id=None, now=clock.now()
                )
                self.number = row.id
            db.session.remove()

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET /api/v1/…"""
        return self.call("GET", path, **options)

    def all(self, path: str, *, limit: int = 100) -> list[dict[str, Any]]:
        """Every item of a list, read in pages of `limit` to the end."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            answer = self.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor and f'&cursor={cursor}'}")
            assert answer.status_code == 200 and answer.json is not None, answer.text
            found, cursor = found + answer.json["items"], answer.json["next"]
        return found

    def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> TestResponse:
        """POST with a JSON body and, if given, an idempotency key."""
        headers = options.pop("headers", {}) | ({"Idempotency-Key": key} if key else {})
        return self.call("POST", path, json={} if body is None else body, headers=headers, **options)

    def put(self, path: str, body: Any, **options: Any) -> TestResponse:
        """PUT with a JSON body."""
        return self.call("PUT", path, json=body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> TestResponse:
        """PATCH with a JSON body."""
        return self.call("PATCH", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """DELETE /api/v1/…"""
        return self.call("DELETE", path, **options)

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Any request under /api/v1."""
        headers = {"Authorization": f"Bearer {self.secret}"} | options.pop("headers", {})
        return self._client.open(f"/api/v1{path}", method=method, headers=headers, **options)


def error(answer: TestResponse) -> tuple[int, str]:
    """The status and the code of a refusal."""
    assert answer.json is not None
    return answer.status_code, answer.json["error"]
