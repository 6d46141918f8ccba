"""A POST sent twice is done once: the answer is kept under the caller's idempotency key for a day."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import Row, delete, select, update

from portal import clock
from portal.db import db, insert_if_new
from portal.errors import Conflict, Malformed
from portal.people.access import the_viewer
from portal.people.models import KeptAnswer
from portal.web.api import Shown, as_json, idempotency_key
from portal.web.transactions import writing

KEPT = timedelta(hours=24)
UNANSWERED = 0


def once(
    verb: Callable[[], Shown], *, status: int = 200, key_needed: bool = False,
    kept: Callable[[Any], Shown] = lambda answer: answer,
) -> Response:  # fmt: skip
    """Run a verb in one write transaction and answer with what it returns; with an `Idempotency-Key`, only once.

    verb: changes something and returns the answer, read in the same transaction. kept: what of the answer is kept
    for a second time; a secret is not.
    Raises Malformed (`idempotency_key_needed`, `bad_idempotency_key`), Conflict `idempotency_mismatch` and whatever
    the verb raises; a refused verb leaves the key unused.
    """
    key = idempotency_key()
    if key is None:
        if key_needed:
            raise Malformed("idempotency_key_needed", "This moves points: send an Idempotency-Key of your own.")
        with writing():
            body = verb().model_dump_json()
        return as_json(body, status)
    with writing():
        place, earlier = _claim(key, now=clock.now())
        if earlier is None:
            answer = verb()
            body, again = answer.model_dump_json(), kept(answer).model_dump_json()
            db.session.execute(update(KeptAnswer).where(KeptAnswer.id == place).values(status=status, body=again))
    if earlier is None:
        return as_json(body, status)
    response = as_json(earlier.body, earlier.status)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def forget_old(*, now: datetime) -> int:
    """Delete the answers whose day is over; returns how many."""
    return db.session.execute(delete(KeptAnswer).where(KeptAnswer.at <= now - KEPT)).rowcount  # type: ignore[attr-defined]


def _claim(key: str, *, now: datetime) -> tuple[int, Row | None]:
    """Take the key for this request, or find what it was answered. Raises Conflict `idempotency_mismatch`.

    A second request with the same key waits in the insert until the first has committed or given up.
    """
    person_id, route, digest = the_viewer().id, f"{request.method} {request.path}"[:200], _digest()
    mine = KeptAnswer.person_id == person_id, KeptAnswer.route == route, KeptAnswer.key == key
    db.session.execute(delete(KeptAnswer).where(*mine, KeptAnswer.at <= now - KEPT))
    values = {"person_id": person_id, "route": route, "key": key, "request_hash": digest, "status": UNANSWERED,
              "body": "", "at": now}  # fmt: skip
    place = insert_if_new(KeptAnswer, values, key=("person_id", "route", "key"))
    if place is not None:
        return place, None
    kept = db.session.execute(select(KeptAnswer.request_hash, KeptAnswer.status, KeptAnswer.body).where(*mine)).one()
    if kept.request_hash != digest:
        raise Conflict("idempotency_mismatch", "This Idempotency-Key came with another request before. Use a new one.")
    return 0, kept


def _digest() -> str:
    """What was asked, however it was spaced."""
    body = request.get_json() if request.is_json else request.get_data(cache=True).hex()
    text = json.dumps([request.query_string.decode("latin-1"), body], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
