"""What happens again in the demo: occurrences with their minutes, a result that is back, a no that is asked again.

Drawn with dice of its own, so that everything else stays as it is.
"""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from portal.commitments import relapse_service
from portal.commitments.relapse_rules import NewReport
from portal.demo.lives import Life
from portal.ideas.queries import idea_for
from portal.people.viewer import Viewer
from portal.swarm import occurrence_service
from portal.swarm.occurrence_queries import today_of
from portal.swarm.occurrence_rules import Channel, NewOccurrence, Tried
from portal.triage import again_service

if TYPE_CHECKING:
    from portal.demo.load import Calendar

HOUR_CENTS, HOUR_CURRENCY = 2_450, "GBP"
DAYS = 50
# times, minutes lost each (about), channel, reasons of the contact
NOTED: dict[str, tuple[int, int, Channel, tuple[str, ...]]] = {
    "router-first": (34, 14, Channel.PHONE, ("dead router", "no internet")),
    "forty-pence": (19, 9, Channel.PHONE, ("small balance", "final bill")),
    "behind-her-tv": (26, 6, Channel.CHAT, ("outage", "no internet")),
    "one-hour-slots": (8, 5, Channel.PHONE, ("engineer visit",)),
}
BACK = "with-what-internet"
BACK_WORDS = ("The offer is on my screen again since the update, for two lines that are down.", "", "Here as well.")
ASKED, ASKING = "one-hour-slots", 4


def plan_again(lives: Mapping[str, Life], calendar: "Calendar", *, seed: int, now: datetime) -> None:
    """Put all of it into the calendar; it happens after what it is about."""
    rng, crowd = random.Random(f"{seed}:again"), next(iter(lives.values())).crowd
    hannah = crowd.cast["hannah"]
    calendar.add(now - timedelta(days=DAYS + 10), partial(_set_hour_cost, hannah))
    everybody = [person for team in sorted(crowd.teams) for person in crowd.teams[team]]
    for key, (times, minutes, channel, reasons) in NOTED.items():
        people = rng.sample(everybody, max(3, times // 2))
        for _ in range(times):
            details = rng.choice(reasons), channel, rng.choice(tuple(Tried)), _about(minutes, rng)
            at = now - timedelta(days=rng.uniform(0.1, DAYS), hours=rng.uniform(0, 8))
            calendar.add(at, partial(_note, lives[key], rng.choice(people), details))
    for place, (words, person) in enumerate(zip(BACK_WORDS, rng.sample(everybody, len(BACK_WORDS)), strict=True)):
        calendar.add(now - timedelta(days=4 - place), partial(_say_back, lives[BACK], person, words))
    for place, person in enumerate(rng.sample(everybody, len(everybody))):
        calendar.add(now - timedelta(days=3, minutes=-place), partial(_ask_again, lives[ASKED], person))


def _about(minutes: int, rng: random.Random) -> int | None:
    return max(1, round(rng.gauss(minutes, minutes / 3))) if rng.random() < 0.7 else None


def _set_hour_cost(viewer: Viewer, at: datetime) -> None:
    occurrence_service.set_hour_cost(viewer, HOUR_CENTS, HOUR_CURRENCY, now=at)


def _note(life: Life, viewer: Viewer, details: tuple[str, Channel, Tried, int | None], at: datetime) -> None:
    """Somebody notes it, once it has been said."""
    if life.number:
        reason, channel, tried, minutes = details
        today = today_of(at)
        wanted = NewOccurrence(today, reason, channel, tried, minutes)
        occurrence_service.note(viewer, idea_for(viewer, life.number), wanted, today=today, now=at)


def _say_back(life: Life, viewer: Viewer, words: str, at: datetime) -> None:
    today = today_of(at)
    relapse_service.say_back(viewer, idea_for(viewer, life.number), NewReport(today, words), today=today, now=at)


def _ask_again(life: Life, viewer: Viewer, at: datetime) -> None:
    """The first few who had not weighed in."""
    asked = life.asked_again
    if asked < ASKING and viewer.id not in life.voted and (life.author is None or viewer.id != life.author.id):
        again_service.ask_again(viewer, idea_for(viewer, life.number), now=at)
        life.asked_again += 1
