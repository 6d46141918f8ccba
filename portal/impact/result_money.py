"""What an effect is worth in a year, with its range, and what many of them are worth together. Pure.

Money is in minor units (cents, pence) of one currency. A gain is above nought, whichever way is better.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from portal.metrics.words import number

YEAR_DAYS = 365.0
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹", "PHP": "₱", "ZAR": "R"}


@dataclass(frozen=True)
class Money:
    """A sum with its range, low ≤ mid ≤ high."""

    mid: float
    low: float
    high: float
    currency: str

    @property
    def words(self) -> str:
        """About £128,000."""
        return f"about {amount(self.mid, self.currency)}"

    @property
    def range_words(self) -> str:
        """Between £96,000 and £160,000."""
        return f"between {amount(self.low, self.currency)} and {amount(self.high, self.currency)}"


@dataclass(frozen=True)
class Worth:
    """What is needed to put one estimate into money.

    estimate, low, high: in the metric's unit. better: 1 where up is good, else -1. volume: contacts or answers in
    `days` days. unit_value: of one unit per contact, in minor units. run_cost: of a year.
    """

    estimate: float
    low: float
    high: float
    better: int
    volume: float
    days: float
    unit_value: int
    run_cost: int
    currency: str


def a_year(worth: Worth) -> Money | None:
    """What it comes to in a year, running costs taken off; None where nothing was counted."""
    if worth.volume <= 0 or worth.days <= 0:
        return None
    each = worth.volume / worth.days * YEAR_DAYS * worth.unit_value * worth.better
    ends = sorted((worth.low * each, worth.high * each))
    cost = worth.run_cost
    return Money(worth.estimate * each - cost, ends[0] - cost, ends[1] - cost, worth.currency)


def together(several: Iterable[Money]) -> dict[str, Money]:
    """By currency the sum; the ranges as those of estimates that know nothing of one another."""
    found: dict[str, list[Money]] = {}
    for one in several:
        found.setdefault(one.currency, []).append(one)
    return {currency: _sum(of, currency) for currency, of in sorted(found.items())}


def amount(minor: float, currency: str) -> str:
    """£1,234, −£1,234; three figures from a thousand on, because more would pretend to know: £128,000."""
    whole = minor / 100
    size = 10 ** max(len(str(int(abs(whole)))) - 3, 0)
    rounded = round(whole / size) * size
    sign, text = SIGNS.get(currency, ""), number(abs(rounded), 0)
    shown = f"{sign}{text}" if sign else f"{text} {currency}"
    return f"−{shown}" if rounded < 0 else shown


def _sum(of: list[Money], currency: str) -> Money:
    mid = sum(one.mid for one in of)
    below = sqrt(sum((one.mid - one.low) ** 2 for one in of))
    above = sqrt(sum((one.high - one.mid) ** 2 for one in of))
    return Money(mid, mid - below, mid + above, currency)
