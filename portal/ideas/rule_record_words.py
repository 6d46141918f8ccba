"""The words of rule records: verdicts, states, limits, refusals, and how texts are compared. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from portal.errors import Conflict, Invalid, Refusal, Refused
from portal.ideas.rules import WIDTH
from portal.ideas.words import Audience, Barrier

TITLE_CHARS_MIN, TITLE_CHARS_MAX = 3, 120
WORDING_CHARS_MIN, WORDING_CHARS_MAX = 3, 600
DEPARTMENT_CHARS_MAX = 80
SOURCE_CHARS_MAX, ADDRESS_CHARS_MAX = 300, 500
LEGAL_CHARS_MAX = 300
REASON_CHARS_MIN, REASON_CHARS_MAX = 20, 600
REVIEW_DAYS = 365  # after a year without a look a rule is to be reviewed
QUERY_CHARS_MAX = 200


class VerdictKind(StrEnum):
    """How a stupid rule ends."""

    KILLED = "killed"
    CHANGED = "changed"
    KEPT = "kept"
    NEVER_WAS = "never_was"
    LOCAL_HABIT = "local_habit"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"kept": "Kept, and why", "never_was": "Never was a rule", "local_habit": "Local habit"}.get(
            self.value, self.value.capitalize()
        )


class RuleState(StrEnum):
    """Where a rule stands: waiting, or as its last verdict says."""

    OPEN = "open"
    KILLED = "killed"
    CHANGED = "changed"
    KEPT = "kept"
    NEVER_WAS = "never_was"
    LOCAL_HABIT = "local_habit"

    @property
    def label(self) -> str:
        """As people read it."""
        return "No verdict yet" if self is RuleState.OPEN else VerdictKind(self.value).label


class LegalBasis(StrEnum):
    """What stands behind a rule."""

    UNKNOWN = "unknown"
    NONE = "none"
    LAW = "law"
    REGULATOR = "regulator"
    CONTRACT = "contract"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"unknown": "Nobody knows yet", "none": "Nothing: we made it", "law": "A law",
                "regulator": "A regulator", "contract": "A contract"}[self.value]  # fmt: skip


GONE = (RuleState.KILLED, RuleState.CHANGED)  # counted and shown as rules that went
STANDING = (RuleState.OPEN, RuleState.CHANGED, RuleState.KEPT, RuleState.LOCAL_HABIT)  # what can still be reviewed


class RuleRefusal(Refusal):
    """Why a rule is not named, changed or decided about."""

    NOT_YOURS = "not_yours", Refused, "Its author, an owner or the programme team names the rule behind an idea."
    NOT_A_RULE = "not_a_rule", Conflict, "This is sorted as an idea. Sort it as a stupid rule first."
    WITHDRAWN = "idea_withdrawn", Conflict, "This idea was taken back."
    MERGED = "merged", Conflict, "This idea has joined another one. Its page says which: name the rule there."
    NAMED_ALREADY = "already_names_a_rule", Conflict, "This idea already names a rule."
    NAMES_NONE = "names_no_rule", Conflict, "This idea names no rule."
    STANDS = "verdict_stands", Conflict, "There is a verdict on this rule, so the ideas that led to it stay with it."
    WIDER = "scope_wider_than_idea", Conflict, "Fewer people may read the idea than would read this rule."
    WITHOUT_YOU = "scope_without_you", Conflict, "You would not be able to see this rule yourself."
    NO_SITE = "scope_needs_site", Invalid, "Choose the site or sites for which it is a rule."
    UNKNOWN_SITE = "unknown_site", Invalid, "There is no such site."
    UNKNOWN_EMPLOYER = "unknown_employer", Invalid, "There is no such employer."
    UNKNOWN_OWNER = "unknown_owner", Invalid, "Choose somebody who holds the role of owner, executive or programme."
    TITLE = "bad_title", Invalid, f"Give the rule a name of {TITLE_CHARS_MIN} to {TITLE_CHARS_MAX} characters."
    SAYS = "bad_wording", Invalid, f"Write what the rule says, in at most {WORDING_CHARS_MAX} characters."
    LEGAL_WORDS = "legal_words_missing", Invalid, "Say which contract it is, and with whom."
    ADDRESS = "bad_address", Invalid, "Write a whole address that begins with https:// or http://."
    REVIEW_AHEAD = "review_in_future", Invalid, "The last review cannot be after today."
    NOT_OWNER = "not_rule_owner", Refused, "Only the owner of the rule, or the programme team, changes what is known."
    CHANGED = "rule_changed", Conflict, "Somebody changed this rule meanwhile. Look again."
    NOT_JUDGE = "not_rule_judge", Refused, "The owner of the rule, an executive or the programme team decides this."
    DAY = "effective_day_missing", Invalid, "Say from which day on."
    OLD = "old_wording_missing", Invalid, f"Write what held until then, in at most {WORDING_CHARS_MAX} characters."
    NEW = "new_wording_missing", Invalid, f"Write what holds from then on, in at most {WORDING_CHARS_MAX} characters."
    REASON = "reason_too_short", Invalid, f"Give the reason in {REASON_CHARS_MIN} to {REASON_CHARS_MAX} characters."
    HABIT_SITE = "habit_site_missing", Invalid, "Say at which site it is a habit."
    AGAIN = "why_again_missing", Invalid, f"Say in {REASON_CHARS_MIN} characters or more why it is decided again."
    DECIDED = "already_decided", Conflict, "There is a verdict already."


FIELD_OF = {
    RuleRefusal.TITLE: "title", RuleRefusal.SAYS: "says", RuleRefusal.LEGAL_WORDS: "legal_words",
    RuleRefusal.ADDRESS: "source_url", RuleRefusal.REVIEW_AHEAD: "reviewed_on", RuleRefusal.NO_SITE: "sites",
    RuleRefusal.UNKNOWN_SITE: "sites", RuleRefusal.UNKNOWN_EMPLOYER: "employer", RuleRefusal.UNKNOWN_OWNER: "owner",
    RuleRefusal.DAY: "effective_on", RuleRefusal.OLD: "old_wording", RuleRefusal.NEW: "new_wording",
    RuleRefusal.REASON: "reason", RuleRefusal.HABIT_SITE: "site", RuleRefusal.AGAIN: "why_again",
    RuleRefusal.WIDER: "scope", RuleRefusal.WITHOUT_YOU: "scope",
}  # fmt: skip


@dataclass(frozen=True)
class RuleFacts:
    """What is known about a rule. scope: for whom it holds, and so who sees the record."""

    title: str
    says: str
    barrier: Barrier
    owner_id: int | None = None
    department: str = ""
    source: str = ""
    source_url: str = ""
    legal_basis: LegalBasis = LegalBasis.UNKNOWN
    legal_words: str = ""
    reviewed_on: date | None = None
    scope: Audience = Audience.ORGANISATION
    employer_id: int | None = None  # with Audience.EMPLOYER
    site_ids: tuple[int, ...] = ()  # with Audience.SITE


@dataclass(frozen=True)
class NewVerdict:
    """How a rule ends. after: how many verdicts the giver has seen; why_again: needed where that is more than none."""

    kind: VerdictKind
    reason: str = ""
    effective_on: date | None = None
    old_wording: str = ""
    new_wording: str = ""
    legal_basis: LegalBasis | None = None
    site_id: int | None = None
    after: int = 0
    why_again: str = ""


def facts_refusal(facts: RuleFacts, today: date) -> RuleRefusal | None:
    """What is wrong with the facts themselves, whoever sends them."""
    checks = (
        (_outside(facts.title, TITLE_CHARS_MIN, TITLE_CHARS_MAX), RuleRefusal.TITLE),
        (_outside(facts.says, WORDING_CHARS_MIN, WORDING_CHARS_MAX), RuleRefusal.SAYS),
        (facts.legal_basis is LegalBasis.CONTRACT and not facts.legal_words.strip(), RuleRefusal.LEGAL_WORDS),
        (not is_address(facts.source_url), RuleRefusal.ADDRESS),
        (facts.reviewed_on is not None and facts.reviewed_on > today, RuleRefusal.REVIEW_AHEAD),
        (facts.scope is Audience.SITE and not facts.site_ids, RuleRefusal.NO_SITE),
    )
    return next((refusal for wrong, refusal in checks if wrong), None)


def verdict_refusal(verdict: NewVerdict) -> RuleRefusal | None:
    """What a verdict of its kind still needs."""
    kind, gone = verdict.kind, verdict.kind in (VerdictKind.KILLED, VerdictKind.CHANGED)
    old, new = len(verdict.old_wording.strip()), len(verdict.new_wording.strip())
    reason = len(verdict.reason.strip())
    checks = (
        (gone and verdict.effective_on is None, RuleRefusal.DAY),
        (gone and not WORDING_CHARS_MIN <= old <= WORDING_CHARS_MAX, RuleRefusal.OLD),
        ((kind is VerdictKind.CHANGED and new < WORDING_CHARS_MIN) or new > WORDING_CHARS_MAX, RuleRefusal.NEW),
        ((not gone and reason < REASON_CHARS_MIN) or reason > REASON_CHARS_MAX, RuleRefusal.REASON),
        (kind is VerdictKind.LOCAL_HABIT and verdict.site_id is None, RuleRefusal.HABIT_SITE),
        (verdict.after > 0 and len(verdict.why_again.strip()) < REASON_CHARS_MIN, RuleRefusal.AGAIN),
    )
    return next((refusal for wrong, refusal in checks if wrong), None)


def wider(scope: Audience, audience: Audience) -> bool:
    """True if more people would see a rule of this scope than an idea for this audience."""
    return WIDTH[scope] > WIDTH[audience]


def is_address(text: str) -> bool:
    """True for nothing, or for a whole address of the web without a name or password in it."""
    if not text:
        return True
    if len(text) > ADDRESS_CHARS_MAX or re.search(r"[\s\x00-\x1f<>\"\\^`{|}]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _outside(text: str, least: int, most: int) -> bool:
    return not least <= len(text.strip()) <= most
