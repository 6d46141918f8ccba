"""Which idea may join which other one, until when that can be undone, and why not. Pure.

Joining moves votes and words to another text, so it must neither show them to more people than they were said to nor
take them from anybody; what has been promised or answered stays where it was promised.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.errors import Conflict, Gone, Invalid, Refusal
from portal.ideas.rules import WIDTH
from portal.ideas.words import Audience, Stage

UNMERGE_DAYS = 30
UNMERGE_TIME = timedelta(days=UNMERGE_DAYS)
TOLD_AFTER = timedelta(minutes=10)  # what is taken apart before, nobody ever hears of
REASON_MAX = 300
MERGES_FROM = frozenset({Stage.OPEN, Stage.PROMOTED})
TAKES_MERGES = MERGES_FROM | {Stage.PROMISED}


class MergeRefusal(Refusal):
    """Why an idea does not join another one. The value is the stable code."""

    SELF = "same_idea", Invalid, "An idea cannot join itself. Give the number of the other one."
    NOT_VISIBLE = "not_visible", Invalid, "There is no such idea, or it is not yours to see."
    ALREADY_MERGED = "already_merged", Conflict, "This idea has already joined another one."
    JOINED_THIS = "joined_this", Conflict, "That idea has itself joined this one."
    HAS_COMMITMENT = "has_commitment", Conflict, "A promise was made for this idea, so it stays. Merge the other one."
    DECLINED = "already_decided", Conflict, "This idea was answered, so it stays where everybody can read the answer."
    WITHDRAWN = "idea_withdrawn", Conflict, "This idea was taken back."
    HIDDEN = "idea_hidden", Conflict, "This idea is hidden by a moderator at the moment."
    TARGET_WITHDRAWN = "target_withdrawn", Conflict, "That idea was taken back."
    TARGET_HIDDEN = "target_hidden", Conflict, "That idea is hidden by a moderator at the moment."
    TARGET_DECLINED = "target_declined", Conflict, "We said no to that idea. This one deserves its own answer."
    TARGET_DONE = "target_done", Conflict, "That idea is done. If the trouble is back, say so on its page."
    WIDER_AUDIENCE = "wider_audience", Conflict, "More people may read that idea than this one was said to."
    NARROWER_AUDIENCE = "narrower_audience", Conflict, "Not everybody who may read this idea may read that one."
    LOSES_PROMOTION = (
        "loses_promotion", Conflict,
        "This idea has passed the swarm line, and that one would not. Merge that one into this one.",
    )  # fmt: skip
    CHANGED = "changed_meanwhile", Conflict, "One of the two has moved on meanwhile. Look again."


class UnmergeRefusal(Refusal):
    """Why an idea stays with the one that it joined."""

    NOT_MERGED = "not_merged", Conflict, "This idea has not joined another one."
    TOO_LATE = "unmerge_over", Gone, f"Ideas can be taken apart for {UNMERGE_DAYS} days. This is longer ago."
    MERGED_FURTHER = (
        "merged_further",
        Conflict,
        "The idea it joined has itself joined another one. Take that apart first.",
    )
    DECIDED_SINCE = "decided_since", Conflict, "The idea it joined was answered since, for everybody who asked."
    CHANGED = "changed_meanwhile", Conflict, "One of the two has moved on meanwhile. Look again."


@dataclass(frozen=True, slots=True)
class Mergeable:
    """What the rules know of an idea. merged_into: the number of the idea that it has joined."""

    number: int
    stage: Stage
    hidden: bool = False
    audience: Audience = Audience.ORGANISATION
    employer_id: int | None = None
    site_id: int | None = None
    merged_into: int | None = None

    @property
    def readers(self) -> tuple[Audience, int | None]:
        """Who may read it: the audience, and of which employer or site."""
        whose = {Audience.EMPLOYER: self.employer_id, Audience.SITE: self.site_id}
        return self.audience, whose.get(self.audience)


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that stands. into_stage: of the other idea when it was merged, and into_stage_now."""

    at: datetime
    into_id: int
    merged_into_now: int
    into_stage: Stage
    into_stage_now: Stage


def merge_refusal(one: Mergeable, into: Mergeable) -> MergeRefusal | None:
    """Why `one` cannot join `into`, or None. `into` is where a chain of merges ends."""
    if into.number == one.number:
        return MergeRefusal.JOINED_THIS
    return _leaving_refusal(one) or _target_refusal(into) or _readers_refusal(one, into)


def unmerge_refusal(merged: Merged, now: datetime) -> UnmergeRefusal | None:
    """Why a merge cannot be undone, or None."""
    if now > merged.at + UNMERGE_TIME:
        return UnmergeRefusal.TOO_LATE
    if merged.merged_into_now != merged.into_id:
        return UnmergeRefusal.MERGED_FURTHER
    if merged.into_stage_now not in MERGES_FROM and merged.into_stage_now is not merged.into_stage:
        return UnmergeRefusal.DECIDED_SINCE
    return None


def _leaving_refusal(one: Mergeable) -> MergeRefusal | None:
    if one.stage is Stage.MERGED:
        return MergeRefusal.ALREADY_MERGED
    if one.stage is Stage.WITHDRAWN:
        return MergeRefusal.WITHDRAWN
    if one.stage is Stage.DECLINED:
        return MergeRefusal.DECLINED
    if one.stage not in MERGES_FROM:
        return MergeRefusal.HAS_COMMITMENT
    return MergeRefusal.HIDDEN if one.hidden else None


def _target_refusal(into: Mergeable) -> MergeRefusal | None:
    if into.stage is Stage.MERGED:
        return MergeRefusal.CHANGED
    if into.stage is Stage.WITHDRAWN:
        return MergeRefusal.TARGET_WITHDRAWN
    if into.stage is Stage.DECLINED:
        return MergeRefusal.TARGET_DECLINED
    if into.stage not in TAKES_MERGES:
        return MergeRefusal.TARGET_DONE
    return MergeRefusal.TARGET_HIDDEN if into.hidden else None


def _readers_refusal(one: Mergeable, into: Mergeable) -> MergeRefusal | None:
    if one.readers == into.readers:
        return None
    wider = WIDTH[into.audience] > WIDTH[one.audience]
    return MergeRefusal.WIDER_AUDIENCE if wider else MergeRefusal.NARROWER_AUDIENCE
