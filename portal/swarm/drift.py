"""The nightly comparison of scores and promotions with the votes, kept, and told once for each drift."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.outbox import service as outbox
from portal.swarm.parameter_models import ScoreCheck

DRIFT = "swarm.drift"
KEPT = 50  # sentences


def note_check(sentences: Sequence[str], *, now: datetime) -> ScoreCheck:
    """Keep the result of a comparison; programme and administrators are told of a drift that was not there before."""
    before, digest = latest_check(), hashlib.sha256("\n".join(sorted(sentences)).encode()).hexdigest()
    check = ScoreCheck(at=now, wrong=len(sentences), digest=digest, sentences=json.dumps(list(sentences[:KEPT])))
    db.session.add(check)
    db.session.flush()
    if sentences and (before is None or before.digest != digest):
        outbox.emit(DRIFT, {"check_id": check.id}, now=now, unique_key=f"{DRIFT}:{check.id}")
    return check


def latest_check() -> ScoreCheck | None:
    """The newest comparison, or None before the first night."""
    return db.session.scalar(select(ScoreCheck).order_by(ScoreCheck.id.desc()).limit(1))
