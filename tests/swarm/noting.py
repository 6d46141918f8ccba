"""Occurrences for tests."""

from datetime import date, datetime
from typing import Any

from portal.db import writing
from portal.ideas.queries import idea_for
from portal.swarm import occurrence_service as service
from portal.swarm.occurrence_rules import NewOccurrence
from tests.factories import NOON
from tests.ideas.making import viewer

TODAY = NOON.date()


def noted(
    person_id: int,
    number: int,
    *,
    day: date | None = None,
    now: datetime = NOON,
    form_key: str | None = None,
    **over: Any,
) -> int:
    """Note that it happened again and commit; returns the id."""
    who, today = viewer(person_id), now.date()
    with writing():
        wanted = NewOccurrence(day or today, **over)
        return service.note(who, idea_for(who, number), wanted, today=today, now=now, form_key=form_key).id
