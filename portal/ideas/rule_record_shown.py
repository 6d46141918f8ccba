"""Rules as pages and programs get them, and the words for what holds now."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.ideas.rule_record_words import REVIEW_DAYS, LegalBasis, RuleState, VerdictKind
from portal.ideas.words import Audience, Barrier
from portal.web.dates import day_words, span_words


@dataclass(frozen=True)
class VerdictView:
    """A verdict. Days are calendar days; `by` is the name of whoever decided."""

    number: int
    kind: VerdictKind
    by: str
    at: datetime
    effective_on: date | None
    old_wording: str
    new_wording: str
    reason: str
    legal_basis: LegalBasis | None
    site_id: int | None
    site: str
    why_again: str


@dataclass(frozen=True)
class RuleView:
    """A rule for one viewer. first_said_at: of the ideas that name it and that the viewer may read."""

    number: int
    title: str
    says: str
    barrier: Barrier
    state: RuleState
    owner_id: int | None
    owner: str
    department: str
    source: str
    source_url: str
    legal_basis: LegalBasis
    legal_words: str
    reviewed_on: date | None
    scope: Audience
    employer_id: int | None
    employer: str
    sites: tuple[tuple[int, str], ...]
    named_at: datetime
    version: int
    verdicts: int
    verdict: VerdictView | None
    first_said_at: datetime | None

    @property
    def days_to_verdict(self) -> int | None:
        """Days from the first idea that the viewer may read to the verdict; None where one of them is missing."""
        if self.verdict is None or self.first_said_at is None:
            return None
        return max((self.verdict.at - self.first_said_at).days, 0)


@dataclass(frozen=True)
class ChangeView:
    """A fact that was changed; `by` is empty where no name is shown."""

    at: datetime
    by: str
    fact: str
    old: str
    new: str


@dataclass(frozen=True)
class NamingIdea:
    """An idea that names a rule."""

    number: int
    title: str
    said_at: datetime


@dataclass(frozen=True)
class Spoken:
    """What holds, to be read aloud during a call. before: (until when, the words), where something else held.

    quoted: `now` gives a wording as it holds, not words about the rule.
    """

    now: tuple[str, str]
    before: tuple[str, str] | None = None
    why: str = ""
    quoted: bool = True


def spoken(rule: RuleView, *, today: date) -> Spoken:
    """What may be said now. today: in the zone of whoever asks."""
    verdict = rule.verdict
    if verdict is None:
        return Spoken(("Still the rule", rule.says), why="Nobody has decided about it yet.")
    if verdict.kind in (VerdictKind.KILLED, VerdictKind.CHANGED) and verdict.effective_on is not None:
        day = day_words(verdict.effective_on, today=today)
        before = (f"Until {day}", verdict.old_wording)
        if verdict.effective_on > today:
            now = f"From {day}", verdict.new_wording or "The rule goes."
        else:
            now = "Now", verdict.new_wording or "The rule is gone."
        return Spoken(now, before, verdict.reason, quoted=bool(verdict.new_wording))
    if verdict.kind is VerdictKind.NEVER_WAS:
        return Spoken(("It never was a rule", verdict.reason), quoted=False)
    if verdict.kind is VerdictKind.LOCAL_HABIT:
        return Spoken((f"No rule, only a habit in {verdict.site}", verdict.reason), quoted=False)
    return Spoken(("It stays", rule.says), why=verdict.reason)


def scope_words(rule: RuleView) -> str:
    """For whom it holds."""
    if rule.scope is Audience.EMPLOYER:
        return f"Everybody at {rule.employer}"
    return ", ".join(name for _, name in rule.sites) if rule.scope is Audience.SITE else "Everybody"


def legal_words(basis: LegalBasis, words: str) -> str:
    """What stands behind it."""
    return f"{basis.label}: {words}" if words else basis.label


def review_words(rule: RuleView, *, today: date) -> tuple[str, bool]:
    """When it was last looked at and how long ago; True if that is more than a year, or never."""
    if rule.reviewed_on is None:
        return "Never, as far as we know", True
    days = (today - rule.reviewed_on).days
    age = "today" if days <= 0 else f"{span_words(days)} ago" if days < REVIEW_DAYS else f"{_years(days)} ago"
    return f"{day_words(rule.reviewed_on, today=today)}, {age}", days > REVIEW_DAYS


def _years(days: int) -> str:
    years = days // REVIEW_DAYS
    return "a year" if years == 1 else f"{years} years"
