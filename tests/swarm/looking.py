"""Looks for tests: noted and committed, as the process writes them down."""

from datetime import datetime

from portal.db import writing
from portal.swarm.looks_service import Impression, record
from tests.factories import NOON
from tests.ideas.making import viewer


def impression(person_id: int, number: int, slot: int = 1, page: int = 1) -> Impression:
    """An idea in one place of one page of this person."""
    who = viewer(person_id)
    assert who.team_id is not None and who.site_id is not None
    return Impression(number, who.id, who.team_id, who.site_id, slot, page)


def look(person_id: int, number: int, slot: int = 1, *, page: int = 1, now: datetime = NOON) -> None:
    """Somebody had an idea on their screen."""
    with writing():
        record([impression(person_id, number, slot, page)], now=now)
