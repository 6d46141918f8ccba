"""How often something happens and what it costs in a week, from what was noted. Pure.

Nothing is added for what nobody noted: every figure is a lower bound of what really happens.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

WEEKS = 8
DAYS = 7 * WEEKS
MINUTES_GIVEN_MIN = 3  # a median of fewer says nothing
REASON_PEOPLE_MIN = 2
REASONS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Noted:
    """One occurrence. day: in the organisation's zone. minutes: lost, where they were given."""

    day: date
    person_id: int
    site_id: int
    minutes: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was noted in the `weeks` weeks that end with `until`.

    times: occurrences; a lower bound where `capped`. people, sites: how many different ones. named: (site, times) for
    sites large enough to be named; others: at all other sites. given: how many came with minutes. by_week: the oldest
    first. reasons: those that more than one person gave, the most frequent first.
    """

    until: date
    weeks: int
    times: int
    people: int
    sites: int
    named: tuple[tuple[str, int], ...]
    others: int
    given: int
    median_minutes: float | None
    by_week: tuple[int, ...]
    reasons: tuple[str, ...]
    capped: bool = False

    @property
    def per_week(self) -> float:
        """Occurrences in a week."""
        return self.times / self.weeks

    @property
    def hours_per_week(self) -> float | None:
        """Hours lost in a week: occurrences in a week times the median of the minutes given, or None without one."""
        return None if self.median_minutes is None else self.per_week * self.median_minutes / 60


def figures(
    noted: Iterable[Noted], sites: Mapping[int, str], *, said_on: date, today: date, capped: bool = False
) -> Figures:
    """The figures of the last eight weeks, fewer where there is less to look back on.

    noted: what lies outside of the eight weeks is left out. sites: the names of those sites that may be named.
    said_on: since when the idea exists; something noted for an earlier day counts from that day.
    """
    inside = [one for one in noted if today - timedelta(days=DAYS) < one.day <= today]
    first = min([said_on, *(one.day for one in inside)])
    weeks = max(1, min(WEEKS, -(-((today - first).days + 1) // 7)))
    ages = Counter((today - one.day).days // 7 for one in inside)
    minutes = [one.minutes for one in inside if one.minutes is not None]
    places = Counter(one.site_id for one in inside)
    named = sorted(((sites[place], times) for place, times in places.items() if place in sites), key=_most_first)
    return Figures(
        until=today, weeks=weeks, times=len(inside), people=len({one.person_id for one in inside}), sites=len(places),
        named=tuple(named), others=len(inside) - sum(times for _, times in named), given=len(minutes),
        median_minutes=float(median(minutes)) if len(minutes) >= MINUTES_GIVEN_MIN else None,
        by_week=tuple(ages[age] for age in reversed(range(weeks))), reasons=_reasons(inside), capped=capped,
    )  # fmt: skip


def as_text(found: Figures) -> str:
    """The figures as they are kept."""
    return json.dumps(asdict(found) | {"until": found.until.isoformat()}, separators=(",", ":"), ensure_ascii=False)


def from_text(text: str | None) -> Figures | None:
    """The figures from how they are kept; None where nothing was noted lately."""
    said: dict[str, Any] = json.loads(text) if text else {"times": 0}
    if not said["times"]:
        return None
    said |= {"until": date.fromisoformat(said["until"]), "named": tuple((name, times) for name, times in said["named"])}
    return Figures(**said | {"by_week": tuple(said["by_week"]), "reasons": tuple(said["reasons"])})


def _most_first(place: tuple[str, int]) -> tuple[int, str]:
    return -place[1], place[0]


def _reasons(noted: Iterable[Noted]) -> tuple[str, ...]:
    people: dict[str, set[int]] = defaultdict(set)
    words: dict[str, str] = {}
    for one in noted:
        if one.reason:
            people[one.reason.casefold()].add(one.person_id)
            words.setdefault(one.reason.casefold(), one.reason)
    shared = [reason for reason, who in people.items() if len(who) >= REASON_PEOPLE_MIN]
    return tuple(words[reason] for reason in sorted(shared, key=lambda reason: (-len(people[reason]), reason)))[
        :REASONS_SHOWN
    ]
