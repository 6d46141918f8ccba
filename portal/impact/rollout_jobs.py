"""What the worker does once a delivery is confirmed: the units that have the change are written down."""

from collections.abc import Callable
from datetime import datetime

from portal.commitments.messages import CONFIRMED
from portal.db import writing
from portal.impact import rollouts
from portal.outbox.service import Claimed


def confirmed(message: Claimed, now: datetime) -> None:
    """Take the units over from the delivery. Twice gives the same."""
    with writing():
        rollouts.from_delivery(message.payload["delivery"])


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {CONFIRMED: confirmed}
