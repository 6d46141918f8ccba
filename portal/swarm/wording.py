"""What a member of staff is told about where an idea stands, in one breath. Pure."""

import math
from dataclasses import dataclass

from portal.swarm.line import Gap

PLACES_COUNTED = 100  # on a page; the command line counts all


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that the sentence says.

    place: on the official list, from 1; None beyond the first PLACES_COUNTED. looks: people, expected.
    supporters: includes strong.
    teams, sites: distinct among supporters. evidence, line: what the idea has and needs.
    """

    place: int | None
    looks: float
    supporters: int
    strong: int
    stops: int
    teams: int
    sites: int
    evidence: float
    line: float
    gap: Gap


def sentence(numbers: Numbers) -> str:
    """Who looked, who supports it, where from, and what is missing to the executives."""
    place = f"Beyond the first {PLACES_COUNTED}" if numbers.place is None else f"No. {numbers.place}"
    return f"{place}: {_people(numbers)}. {_evidence(numbers)}{_missing(numbers.gap)}"


def _people(numbers: Numbers) -> str:
    # Objectors add nothing to looks, yet they did look: never say that fewer looked than answered.
    looked = max(round(numbers.looks), numbers.supporters + numbers.stops)
    if not looked:
        return "nobody has looked at it yet"
    start = f"about {_count(looked, 'colleague')} looked at it"
    if not numbers.stops:
        return f"{start} and {_support(numbers)}{_origin(numbers)}"
    against = f"{numbers.stops} {'objects' if numbers.stops == 1 else 'object'}"
    return f"{start}, {_support(numbers)} and {against}{_origin(numbers)}"


def _support(numbers: Numbers) -> str:
    if not numbers.supporters:
        return "nobody supports it yet"
    verb = "supports" if numbers.supporters == 1 else "support"
    strongly = f" ({numbers.strong} strongly)" if numbers.strong else ""
    return f"{numbers.supporters} {verb} it{strongly}"


def _origin(numbers: Numbers) -> str:
    if not numbers.teams:
        return ""
    places = f" on {_count(numbers.sites, 'site')}" if numbers.sites else ""
    return f", from {_count(numbers.teams, 'team')}{places}"


def _evidence(numbers: Numbers) -> str:
    has = max(0.0, round(numbers.evidence, 1))
    if numbers.gap.evidence and has >= round(numbers.line, 1):  # never look full before it is
        has = max(0.0, math.floor(numbers.evidence * 10) / 10)
    return f"It has {has:.1f} of the {numbers.line:.1f} it needs to go to the executives."


def _missing(gap: Gap) -> str:
    parts = []
    if gap.teams:
        parts.append(f"{gap.teams} more {'team' if gap.teams == 1 else 'teams'}")
    if gap.sites:
        parts.append(f"{gap.sites} more {'site' if gap.sites == 1 else 'sites'}")
    return f" It still needs supporters from {' and '.join(parts)}." if parts else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
