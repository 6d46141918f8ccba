"""Who hears of a step of an idea, from what they did with it. Pure.

Whoever took part hears the outcomes, without having asked for it; talk is heard only by followers who did.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class How(StrEnum):
    """What somebody has to do with an idea."""

    AUTHOR = "author"
    SUPPORTER = "supporter"  # also a strong one; not who said "not me" or gave a stop signal
    COMMENTER = "commenter"
    MET_IT = "met_it"  # noted that it happened again
    FOLLOWER = "follower"
    OWNER = "owner"  # of its promise
    SPONSOR = "sponsor"
    HELPER = "helper"  # joined in when the owner asked for help


class Part(NamedTuple):
    """One thing that one person has to do with it."""

    person_id: int
    how: How


TAKING_PART = frozenset(How) - {How.OWNER}
WITH_OWNER = TAKING_PART | {How.OWNER}
ONLY_FOLLOWERS = frozenset({How.FOLLOWER})


def recipients(parts: Iterable[Part], *, among: frozenset[How], actor_id: int | None) -> list[int]:
    """The people who hear of it, each once, by number: whoever did it knows already.

    An owner hears through their duties what others hear as an outcome, so that they are told once.
    """
    parts = list(parts)
    owners = {part.person_id for part in parts if part.how is How.OWNER and How.OWNER not in among}
    if among == ONLY_FOLLOWERS:
        owners = set()
    heard = {part.person_id for part in parts if part.how in among}
    return sorted(heard - owners - {actor_id or 0})
