"""How somebody wants the single keys of triage: other ones, or none (WCAG 2.1.4)."""

import json
from collections.abc import Mapping

from sqlalchemy import select

from portal.db import db, upsert
from portal.people.policy import demand
from portal.people.viewer import Viewer
from portal.triage.keys_rules import DELIVERED, Keys, chosen, keys_refusal
from portal.triage.moves_models import KeyChoice
from portal.triage.policy import MAY

__all__ = ["Keys", "choose", "chosen", "keys_of"]


def keys_of(viewer: Viewer) -> Keys:
    """The viewer's keys."""
    query = select(KeyChoice.off, KeyChoice.keys).where(KeyChoice.person_id == viewer.id)
    row = db.session.execute(query).one_or_none()
    return chosen(row.off, row.keys) if row else chosen(None, None)


def choose(viewer: Viewer, keys: Mapping[str, str], *, on: bool) -> Keys:
    """Keep what somebody wants. keys: for some actions or all. Raises the refusals of `KeyRefusal`."""
    demand(MAY, "triage.keys", viewer)
    wanted = {action: keys.get(action, key).lower() for action, key in DELIVERED.items()}
    if refused := keys_refusal(wanted):
        raise refused.as_error()
    values = {"person_id": viewer.id, "off": not on, "keys": json.dumps(wanted, sort_keys=True)}
    upsert(KeyChoice, values, key=("person_id",), update=("off", "keys"))
    return Keys(on, wanted)
