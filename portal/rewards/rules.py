"""What an outcome is worth to whom, and when a batch is large or old enough to hide in. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

POLICY_VERSION = 1
BATCH_AWARDS_MIN = 5
BATCH_WAIT_MAX = timedelta(days=28)


class Share(StrEnum):
    """In which capacity somebody is thanked."""

    AUTHOR = "author"
    IMPLEMENTER = "implementer"
    HELPER = "helper"
    BUILDER = "builder"


class Event(StrEnum):
    """Outcomes that are paid for."""

    IDEA_PROMOTED = "idea_promoted"  # an idea passed the swarm line
    PROMISE_KEPT = "promise_kept"  # a second person confirmed that what was promised is done


# Version → event → share → points. A version that awards were written under is never changed.
POLICY: dict[int, dict[Event, dict[Share, int]]] = {
    1: {
        Event.IDEA_PROMOTED: {Share.AUTHOR: 50},
        Event.PROMISE_KEPT: {Share.AUTHOR: 200, Share.IMPLEMENTER: 100},
    },
}
# Events that exist because somebody says so: that person is paid nothing for them.
CONFIRMED_BY_SOMEBODY = frozenset({Event.PROMISE_KEPT})


@dataclass(frozen=True)
class Payee:
    """Somebody to thank. hidden: nobody but themselves may learn of it. person_id None: no author is stored."""

    person_id: int | None
    share: Share
    hidden: bool


@dataclass(frozen=True)
class Due:
    """Points that a person has earned."""

    person_id: int
    share: Share
    hidden: bool
    points: int


def points_for(event: Event, share: Share, *, version: int = POLICY_VERSION) -> int:
    """Points of a share in an event; 0 where the policy pays nothing."""
    return POLICY[version][event].get(share, 0)


def dues(event: Event, payees: Iterable[Payee], *, actor_id: int | None) -> list[Due]:
    """Who earns what, once for each person and share.

    An author who also does the work gets both: these are two pieces of work. Whoever confirms the event gets
    neither: nobody is paid on their own word. actor_id: who confirmed, None for the portal itself.
    """
    found: dict[tuple[int, Share], Due] = {}
    for payee in payees:
        points = points_for(event, payee.share)
        own_word = event in CONFIRMED_BY_SOMEBODY and payee.person_id == actor_id
        if payee.person_id is None or points == 0 or own_word:
            continue
        found.setdefault((payee.person_id, payee.share), Due(payee.person_id, payee.share, payee.hidden, points))
    return list(found.values())


def memo_for(event: Event, idea_number: int) -> str:
    """What the ledger says about a payment that everybody may know of."""
    if event is Event.IDEA_PROMOTED:
        return f"Number {idea_number} passed the swarm line"
    return f"Number {idea_number}: a promise was kept"


def batch_is_due(waiting: int, oldest: datetime | None, *, now: datetime) -> bool:
    """True when hidden awards may be paid: at least five of them wait, or one has waited for 28 days."""
    if waiting == 0 or oldest is None:
        return False
    return waiting >= BATCH_AWARDS_MIN or now - oldest >= BATCH_WAIT_MAX


def week_key(now: datetime) -> str:
    """The ISO week in UTC, "2026-W47": the name of its batch."""
    year, week, _ = now.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


def waiting_words(*, hidden: bool, pooled: bool) -> str:
    """Why points that are owed are not in the wallet yet."""
    if not pooled:
        return "waiting until the next budget is opened"
    if hidden:
        return "on their way, paid in the next batch so that nobody can tell"
    return "on their way"
