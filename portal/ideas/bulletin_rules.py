"""Bulletins about rules: what is told when a verdict is given, to whom it is shown for how long, refusals. Pure."""

from datetime import timedelta
from enum import StrEnum

from portal.errors import Conflict, Refusal, Refused
from portal.ideas.rule_record_words import NewVerdict, VerdictKind

NEWCOMER_DAYS = 60  # whoever comes later gets the bulletins of so many days before
SHOWN_DAYS = 365  # whoever was here at the time has so long to confirm
NEWCOMERS, SHOWN = timedelta(days=NEWCOMER_DAYS), timedelta(days=SHOWN_DAYS)
GONE = frozenset({VerdictKind.KILLED, VerdictKind.CHANGED})
NOTHING_HOLDS = "The rule is gone."


class BulletinStanding(StrEnum):
    """How a bulletin stands with one person."""

    WAITS = "waits"
    CONFIRMED = "confirmed"
    NOT_ASKED = "not_asked"  # it does not hold for them, they gave the verdict, or its time is over


class BulletinRefusal(Refusal):
    """Why a bulletin is not confirmed. The value is the stable code."""

    NOT_FOR_YOU = "not_for_you", Refused, "This rule does not hold for you, so there is nothing to confirm."
    SUPERSEDED = (
        "bulletin_superseded", Conflict,
        "This was decided again since. Read the newer bulletin about the same rule.",
    )  # fmt: skip


def is_told(kind: VerdictKind, *, told_before: bool) -> bool:
    """True if a verdict makes a bulletin: the rule went or changed, or something else was told about it before."""
    return kind in GONE or told_before


def wordings(verdict: NewVerdict, *, says: str, told_before: str) -> tuple[str, str]:
    """(what held, what holds) as the bulletin tells it. told_before: what an earlier bulletin said holds."""
    if verdict.kind in GONE:
        return verdict.old_wording.strip(), verdict.new_wording.strip()
    held = {VerdictKind.KEPT: says, VerdictKind.NEVER_WAS: "This never was a rule."}
    return told_before or NOTHING_HOLDS, held.get(verdict.kind, "This is no rule, only a habit of one site.")


def confirm_refusal(*, holds: bool, superseded: bool) -> BulletinRefusal | None:
    """Why this cannot be confirmed, or None. holds: the rule is in force for this person."""
    if superseded:
        return BulletinRefusal.SUPERSEDED
    return None if holds else BulletinRefusal.NOT_FOR_YOU


def percent(part: int, whole: int) -> int:
    """A share in whole percent, never rounded up to all of them nor down to nobody."""
    if part in (0, whole):
        return 100 if whole and part else 0
    return min(max(round(100 * part / whole), 1), 99)
