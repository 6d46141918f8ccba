"""What the owner says is done: since when, where, for which contacts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.commitments.words import PromiseRefusal

QUEUES_MAX, QUEUE_CHARS_MAX = 20, 80


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What the owner says is done: since which day, at which sites, and what shows it.

    site_days: sites that went live on another day, at a roll-out in waves. reasons: the contact reasons that it
    touches; none: every contact.
    """

    live_from: date
    site_ids: tuple[int, ...]
    evidence: str
    site_days: Mapping[int, date] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    @property
    def days(self) -> dict[int, date | None]:
        """Site → its own day, where that is another one than the first."""
        other = {site: day for site, day in self.site_days.items() if day != self.live_from}
        return {site: other.get(site) for site in self.site_ids}


def roll_out_refusal(delivery: NewDelivery, today: date) -> PromiseRefusal | None:
    """Why these days of single sites and these contact reasons cannot be, or None."""
    if not delivery.site_days.keys() <= set(delivery.site_ids):
        return PromiseRefusal.DAY_WITHOUT_SITE
    if any(day < delivery.live_from for day in delivery.site_days.values()):
        return PromiseRefusal.SITE_BEFORE_LIVE
    if any(day > today for day in delivery.site_days.values()):
        return PromiseRefusal.SITE_IN_FUTURE
    if len(delivery.reasons) > QUEUES_MAX:
        return PromiseRefusal.TOO_MANY_QUEUES
    fine = all(0 < len(reason.strip()) <= QUEUE_CHARS_MAX for reason in delivery.reasons)
    return None if fine else PromiseRefusal.QUEUE_LENGTH
