"""What may be marked as taken back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from portal.impact.plan_words import RollBackRefusal

REASON_CHARS_MIN, REASON_CHARS_MAX = 10, 400


class LiveUnit(Protocol):
    """A unit that has the change, or had it."""

    @property
    def rollout_id(self) -> int:
        """Its number."""

    @property
    def live_from(self) -> date:
        """Its first day with the change."""

    @property
    def live_to(self) -> date | None:
        """The first day without it, if it was taken back."""


@dataclass(frozen=True, slots=True)
class NewRollBack:
    """Where a change was taken back. live_to: the first day without it."""

    rollout_ids: tuple[int, ...]
    live_to: date
    reason: str


def roll_back_refusal(units: Sequence[LiveUnit], wanted: NewRollBack, today: date) -> RollBackRefusal | None:
    """Why this cannot be, or None."""
    known = {unit.rollout_id: unit for unit in units}
    if not any(unit.live_to is None for unit in units):
        return RollBackRefusal.NOTHING_LIVE
    if not wanted.rollout_ids or not known.keys() >= set(wanted.rollout_ids):
        return RollBackRefusal.UNKNOWN_UNIT
    chosen = [known[number] for number in wanted.rollout_ids]
    if any(unit.live_to is not None for unit in chosen):
        return RollBackRefusal.ALREADY_ROLLED_BACK
    if any(wanted.live_to <= unit.live_from for unit in chosen):
        return RollBackRefusal.NOT_AFTER_GO_LIVE
    if wanted.live_to > today:
        return RollBackRefusal.DAY_AHEAD
    fine = REASON_CHARS_MIN <= len(wanted.reason.strip()) <= REASON_CHARS_MAX
    return None if fine else RollBackRefusal.REASON_LENGTH
