"""What is done about a seat: a row that stays, and a message for whoever must hear of it."""

from datetime import datetime

from portal.db import db
from portal.frontline.models import SeatStep, SignUp
from portal.frontline.words import SeatStepKind
from portal.outbox import service as outbox

TOPIC = "frontline.seat"


def record(sign_up: SignUp, kind: SeatStepKind, *, by_id: int | None, now: datetime, words: str = "") -> SeatStep:
    """Write a step and leave `frontline.seat` {"step": id} in the outbox. by_id None: the portal did it."""
    step = SeatStep(sign_up_id=sign_up.id, kind=kind, by_id=by_id, at=now, words=words.strip())
    db.session.add(step)
    db.session.flush()
    outbox.emit(TOPIC, {"step": step.id}, now=now)
    return step
