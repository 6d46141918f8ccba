"""How often something happens and what it costs, in words. Pure."""

from dataclasses import dataclass
from datetime import date

from portal.swarm.occurrence_cost import MINUTES_GIVEN_MIN, Figures

TIMES = {1: "once", 2: "twice"}
HOW = "Only what colleagues noted counts, so it is at least this much. Nothing is added for what nobody noted."


@dataclass(frozen=True, slots=True)
class Hour:
    """What an hour of work costs the organisation. cents: hundredths of the currency. currency: "GBP"."""

    cents: int
    currency: str

    @property
    def words(self) -> str:
        """ "GBP 24.50"."""
        return f"{self.currency} {self.cents / 100:,.2f}"

    def of(self, hours: float) -> str:
        """What so many hours cost: "GBP 61"."""
        return f"{self.currency} {max(1, round(hours * self.cents / 100)):,}"


def times_words(times: int, *, capped: bool = False) -> str:
    """ "once", "twice", "14 times", "at least 5,000 times"."""
    return f"{'at least ' if capped else ''}{TIMES.get(times, f'{times:,} times')}"


def reported(found: Figures, today: date) -> str:
    """ "Noted 14 times in the last 8 weeks by 9 people at 3 sites."."""
    weeks = "week" if found.weeks == 1 else f"{found.weeks} weeks"
    # What is counted at night may be a day or two old.
    until = f"the last {weeks}" if found.until >= today else f"the {weeks} to {found.until.day} {found.until:%B}"
    people = "1 person" if found.people == 1 else f"{found.people:,} people"
    sites = "1 site" if found.sites == 1 else f"{found.sites} sites"
    return f"Noted {times_words(found.times, capped=found.capped)} in {until} by {people} at {sites}."


def cost(found: Figures, hour: Hour | None) -> str:
    """ "About 2.5 hours a week: 12 minutes each, the median of the 10 that say how long it took. …"."""
    if found.hours_per_week is None:
        return f"Fewer than {MINUTES_GIVEN_MIN} say how long it took, so we put no hours on it."
    assert found.median_minutes is not None
    each = f"{found.median_minutes:g} {'minute' if found.median_minutes == 1 else 'minutes'} each"
    hours = hours_words(found.hours_per_week)
    words = f"{hours} a week: {each}, the median of the {found.given} that say how long it took."
    if hour is None:
        return words
    return f"{words} At {hour.words} an hour that is about {hour.of(found.hours_per_week)} a week."


def hours_words(hours: float) -> str:
    """ "About 25 minutes", "About 2.5 hours"."""
    minutes = max(1, round(hours * 60))
    if minutes < 60:
        return f"About {minutes} minute{'' if minutes == 1 else 's'}"
    return f"About {hours:.1f}".removesuffix(".0") + (" hour" if f"{hours:.1f}" == "1.0" else " hours")


def where(found: Figures) -> str:
    """ "Leeds 8, Belfast 4, other sites 2."; small sites are not named."""
    parts = [f"{name} {times}" for name, times in found.named]
    if found.others:
        parts.append(f"other sites {found.others}" if parts else "")
    return f"{', '.join(part for part in parts if part)}." if parts and parts[0] else ""


def mine(times: int, most: int) -> str:
    """ "You noted it 3 times."; most: how many are counted."""
    return f"You noted it {f'{most} times or more' if times >= most else times_words(times)}."
