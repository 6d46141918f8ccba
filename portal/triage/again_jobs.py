"""What was declined until a day is looked at again on that day."""

from collections.abc import Callable
from datetime import UTC, datetime

from portal.commitments.rules import day_in
from portal.commitments.scope import organisation_zone
from portal.db import db, writing
from portal.outbox.service import Claimed
from portal.triage import again_service

LOOK_AGAIN = "triage.look_again"


def look_again(message: Claimed, now: datetime) -> None:
    """Bring back everything that is due. A second run finds nothing."""
    today = day_in(organisation_zone(), now)
    db.session.rollback()
    done = again_service.LOOKS_AT_ONCE
    while done == again_service.LOOKS_AT_ONCE:
        with writing():
            done = again_service.look_again(today, now=now)


def due(now: datetime) -> list[tuple[str, str]]:
    """(topic, unique key) of the periodic run: once an hour (UTC), since days begin elsewhere than at Greenwich."""
    return [(LOOK_AGAIN, f"{LOOK_AGAIN}:{now.astimezone(UTC):%Y-%m-%dT%H}")]


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {LOOK_AGAIN: look_again}
