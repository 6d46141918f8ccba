"""What an outcome is worth to whom, and when a batch is large or old enough to hide in. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

BATCH_PEOPLE_MIN = 5
BATCH_WAIT_MAX = timedelta(days=28)
DENOMINATIONS = (10, 20, 50, 100, 200, 500, 1000)  # what a hidden award can be: an odd sum would tell whose it is


class Share(StrEnum):
    """In which capacity somebody is thanked."""

    AUTHOR = "author"
    IMPLEMENTER = "implementer"
    HELPER = "helper"
    BUILDER = "builder"
    EARLY = "early"  # among the first who said that they would help to try it
    CONFIRMER = "confirmer"  # looked, as the second person, and what they confirmed held
    COLLEAGUE = "colleague"  # of an award that somebody gives; and who sat beside a visitor

    @property
    def label(self) -> str:
        """As people read it."""
        return SHARE_LABELS[self]


# How a payment for measured impact is divided where nothing else was registered, in percent; what a share leaves goes
# to nobody. Several people of one share divide it.
TRANCHE_PERCENT = {Share.AUTHOR: 50, Share.IMPLEMENTER: 30, Share.HELPER: 10, Share.BUILDER: 10}


SHARE_LABELS = {
    Share.AUTHOR: "Who said it",
    Share.IMPLEMENTER: "Who did the work",
    Share.HELPER: "Who helped",
    Share.BUILDER: "Who built on it",
    Share.EARLY: "The first who would help to try it",
    Share.CONFIRMER: "Who confirmed it",
    Share.COLLEAGUE: "A colleague",
}


class Event(StrEnum):
    """Outcomes that are paid for."""

    IDEA_PROMOTED = "idea_promoted"  # an idea passed the swarm line
    PROMISE_KEPT = "promise_kept"  # a second person confirmed that what was promised is done
    GONE_ON_THE_DESK = "gone_on_the_desk"  # the people who asked for it say that it is gone
    IMPACT_SHOWN = "impact_shown"  # the locked verdict of the measurement: it worked
    IMPACT_TRANCHE = "impact_tranche"  # a part of what a measured change is worth
    SHIFT_HOSTED = "shift_hosted"  # an executive took calls beside somebody, and stayed
    GIVEN = "given"  # somebody who keeps a budget gives it, with the reason

    @property
    def label(self) -> str:
        """As people read it."""
        return EVENT_LABELS[self]


EVENT_LABELS = {
    Event.IDEA_PROMOTED: "An idea passed the swarm line",
    Event.PROMISE_KEPT: "A promise was kept",
    Event.GONE_ON_THE_DESK: "It is gone on the desks of those who asked",
    Event.IMPACT_SHOWN: "The measurement says that it worked",
    Event.IMPACT_TRANCHE: "A share of what a measured change is worth",
    Event.SHIFT_HOSTED: "A visitor was looked after for a shift",
    Event.GIVEN: "Given by who keeps a budget",
}
Policy = Mapping[Event, Mapping[Share, int]]

# Version → event → share → points. A version that awards were written under is never changed. The organisation's own
# versions (`reward_settings`) are numbered above BUILT_IN_MAX. Whoever confirms earns nothing by confirming: their
# share comes with an outcome that others report, and never where they are paid for the idea in another capacity.
BUILT_IN_MAX = 100
POLICIES: dict[int, Policy] = {
    1: {
        Event.IDEA_PROMOTED: {Share.AUTHOR: 50},
        Event.PROMISE_KEPT: {Share.AUTHOR: 200, Share.IMPLEMENTER: 100},
    },
    2: {
        Event.IDEA_PROMOTED: {Share.AUTHOR: 50},
        Event.PROMISE_KEPT: {
            Share.AUTHOR: 200, Share.IMPLEMENTER: 100, Share.BUILDER: 50, Share.HELPER: 20, Share.EARLY: 10,
        },
        Event.GONE_ON_THE_DESK: {Share.AUTHOR: 100, Share.IMPLEMENTER: 50, Share.CONFIRMER: 20},
        Event.IMPACT_SHOWN: {
            Share.AUTHOR: 200, Share.IMPLEMENTER: 100, Share.BUILDER: 50, Share.HELPER: 20, Share.CONFIRMER: 20,
        },
    },
    3: {
        Event.IDEA_PROMOTED: {Share.AUTHOR: 50},
        Event.PROMISE_KEPT: {
            Share.AUTHOR: 200, Share.IMPLEMENTER: 100, Share.BUILDER: 50, Share.HELPER: 20, Share.EARLY: 10,
        },
        Event.GONE_ON_THE_DESK: {Share.AUTHOR: 100, Share.IMPLEMENTER: 50, Share.CONFIRMER: 20},
        Event.IMPACT_SHOWN: {
            Share.AUTHOR: 200, Share.IMPLEMENTER: 100, Share.BUILDER: 50, Share.HELPER: 20, Share.CONFIRMER: 20,
        },
        Event.SHIFT_HOSTED: {Share.COLLEAGUE: 20},
    },
}  # fmt: skip
POLICY_VERSION = max(POLICIES)
# Events that exist because somebody says so: that person is paid nothing for them.
CONFIRMED_BY_SOMEBODY = frozenset({Event.PROMISE_KEPT, Event.SHIFT_HOSTED, Event.GIVEN})
# Whose names are told to nobody, however the idea was said: supporters are never listed.
ALWAYS_HIDDEN = frozenset({Share.EARLY})
MAY_BE_HIDDEN = (Share.AUTHOR, Share.BUILDER, Share.EARLY)


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


def points_for(event: Event, share: Share, *, policy: Policy | None = None) -> int:
    """Points of a share in an event; 0 where the policy pays nothing. policy: the built-in one without it."""
    return (policy or POLICIES[POLICY_VERSION]).get(event, {}).get(share, 0)


def dues(event: Event, payees: Iterable[Payee], *, actor_id: int | None, policy: Policy | None = None) -> list[Due]:
    """Who earns what, once for each person and share.

    An author who also does the work gets both: these are two pieces of work. Whoever confirms the event gets
    nothing: nobody is paid on their own word; and whoever confirmed an earlier one gets their share for looking only
    if they are no party, that is paid in no other capacity. actor_id: who confirmed, None for the portal itself.
    """
    everybody = list(payees)
    parties = {payee.person_id for payee in everybody if payee.share is not Share.CONFIRMER}
    found: dict[tuple[int, Share], Due] = {}
    for payee in everybody:
        hidden = payee.hidden or payee.share in ALWAYS_HIDDEN
        points = points_for(event, payee.share, policy=policy)
        own_word = event in CONFIRMED_BY_SOMEBODY and payee.person_id == actor_id
        party = payee.share is Share.CONFIRMER and payee.person_id in parties
        if payee.person_id is None or points == 0 or own_word or party:
            continue
        found.setdefault((payee.person_id, payee.share), Due(payee.person_id, payee.share, hidden, points))
    return list(found.values())


def denomination(points: int) -> int:
    """The largest sum a hidden award can be that is not above `points`; 0 below the smallest."""
    return max((one for one in DENOMINATIONS if one <= points), default=0)


def memo_for(event: Event, idea_number: int | None) -> str:
    """What the ledger says about a payment that everybody may know of."""
    return MEMOS[event].format(idea_number) if idea_number is not None else event.label


MEMOS = {
    Event.IDEA_PROMOTED: "Number {} passed the swarm line",
    Event.PROMISE_KEPT: "Number {}: a promise was kept",
    Event.GONE_ON_THE_DESK: "Number {} is gone on the desks of those who asked",
    Event.IMPACT_SHOWN: "Number {} worked, by measurement",
    Event.IMPACT_TRANCHE: "Number {}: a share of what it is worth",
    Event.SHIFT_HOSTED: "Number {}: a visitor was looked after for a shift",
    Event.GIVEN: "Number {}: given by who keeps the budget",
}


def batch_is_due(people: int, oldest: datetime | None, *, now: datetime) -> bool:
    """True when hidden awards may be paid: at least five people wait for some, or one award has waited for 28 days."""
    if people == 0 or oldest is None:
        return False
    return people >= BATCH_PEOPLE_MIN or now - oldest >= BATCH_WAIT_MAX


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
