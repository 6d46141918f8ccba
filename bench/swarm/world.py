"""Who and what there is: people, ideas, their worth and everybody's opinion, drawn once for all policies of a seed.

Assumptions (units: one standard deviation of an idea's value):
* 480 people in 24 teams of 20 on 6 sites. How often somebody visits is lognormal (sigma 0.8). 2,400 visits at moments
  spread evenly over 180 days; fewer visits stand for a portal with fewer votes an idea.
* 300 ideas arrive evenly over the 180 days, each from an author drawn at random.
* value: Gumbel with mean 0 and sd 1 (a few are outstanding, none is as far below the mean); relevance of an idea to a
  site ~ N(0, 0.5). The truth is value + mean relevance over the sites.
* What a person thinks of an idea = value + relevance to their site + taste of their team N(0, 0.4)
  + how lenient the person is N(0, 0.4) + their own view N(0, 0.8).
* An author tells Poisson(0.6) colleagues of the own team and Poisson(0.3) others, within five days; they come by link.
"""

import math
import random
from dataclasses import dataclass

PEOPLE, TEAMS, SITES, IDEAS, DAYS, VISITS = 480, 24, 6, 300, 180.0, 2400
ACTIVITY, RELEVANCE, TEAM_TASTE, LENIENCY, OWN_VIEW = 0.8, 0.5, 0.4, 0.4, 0.8
TOLD_IN_TEAM, TOLD_ELSEWHERE, TOLD_WITHIN = 0.6, 0.3, 5.0

EULER = 0.5772156649


@dataclass(frozen=True)
class Event:
    """Somebody comes at a moment (days): to a page of ideas, or to one idea that the author told them of."""

    at: float
    person: int
    told: int | None = None


@dataclass(frozen=True)
class World:
    """One firm with its ideas. arrived: days, ascending. opinion[idea][person]: see the module."""

    seed: int
    team_of: list[int]
    site_of: list[int]
    arrived: list[float]
    authors: list[int]
    truth: list[float]
    opinion: list[list[float]]
    told: list[Event]
    weights: list[float]

    def events(self, visits: int) -> list[Event]:
        """All comings in order of time; the same for every policy."""
        rng = random.Random(f"{self.seed} visits {visits}")
        people = rng.choices(range(PEOPLE), self.weights, k=visits)
        came = [Event(rng.uniform(0, DAYS), person) for person in people]
        return sorted(came + self.told, key=lambda event: event.at)


def make_world(seed: int) -> World:
    """The world of a seed."""
    rng = random.Random(f"{seed} world")
    team_of = [person % TEAMS for person in range(PEOPLE)]
    site_of = [team % SITES for team in team_of]
    lenient = [rng.gauss(0, LENIENCY) for _ in range(PEOPLE)]
    arrived = sorted(rng.uniform(0, DAYS) for _ in range(IDEAS))
    authors = [rng.randrange(PEOPLE) for _ in range(IDEAS)]
    truth, opinion = [], []
    for _ in range(IDEAS):
        value = (-math.log(-math.log(rng.random())) - EULER) * math.sqrt(6) / math.pi
        sites = [rng.gauss(0, RELEVANCE) for _ in range(SITES)]
        tastes = [rng.gauss(0, TEAM_TASTE) for _ in range(TEAMS)]
        truth.append(value + sum(sites) / SITES)
        common = [value + sites[team % SITES] + tastes[team] for team in range(TEAMS)]
        opinion.append([common[team_of[p]] + lenient[p] + rng.gauss(0, OWN_VIEW) for p in range(PEOPLE)])
    weights = [math.exp(rng.gauss(0, ACTIVITY)) for _ in range(PEOPLE)]
    told = _told(rng, arrived, authors)
    return World(seed, team_of, site_of, arrived, authors, truth, opinion, told, weights)


def _told(rng: random.Random, arrived: list[float], authors: list[int]) -> list[Event]:
    events = []
    for idea, (at, author) in enumerate(zip(arrived, authors, strict=True)):
        mates = [person for person in range(author % TEAMS, PEOPLE, TEAMS) if person != author]
        others = [person for person in range(PEOPLE) if person % TEAMS != author % TEAMS]
        people = rng.sample(mates, _poisson(rng, TOLD_IN_TEAM)) + rng.sample(others, _poisson(rng, TOLD_ELSEWHERE))
        events += [Event(at + rng.uniform(0, TOLD_WITHIN), person, idea) for person in people]
    return [event for event in events if event.at < DAYS]


def _poisson(rng: random.Random, mean: float) -> int:
    count, left = 0, rng.random()
    chance = math.exp(-mean)
    while left > chance and count < 15:
        left -= chance
        count += 1
        chance *= mean / count
    return count
