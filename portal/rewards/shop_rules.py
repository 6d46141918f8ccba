"""What can be bought, and when an order is refused before any point moves. Pure."""

from dataclasses import dataclass
from datetime import datetime

from portal.errors import Conflict, Invalid, Refusal
from portal.rewards.words import RewardKind

NAME_CHARS_MAX = 120
DESCRIPTION_CHARS_MAX = 600
WHAT_NEXT_CHARS_MAX = 200
NOTE_CHARS_MAX = 300
DAYS_MAX = 365
STOCK_MAX = 1_000_000
PRICE_MAX = 1_000_000  # points
MONEY_CENTS_MAX = 100_000_000  # cents of the organisation's currency


class RewardRefusal(Refusal):
    """Why something of the catalogue was not changed, or cannot be ordered."""

    MONEY_NEEDS_AN_AMOUNT = (
        "money_needs_an_amount", Invalid, "Payroll needs to know how much this is worth in money.", "money_cents",
    )  # fmt: skip
    NO_MONEY_HERE = (
        "no_money_here", Invalid, "Only something of the kind money is worth an amount of money.", "money_cents",
    )  # fmt: skip
    UNKNOWN_EMPLOYER = "unknown_employer", Invalid, "There is no such employer, or it is not yours.", "employer"
    STOCK_CHANGED = (
        "stock_changed", Conflict,
        "Somebody ordered or changed the stock while you looked. Look at the number again.", "stock",
    )  # fmt: skip
    EMPLOYER_IS_FIXED = (
        "employer_is_fixed", Conflict, "Whom it is for cannot be changed. Retire it and add another.", "employer",
    )  # fmt: skip
    ALREADY_RETIRED = "already_retired", Conflict, "It is not in the catalogue any more."
    NOT_RETIRED = "not_retired", Conflict, "It is in the catalogue already."


@dataclass(frozen=True)
class NewReward:
    """Something for the catalogue. price: points. stock: None for as many as wanted. days: until it is delivered.

    money_cents: what payroll or a voucher is told, for the kind money alone. employer_id: None for everybody.
    """

    kind: RewardKind
    name: str
    what_next: str
    days: int
    price: int
    description: str = ""
    stock: int | None = None
    money_cents: int | None = None
    employer_id: int | None = None


def money_refusal(wanted: NewReward) -> RewardRefusal | None:
    """Money belongs to the kind money, and to it alone."""
    if wanted.kind is RewardKind.MONEY and wanted.money_cents is None:
        return RewardRefusal.MONEY_NEEDS_AN_AMOUNT
    if wanted.kind is not RewardKind.MONEY and wanted.money_cents is not None:
        return RewardRefusal.NO_MONEY_HERE
    return None


def price_changed(seen: int, now: int) -> Conflict:
    """The refusal of an order that was looked at under another price; it names both."""
    sentence = f"The price has changed: it was {seen:,} points when you looked, it is {now:,} now. Nothing was ordered."
    return Conflict("price_changed", sentence, {"price": sentence})


def too_few(missing: int) -> Conflict:
    """The refusal where the wallet does not hold enough. missing: points."""
    unit = "point" if missing == 1 else "points"
    return Conflict("insufficient_points", f"You need {missing:,} more {unit}.")


def out_of_stock(gone_at: datetime | None, clock: str, day: str) -> Conflict:
    """The refusal of what is gone. clock, day: its moment in words ("09:12", "3 March")."""
    when = f": the last one went at {clock} on {day}" if gone_at else ""
    return Conflict("out_of_stock", f"Gone{when}. Your points are where they were.")


def money_words(cents: int) -> str:
    """ "25.00": an amount without a currency, which the organisation knows."""
    return f"{cents // 100:,}.{cents % 100:02d}"
