"""A no that the auditor must see is kept, in a transaction of its own after the refused one was undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from portal.db import writing
from portal.errors import DomainError, Unavailable
from portal.people.service import audit
from portal.people.viewer import Viewer

REFUSED = "refused"
# What would tell who a hidden author is.
NOT_KEPT = frozenset({"not_yours"})


@contextmanager
def kept_for_the_auditor(action: str, viewer: Viewer, subject: str, *, now: datetime) -> Iterator[None]:
    """Stand around the write transaction of a verb that moves points. action: "points.give"; subject: no name."""
    try:
        yield
    except Unavailable:
        raise
    except DomainError as error:
        if error.code not in NOT_KEPT:
            with writing():
                facts = {"code": error.code}
                audit(action, subject[:120], facts, actor_id=viewer.id, now=now, outcome=REFUSED)
        raise
