"""The shapes of promises in the interface: what is sent, and what is shown."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from portal.commitments.delivery_rules import QUEUE_CHARS_MAX, QUEUES_MAX
from portal.commitments.lists import Full, Promise
from portal.commitments.rules import (
    EVIDENCE_CHARS_MAX,
    EVIDENCE_CHARS_MIN,
    REASON_CHARS_MAX,
    REASON_CHARS_MIN,
    UPDATE_CHARS_MAX,
    UPDATE_CHARS_MIN,
    CommitmentState,
    NewDelivery,
    Standing,
    Verb,
)
from portal.web.api import AskedNumber, Day, Line, Moment, Number, PageAsked, Sent, Shown, Words

SITES_MAX = 500


class PromisesAsked(PageAsked):
    """Which promises."""

    standing: Standing | None = Field(None, description="What was handed back is listed only where it is asked for.")
    mine: Annotated[bool, BeforeValidator(lambda text: {"true": True, "false": False}.get(text, text))] = Field(
        False, strict=True, description="Only what this person owns."
    )
    owner: AskedNumber | None = Field(None, description="Only what this colleague owns.")
    site: AskedNumber | None = Field(None, description="Only about what was said at this site.")


class ReasonSent(Sent):
    """Why. Everybody reads it."""

    reason: Words = Field(min_length=REASON_CHARS_MIN, max_length=REASON_CHARS_MAX)


class UpdateSent(Sent):
    """What moved."""

    body: Words = Field(min_length=UPDATE_CHARS_MIN, max_length=UPDATE_CHARS_MAX, description="Markdown.")


class DateSent(ReasonSent):
    """Another date, and why."""

    due_on: Day = Field(description="After today, within a year, and another one than now.")


class SiteDaySent(Sent):
    """A site that went live on a later day than the first one."""

    site: Number
    live_from: Day


class DeliverySent(Sent):
    """Since when, where, and what shows it."""

    live_from: Day = Field(description="The day from which customers notice; not after today.")
    sites: list[Number] = Field(min_length=1, max_length=SITES_MAX, description="Numbers of `GET /sites`.")
    evidence: Words = Field(min_length=EVIDENCE_CHARS_MIN, max_length=EVIDENCE_CHARS_MAX)
    site_days: list[SiteDaySent] = Field(
        default_factory=list, max_length=SITES_MAX, description="Of a roll-out in waves: sites that came later."
    )
    reasons: list[Annotated[Line, Field(min_length=1, max_length=QUEUE_CHARS_MAX)]] = Field(
        default_factory=list, max_length=QUEUES_MAX, description="The contact reasons it touches; none: all of them."
    )

    def delivery(self) -> NewDelivery:
        """What was sent, for the verb."""
        days = {one.site: one.live_from for one in self.site_days}
        return NewDelivery(self.live_from, tuple(dict.fromkeys(self.sites)), self.evidence, days,
                           tuple(dict.fromkeys(self.reasons)))  # fmt: skip


class PromiserShown(Shown):
    """Somebody with a part in a promise."""

    number: int
    name: str


class HolderShown(PromiserShown):
    """Its owner or its sponsor."""

    job_title: str


class NamedMetric(Shown):
    """The metric that is watched."""

    code: str
    name: str


class PromiseShown(Shown):
    """A promise. dates: every date ever named, the oldest first; the last one counts."""

    number: int
    idea: int
    title: str = Field(description="Of the idea.")
    sentence: str
    state: CommitmentState
    standing: Standing
    owner: HolderShown
    sponsor: HolderShown
    due_on: date
    dates: list[date]
    live_from: date | None
    metric: NamedMetric | None = Field(description="Null: not measurable, staff are asked.")
    people_waiting: int = Field(description="People who hit what it is about.")
    made_at: Moment
    updated_at: Moment | None
    accept_by: Moment | None = Field(description="Until when the owner says whether it is theirs; old ones: null.")
    nudges: int = Field(description="How often people who wait have nudged the owner.")


class NamedDateShown(Shown):
    """A date that was promised, and why it was named."""

    due_on: date
    by: PromiserShown
    at: Moment
    reason: str


class UpdateShown(Shown):
    """What moved, in Markdown."""

    by: PromiserShown
    at: Moment
    body: str


class HandBackShown(Shown):
    """The owner gave it back."""

    by: PromiserShown
    at: Moment
    reason: str


class SiteNamed(Shown):
    """A site that got the change."""

    number: int
    name: str


class SiteGotShown(SiteNamed):
    """A site that got the change. live_from: its own day; null: the delivery's."""

    live_from: date | None


class LookShown(Shown):
    """What a second person said: confirmed, or sent back with the reason."""

    by: PromiserShown
    at: Moment
    confirmed: bool
    reason: str


class DeliveryShown(Shown):
    """The owner says that it is done. look: null while nobody has looked."""

    by: PromiserShown
    at: Moment
    live_from: date
    evidence: str
    sites: list[SiteGotShown]
    reasons: list[str] = Field(description="The contact reasons it touches; none: every contact.")
    sites_without: list[SiteNamed] = Field(description="Those that did not get it: the comparison.")
    look: LookShown | None


class WorkStepShown(Shown):
    """One line of the owner's checklist."""

    number: int
    words: str
    done_at: Moment | None


class AskedShown(Shown):
    """A decision that is waited for, or help that is asked for."""

    by: PromiserShown
    at: Moment
    words: str


class FullPromiseShown(PromiseShown):
    """A promise with everything that was ever said about it, the oldest first."""

    say: str = Field(description="What was said.")
    said_by: str
    named_dates: list[NamedDateShown]
    updates: list[UpdateShown]
    deliveries: list[DeliveryShown]
    hand_back: HandBackShown | None
    steps: list[WorkStepShown] = Field(description="In order.")
    decision_needed: AskedShown | None = Field(description="What the owner waits for; null while there is nothing.")
    help_wanted: AskedShown | None = Field(description="Null while no help is asked for.")
    asked_to_help: bool = Field(description="This person was asked to help and has not said. Nobody else sees it.")
    helpers: list[str] = Field(description="Who joined in. Who was asked is shown to nobody.")
    may: list[Verb] = Field(description="What this person may do with it now.")


class StandsShown(Shown):
    """Where a promise stands after a step."""

    number: int
    idea: int
    state: CommitmentState
    due_on: date


Kind = Literal["owner", "sponsor"]


def promise_shown(promise: Promise) -> PromiseShown:
    """A promise in a list."""
    return PromiseShown(**_common(promise))


def full_shown(full: Full, may: list[Verb]) -> FullPromiseShown:
    """A promise on its own. may: what its reader could do with it."""
    row = full.promise.row
    return FullPromiseShown(
        **_common(full.promise), say=row.say, said_by=full.said_by,
        named_dates=[NamedDateShown(due_on=one.due_on, reason=one.reason, **_who(one)) for one in full.dates],
        updates=[UpdateShown(body=one.body, **_who(one)) for one in full.updates],
        deliveries=[_delivery(full, one) for one in full.deliveries],
        hand_back=HandBackShown(reason=full.hand_back.reason, **_who(full.hand_back)) if full.hand_back else None,
        steps=[WorkStepShown(number=one.id, words=one.words, done_at=one.done_at) for one in full.work.steps],
        decision_needed=_asked(full.work.need), help_wanted=_asked(full.work.call),
        asked_to_help=full.work.asked_me, helpers=list(full.work.helpers),
        may=may,
    )  # fmt: skip


def _common(promise: Promise) -> dict[str, Any]:
    row, course = promise.row, promise.course
    return {
        "number": row.id, "idea": row.idea_id, "title": row.title, "sentence": row.sentence, "state": row.state,
        "standing": promise.standing, "owner": _holder(row, "owner"), "sponsor": _holder(row, "sponsor"),
        "due_on": row.due_on, "dates": [named.due_on for named in course.dates], "live_from": course.live_from,
        "metric": NamedMetric(code=row.metric_code, name=row.metric) if row.metric_code else None,
        "people_waiting": row.n_support or 0, "made_at": row.made_at, "updated_at": row.updated_at,
        "accept_by": row.accept_by, "nudges": row.nudges,
    }  # fmt: skip


def _holder(row: Any, kind: Kind) -> HolderShown:
    number, name, title = (getattr(row, f"{kind}{part}") for part in ("_id", "", "_title"))
    return HolderShown(number=number, name=name, job_title=title)


def _delivery(full: Full, row: Any) -> DeliveryShown:
    sites = [
        SiteGotShown(number=site.id, name=site.name, live_from=site.own_day) for site in full.sites.get(row.id, ())
    ]
    without = [SiteNamed(number=site.id, name=site.name) for site in full.without.get(row.id, ())]
    look = None
    if row.looked_at is not None:
        looker = PromiserShown(number=row.looked_by_id, name=row.looked_by)
        look = LookShown(by=looker, at=row.looked_at, confirmed=row.confirmed, reason=row.reason)
    return DeliveryShown(
        live_from=row.live_from, evidence=row.evidence, sites=sites, reasons=json.loads(row.reasons),
        sites_without=without, look=look, **_who(row),
    )  # fmt: skip


def _asked(row: Any) -> AskedShown | None:
    return AskedShown(words=row.words, **_who(row)) if row is not None else None


def _who(row: Any) -> dict[str, Any]:
    return {"by": PromiserShown(number=row.by_id, name=row.by), "at": row.at}
