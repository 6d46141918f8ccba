"""Telling administrators that a receiver of webhooks was paused, and that the worker's clock has jumped."""

from collections.abc import Callable
from datetime import datetime

from portal.db import db, writing
from portal.notices.moments import Moment
from portal.notices.recipients import holders
from portal.notices.service import notify
from portal.notices.webhook_models import Receiver
from portal.notices.webhook_queue import PAUSED
from portal.notices.webhook_rules import Paused
from portal.outbox.service import Claimed
from portal.people.queries import organisation
from portal.people.roles import Role


def tell_paused(message: Claimed, now: datetime) -> None:
    """Tell every administrator of the organisation, once however often this runs."""
    receiver, top = db.session.get(Receiver, message.payload["receiver"]), organisation()
    if receiver is None or top is None or receiver.removed_at is not None:
        return
    words = f"{Paused(message.payload['because']).words}. What it missed waits for it, for a week at most."
    title, path = f"Webhook {receiver.name} is paused", f"/settings/webhooks/{receiver.id}"
    people = holders(Role.ADMINISTRATOR, top.path)
    with writing():
        notify(people, Moment.DUTY, title=title, path=path, words=words, event_id=message.event_id, now=now)


HANDLERS: dict[str, Callable[[Claimed, datetime], None]] = {PAUSED: tell_paused}
