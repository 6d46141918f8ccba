"""What an organisation decides about points: shares, caps, worth, expiry. Pure; one version is one row of settings.

A version is never changed, and an award keeps the version it was written under: what was paid stays what it was.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from portal.errors import Conflict, Invalid, Refusal
from portal.rewards.rules import DENOMINATIONS, MAY_BE_HIDDEN, POLICIES, POLICY_VERSION, Event, Policy, Share

SHARE_MAX = 100_000
SECOND_PERSON_ABOVE = 500  # points; taking back more than that needs two people
PAID_EVENTS = (
    Event.IDEA_PROMOTED, Event.PROMISE_KEPT, Event.GONE_ON_THE_DESK, Event.IMPACT_SHOWN, Event.SHIFT_HOSTED,
)  # fmt: skip
POLICY_SHARES = (
    Share.AUTHOR, Share.IMPLEMENTER, Share.BUILDER, Share.HELPER, Share.EARLY, Share.CONFIRMER, Share.COLLEAGUE,
)  # fmt: skip
CURRENCY_CHARS_MAX, TAX_NOTE_CHARS_MAX = 4, 300


class SettingsRefusal(Refusal):
    """Why settings are not taken. The value is the stable code."""

    CHANGED = "settings_changed", Conflict, "Somebody changed the settings meanwhile. Read them again."
    ODD_SHARE = (
        "odd_share", Invalid,
        "Who said it, built on it or backed it may have a hidden name: their shares are one of "
        f"{', '.join(map(str, DENOMINATIONS))}, or 0.",
    )  # fmt: skip
    NO_RATE = (
        "no_rate", Invalid, "To pay from measured impact, say what a point is worth first.", "cents_per_point",
    )  # fmt: skip
    OWN_WORD = "own_word", Invalid, "Whoever confirms that a promise is kept is paid nothing for saying so."
    OUT_OF_RANGE = "out_of_range", Invalid, "One of these numbers is too small or too large."


@dataclass(frozen=True)
class RewardSettings:
    """One version. Points are whole; cents are hundredths of the currency; None is "not set"."""

    version: int = POLICY_VERSION
    policy: Policy = field(default_factory=lambda: POLICIES[POLICY_VERSION])
    cap_idea: int = 2_000  # points for one idea, over all events and people
    cap_person_year: int = 4_000  # points of one person in a calendar year (UTC)
    cents_per_point: int | None = None
    currency: str = "£"
    tax_note: str = ""
    impact_tranches: bool = False  # pay a part of what a measured change is worth
    impact_percent: int = 10  # of the payable amount
    impact_cap: int = 2_000  # points of one tranche of one change
    expiry_months: int = 18  # without activity
    order_days: int = 14  # an order that nobody decides by then is void
    two_approvers_from: int = 500  # points of an order
    thanks_monthly: int = 0  # points to give away in a month; 0: thanks are words alone

    def points_of(self, cents: int) -> int:
        """Points of one tranche for a payable amount, rounded down; 0 while tranches are off."""
        if not self.impact_tranches or self.cents_per_point is None or cents <= 0:
            return 0
        return min(cents * self.impact_percent // 100 // self.cents_per_point, self.impact_cap)

    def worth(self, points: int) -> str | None:
        """ "worth £17.00", or None where a point has no worth in money."""
        if self.cents_per_point is None:
            return None
        whole, cents = divmod(points * self.cents_per_point, 100)
        return f"worth {self.currency}{whole:,}.{cents:02d}"


BOUNDS: Mapping[str, tuple[int, int]] = {
    "cap_idea": (1, 1_000_000),
    "cap_person_year": (1, 1_000_000),
    "cents_per_point": (1, 100_000),
    "impact_percent": (1, 50),
    "impact_cap": (1, 1_000_000),
    "expiry_months": (6, 120),
    "order_days": (1, 90),
    "two_approvers_from": (1, 1_000_000),
    "thanks_monthly": (0, 10_000),
}
PLAIN = tuple(one.name for one in fields(RewardSettings) if one.name not in ("version", "policy"))


def refusal(wanted: RewardSettings) -> SettingsRefusal | None:
    """Why these settings are not taken, or None."""
    for name, (least, most) in BOUNDS.items():
        value = getattr(wanted, name)
        if value is not None and not least <= value <= most:
            return SettingsRefusal.OUT_OF_RANGE
    if any(not 0 <= points <= SHARE_MAX for shares in wanted.policy.values() for points in shares.values()):
        return SettingsRefusal.OUT_OF_RANGE
    if wanted.policy.get(Event.PROMISE_KEPT, {}).get(Share.CONFIRMER, 0):
        return SettingsRefusal.OWN_WORD
    odd = (shares.get(one, 0) for shares in wanted.policy.values() for one in MAY_BE_HIDDEN)
    if any(points and points not in DENOMINATIONS for points in odd):
        return SettingsRefusal.ODD_SHARE
    if len(wanted.currency) > CURRENCY_CHARS_MAX or len(wanted.tax_note) > TAX_NOTE_CHARS_MAX:
        return SettingsRefusal.OUT_OF_RANGE
    return SettingsRefusal.NO_RATE if wanted.impact_tranches and wanted.cents_per_point is None else None


def as_json(settings: RewardSettings) -> str:
    """The text of a version as it is stored."""
    values: dict[str, Any] = {name: getattr(settings, name) for name in PLAIN}
    values["policy"] = {event.value: {share.value: points for share, points in shares.items()}
                        for event, shares in settings.policy.items()}  # fmt: skip
    return json.dumps(values, sort_keys=True, ensure_ascii=False)


def read(version: int, text: str) -> RewardSettings:
    """A stored version; what it does not name yet has its default."""
    values = json.loads(text)
    policy = {Event(event): {Share(share): int(points) for share, points in shares.items()}
              for event, shares in values.get("policy", {}).items()}  # fmt: skip
    known = {name: values[name] for name in PLAIN if name in values}
    found = replace(RewardSettings(), version=version, **known)
    return replace(found, policy=policy) if policy else found


def differences(before: RewardSettings, after: RewardSettings) -> dict[str, Any]:
    """What changed, for the audit trail: name → [before, after]."""
    found = {name: [getattr(before, name), getattr(after, name)] for name in PLAIN
             if getattr(before, name) != getattr(after, name)}  # fmt: skip
    for event in PAID_EVENTS:
        for share in POLICY_SHARES:
            old, new = (one.policy.get(event, {}).get(share, 0) for one in (before, after))
            if old != new:
                found[f"{event}.{share}"] = [old, new]
    return found
