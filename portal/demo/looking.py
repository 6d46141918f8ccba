"""Colleagues who had a story on their screen and pressed nothing.

Drawn with dice of its own, so that who says and votes what does not depend on it.
"""

import random
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from portal.demo.lives import Life
from portal.people.viewer import Viewer
from portal.swarm.looks import SLOTS
from portal.swarm.looks_service import Impression, record

if TYPE_CHECKING:
    from portal.demo.load import Calendar

GLANCES, EACH = 4, (3, 7)  # times that a story came by, and people who saw it then
PAGES = 2**31


def plan_looking(life: Life, calendar: "Calendar", said: datetime, end: datetime, *, seed: str) -> None:
    """Put into the calendar when a story came by while it was on the board."""
    rng = random.Random(seed)
    people = life.audience()
    for _ in range(GLANCES):
        seen_by = rng.sample(people, min(rng.randint(*EACH), len(people)))
        shown = [(person, rng.randint(1, SLOTS), rng.randrange(PAGES)) for person in seen_by]
        calendar.add(said + (end - said) * rng.uniform(0.05, 0.95), partial(_come_by, life, shown))


def _come_by(life: Life, shown: list[tuple[Viewer, int, int]], at: datetime) -> None:
    record((_impression(life, *one) for one in shown), now=at)


def _impression(life: Life, person: Viewer, slot: int, page: int) -> Impression:
    assert person.team_id is not None and person.site_id is not None
    return Impression(life.number, person.id, person.team_id, person.site_id, slot, page)
