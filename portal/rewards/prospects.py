"""What somebody may still earn: "up to 400 if number 248 is done". Asked of whoever knows of promises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal.rewards.rules import Event, Policy, Share

DONE = (Event.PROMISE_KEPT, Event.GONE_ON_THE_DESK, Event.IMPACT_SHOWN)
Found = Mapping[int, frozenset[Share]]  # idea number → in which capacities somebody would be thanked


@dataclass(frozen=True)
class Prospect:
    """Points that may come with one idea, at most."""

    points: int
    idea_number: int

    @property
    def sentence(self) -> str:
        """For the wallet, after the number of points."""
        return f"if number {self.idea_number} is done"


# The promises are known further up: the composition root says who is asked (portal/pages.py).
_asked: list[Callable[[int], Found]] = []


def ask(look: Callable[[int], Found]) -> None:
    """Let `look` find what a person may still earn by; the last one that was named is asked."""
    _asked[:] = [look]


def prospects_of(person_id: int, policy: Policy) -> list[Prospect]:
    """What may still come to a person, the most first."""
    found = _asked[0](person_id) if _asked else {}
    sums = [
        Prospect(sum(policy.get(event, {}).get(share, 0) for event in DONE for share in shares), number)
        for number, shares in found.items()
    ]
    return sorted((one for one in sums if one.points), key=lambda one: (-one.points, one.idea_number))
