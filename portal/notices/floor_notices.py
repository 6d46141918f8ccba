"""Telling people of a check on the floor: who is asked, and owner and sponsor where too many say no."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from portal.commitments.floor_models import FloorAsk, FloorWave
from portal.commitments.floor_service import ASKED, REOPENED
from portal.commitments.floor_words import still_met
from portal.commitments.models import Commitment
from portal.db import db, writing
from portal.ideas.models import Idea
from portal.notices.moments import Moment
from portal.notices.service import notify
from portal.outbox.service import Claimed

ABOUT = (Commitment.id, Commitment.idea_id, Commitment.sentence, Commitment.owner_id, Commitment.sponsor_id,
         Idea.title, FloorWave.days)  # fmt: skip


def ask(message: Claimed, now: datetime) -> None:
    """Ask the people of one message. A mail's links choose an answer, which is sent from the page they lead to."""
    number = message.payload["wave"]
    row = _about(FloorWave.id == number, FloorWave.ended_at.is_(None))
    if row is None:
        return
    words = f"We promised: “{row.sentence}”"
    # One event a check and person: whoever is in two messages of it hears once.
    event = str(uuid.uuid5(uuid.NAMESPACE_OID, f"floor {number}"))
    with writing():
        notify(
            _still_asked(number, message.payload["people"]), Moment.VIEW, title="Is it gone on your desk?",
            path=f"/floor-checks/{number}", words=words, event_id=event, now=now, idea_id=row.idea_id,
        )  # fmt: skip


def _still_asked(number: int, people: list[int]) -> list[int]:
    waits = FloorAsk.wave_id == number, FloorAsk.person_id.in_(people), FloorAsk.answered.is_(False)
    return list(db.session.scalars(select(FloorAsk.person_id).where(*waits)))


def tell_reopened(message: Claimed, now: datetime) -> None:
    """Tell owner and sponsor that what was done is open again."""
    row = _about(FloorWave.relapse_id == message.payload["relapse"])
    if row is None:
        return
    words = f"{still_met(row.days)} Mark it done again once it is fixed, or say in public why it is not back."
    with writing():
        notify(
            {row.owner_id, row.sponsor_id}, Moment.DUTY, title=f"It is back: {row.sentence}",
            path=f"/commitments/{row.id}#back", words=words, event_id=message.event_id, now=now, idea_id=row.idea_id,
        )  # fmt: skip


def _about(*wanted: Any) -> Row | None:
    query = select(*ABOUT).join(FloorWave, FloorWave.commitment_id == Commitment.id)
    return db.session.execute(query.join(Idea, Idea.id == Commitment.idea_id).where(*wanted)).one_or_none()


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {ASKED: ask, REOPENED: tell_reopened}
