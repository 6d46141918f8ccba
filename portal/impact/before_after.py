"""Before and after a change, at the sites that got it and at those that did not: the numbers, never a claim. Pure.

Whether the change is the reason is another question, and a before-and-after comparison cannot answer it: see the words
of `sentence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.metrics.weeks import Week
from portal.metrics.words import counted, number, signed

WEEKS_COMPARED_MAX = 26  # on each side: half a year, so that the seasons weigh the same for long-lived changes
WEEKS_NEEDED = 8  # on each side, before we say more than "too early"
WEEKS_PLANNED = 12


class Verdict(StrEnum):
    """What may be said. The words for an effect come with an estimate, not from here."""

    TOO_EARLY = "too_early"
    NUMBERS_ONLY = "numbers_only"

    @property
    def words(self) -> str:
        """As people read it."""
        return {"too_early": "Too early to say", "numbers_only": "The numbers so far"}[self.value]


@dataclass(frozen=True)
class Sides:
    """One group of sites: how many full weeks count before and after go-live, and their plain means."""

    weeks_before: int
    weeks_after: int
    before: float | None
    after: float | None

    @property
    def moved(self) -> float | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Facts:
    """Everything a before-and-after comparison knows.

    elapsed: full weeks since go-live by the calendar, with or without values. others: sites without the change, None
    where there are none that reported on both sides.
    """

    treated: Sides
    others: Sides | None
    elapsed: int

    @property
    def difference(self) -> float | None:
        """How much more the sites with the change moved than the others."""
        if self.others is None or self.others.moved is None or self.treated.moved is None:
            return None
        return self.treated.moved - self.others.moved


def compare(treated: Sequence[Week], others: Sequence[Week], *, live_from: date, today: date) -> Facts:
    """The facts from weekly series, oldest first. A week that has not ended, or holds go-live, counts nowhere."""
    aside = _sides(others, live_from, today)
    comparable = aside.before is not None and aside.after is not None
    elapsed = max((today - _first_full_week(live_from)).days // 7, 0)
    return Facts(_sides(treated, live_from, today), aside if comparable else None, elapsed)


def finished(weeks: Sequence[Week], today: date) -> list[Week]:
    """The weeks that have ended."""
    return [week for week in weeks if week.finished_on <= today]


def verdict(facts: Facts) -> Verdict:
    """Too early below 8 full weeks on either side of go-live; otherwise the numbers as they are."""
    fewest = min(facts.treated.weeks_after, facts.treated.weeks_before)
    return Verdict.TOO_EARLY if fewest < WEEKS_NEEDED else Verdict.NUMBERS_ONLY


def sentence(facts: Facts, *, name: str, decimals: int = 1) -> str:
    """What is known, in words that claim nothing, to follow the words of the verdict. name: of the metric."""
    if verdict(facts) is Verdict.TOO_EARLY:
        return _why_too_early(facts, name)
    words = f"{name}: {_pair(facts.treated, decimals, ' before and ')} after at the sites that got it"
    if facts.others is not None:
        words += f"; {_pair(facts.others, decimals, ' and ')} at those that did not"
    return f"{words}. This page does not claim a cause yet."


def figures(facts: Facts, *, unit: str, decimals: int = 1) -> list[tuple[str, str]]:
    """(value, what it is) for the strip of numbers: what moved where. Empty while it is too early."""
    moved = facts.treated.moved
    if moved is None or verdict(facts) is Verdict.TOO_EARLY:
        return []
    found = [(signed(moved, decimals), f"change at the sites that got it, {unit}")]
    if facts.others is not None and facts.others.moved is not None and facts.difference is not None:
        found.append((signed(facts.others.moved, decimals), "change at the other sites in the same weeks"))
        found.append((signed(facts.difference, decimals), "what is left when the others are subtracted"))
    return found


def _why_too_early(facts: Facts, name: str) -> str:
    treated = facts.treated
    if treated.weeks_after == 0 and facts.elapsed > 1:
        return f"{name}: nothing has been reported since it went live. We will not guess."
    if treated.weeks_after < WEEKS_NEEDED:
        return f"{treated.weeks_after} of {WEEKS_PLANNED} weeks in. We will not guess."
    had = counted(treated.weeks_before, "week")
    why = f"Only {had} before it are known, and we compare from {WEEKS_NEEDED} on"
    return f"{why}. We will not guess."


def _pair(sides: Sides, decimals: int, between: str) -> str:
    return f"{number(sides.before or 0, decimals)}{between}{number(sides.after or 0, decimals)}"


def _sides(weeks: Sequence[Week], live_from: date, today: date) -> Sides:
    ended = finished(weeks, today)
    before = [week.value for week in ended if week.finished_on <= live_from][-WEEKS_COMPARED_MAX:]
    after = [week.value for week in ended if week.monday >= live_from][:WEEKS_COMPARED_MAX]
    return Sides(len(before), len(after), _mean(before), _mean(after))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _first_full_week(live_from: date) -> date:
    return date.fromordinal(live_from.toordinal() + (-live_from.weekday()) % 7)
