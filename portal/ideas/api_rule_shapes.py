"""The shapes of rules in the interface."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from portal.ideas.rule_record_shown import RuleView, VerdictView, spoken
from portal.ideas.rule_record_words import (
    ADDRESS_CHARS_MAX,
    DEPARTMENT_CHARS_MAX,
    LEGAL_CHARS_MAX,
    REASON_CHARS_MAX,
    SOURCE_CHARS_MAX,
    TITLE_CHARS_MAX,
    TITLE_CHARS_MIN,
    WORDING_CHARS_MAX,
    WORDING_CHARS_MIN,
    LegalBasis,
    NewVerdict,
    RuleFacts,
    RuleState,
    VerdictKind,
)
from portal.ideas.words import Audience, Barrier
from portal.keys import KEY_MAX
from portal.web.api import Day, Line, Moment, Number, Sent, Shown, Words, whole
from portal.web.links import full

SITES_MAX = 500
SCOPE = "For whom it holds, which is also who sees it."
SEEN = "How many verdicts the caller has seen: `verdicts` of the rule."
Seen = Annotated[int, Field(ge=0, le=KEY_MAX, description=SEEN), BeforeValidator(whole)]


class RuleFactsSent(Sent):
    """What is known about a rule, whole."""

    title: Line = Field(min_length=TITLE_CHARS_MIN, max_length=TITLE_CHARS_MAX)
    says: Words = Field(min_length=WORDING_CHARS_MIN, max_length=WORDING_CHARS_MAX, description="What it says.")
    barrier: Barrier
    scope: Audience = Field(Audience.ORGANISATION, description=SCOPE)
    employer: Number | None = Field(None, description="With scope `employer`; null: one's own.")
    sites: list[Number] = Field([], max_length=SITES_MAX, description="With scope `site`: at least one.")
    owner: Number | None = Field(None, description="Somebody with the role of owner, executive or programme.")
    department: Line = Field("", max_length=DEPARTMENT_CHARS_MAX)
    source: Line = Field("", max_length=SOURCE_CHARS_MAX, description="Where it is written.")
    source_url: Line = Field("", max_length=ADDRESS_CHARS_MAX, description="An http or https address of it.")
    legal_basis: LegalBasis = LegalBasis.UNKNOWN
    legal_words: Line = Field("", max_length=LEGAL_CHARS_MAX, description="Needed with `contract`: which, with whom.")
    reviewed_on: Day | None = Field(None, description="The last review, not after today.")

    def facts(self) -> RuleFacts:
        """As the verb takes them."""
        return RuleFacts(
            title=self.title, says=self.says, barrier=self.barrier, owner_id=self.owner, department=self.department,
            source=self.source, source_url=self.source_url, legal_basis=self.legal_basis,
            legal_words=self.legal_words, reviewed_on=self.reviewed_on, scope=self.scope, employer_id=self.employer,
            site_ids=tuple(self.sites),
        )  # fmt: skip


class RuleFactsShown(Shown):
    """What is known about a rule, as it is sent."""

    title: str
    says: str
    barrier: Barrier
    scope: Audience
    employer: int | None
    sites: list[int]
    owner: int | None
    department: str
    source: str
    source_url: str
    legal_basis: LegalBasis
    legal_words: str
    reviewed_on: date | None


class JoinSent(Sent):
    """A rule that has a record."""

    rule: Number


class VerdictSent(Sent):
    """How a rule ends. Killed and changed need a day and the old wording, changed the new one; the others a reason."""

    kind: VerdictKind
    reason: Words = Field("", max_length=REASON_CHARS_MAX, description="20 characters or more unless it is gone.")
    effective_on: Day | None = None
    old_wording: Words = Field("", max_length=WORDING_CHARS_MAX, description="What held until then.")
    new_wording: Words = Field("", max_length=WORDING_CHARS_MAX, description="What may be said from then on.")
    legal_basis: LegalBasis | None = None
    site: Number | None = Field(None, description="Of a local habit.")
    after: Seen = 0
    why_again: Words = Field("", max_length=REASON_CHARS_MAX, description="Needed where there was a verdict.")

    def verdict(self) -> NewVerdict:
        """As the verb takes it."""
        return NewVerdict(
            self.kind, self.reason, self.effective_on, self.old_wording, self.new_wording, self.legal_basis,
            self.site, self.after, self.why_again,
        )  # fmt: skip


class RuleVerdictShown(Shown):
    """A verdict. number: 1 is the first on this rule."""

    number: int
    kind: VerdictKind
    by: str
    at: Moment
    effective_on: date | None
    old_wording: str
    new_wording: str
    reason: str
    legal_basis: LegalBasis | None
    site: str | None
    why_again: str


class RulePlaceShown(Shown):
    """A site or an employer."""

    number: int
    name: str


class SpokenShown(Shown):
    """What may be said now, as the page words it. before: what held, and `until` when."""

    until: str | None
    before: str | None
    when: str
    now: str
    why: str


class RuleRecordShown(Shown):
    """A rule with its last verdict. days_to_verdict: from the first idea that one may read."""

    number: int
    title: str
    says: str
    barrier: Barrier
    state: RuleState
    scope: Audience
    employer: RulePlaceShown | None
    sites: list[RulePlaceShown]
    owner: RulePlaceShown | None = Field(description="The person who owns it.")
    department: str
    source: str
    source_url: str
    legal_basis: LegalBasis
    legal_words: str
    reviewed_on: date | None
    named_at: Moment
    verdicts: int
    verdict: RuleVerdictShown | None
    say: SpokenShown
    days_to_verdict: int | None
    link: str


class FoundRules(Shown):
    """Rules that have the words, the best first."""

    rules: list[RuleRecordShown]


class NamingIdeaShown(Shown):
    """An idea that names a rule."""

    number: int
    title: str
    said_at: Moment


class ChangeShown(Shown):
    """A fact that was corrected. by: null where an author's name is not shown."""

    at: Moment
    by: str | None
    fact: str
    old: str
    new: str


class HistoryShown(Shown):
    """Verdicts and corrections, the newest first."""

    verdicts: list[RuleVerdictShown]
    changes: list[ChangeShown]


def rule_record(rule: RuleView, *, today: date) -> RuleRecordShown:
    """A rule as an answer."""
    words = spoken(rule, today=today)
    until, before = words.before or (None, None)
    employer = RulePlaceShown(number=rule.employer_id, name=rule.employer) if rule.employer_id else None
    return RuleRecordShown(
        number=rule.number, title=rule.title, says=rule.says, barrier=rule.barrier, state=rule.state,
        scope=rule.scope, employer=employer, sites=[RulePlaceShown(number=n, name=name) for n, name in rule.sites],
        owner=RulePlaceShown(number=rule.owner_id, name=rule.owner) if rule.owner_id else None,
        department=rule.department, source=rule.source, source_url=rule.source_url, legal_basis=rule.legal_basis,
        legal_words=rule.legal_words, reviewed_on=rule.reviewed_on, named_at=rule.named_at, verdicts=rule.verdicts,
        verdict=verdict_shown(rule.verdict) if rule.verdict else None, days_to_verdict=rule.days_to_verdict,
        say=SpokenShown(until=until, before=before, when=words.now[0], now=words.now[1], why=words.why),
        link=full(f"/rules/{rule.number}"),
    )  # fmt: skip


def verdict_shown(one: VerdictView) -> RuleVerdictShown:
    """A verdict as an answer."""
    return RuleVerdictShown(
        number=one.number, kind=one.kind, by=one.by, at=one.at, effective_on=one.effective_on,
        old_wording=one.old_wording, new_wording=one.new_wording, reason=one.reason, legal_basis=one.legal_basis,
        site=one.site or None, why_again=one.why_again,
    )  # fmt: skip
