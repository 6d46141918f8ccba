"""The shapes of answering in the interface."""

from datetime import date

from pydantic import Field

from portal.commitments.rules import SENTENCE_CHARS_MAX, SENTENCE_CHARS_MIN
from portal.ideas.words import Barrier, Kind, Stage
from portal.swarm.alarm_rules import AlarmKind
from portal.swarm.rules import StopReason
from portal.triage.models import DecisionKind
from portal.triage.rules import DECLINE_CHARS_MAX, DECLINE_CHARS_MIN, WOULD_CHANGE_CHARS_MAX, DeclineReason
from portal.web.api import Day, Line, Moment, Number, Sent, Shown, Words


class WaitingShown(Shown):
    """A promoted idea that waits. people: who hit it."""

    number: int
    title: str
    people: int
    promoted_at: Moment
    answer_due: date
    answerer: str | None
    late: bool
    carried: bool = Field(description="A representative put it here outside the quorum: it did not pass the line.")


class VoiceHeard(Shown):
    """What a representative says about an idea. by: their name, and for which place they speak."""

    words: str
    by: str


class StopShown(Shown):
    """Why somebody objects."""

    reason: StopReason
    sentence: str


class HardStopShown(Shown):
    """Somebody says that it could do harm or break a law."""

    number: int
    reason: StopReason
    sentence: str


class AlikeShown(Shown):
    """Another idea that says nearly the same. likeness: 0 to 1."""

    number: int
    title: str
    likeness: float


class AlarmNoted(Shown):
    """Something remarkable about the support."""

    kind: AlarmKind
    words: str
    facts: str


class DeciderShown(Shown):
    """Who answered."""

    number: int
    name: str


class DecisionShown(Shown):
    """An answer to an idea. A promise is told in full under its own number."""

    number: int
    idea: int
    kind: DecisionKind
    by: DeciderShown
    at: Moment
    sentence: str = Field(description="What is promised, or why not.")
    reason: DeclineReason | None
    would_change: str
    look_again_on: date | None
    commitment: int | None
    stands: bool = Field(description="False once another answer replaced it or the promise was handed back.")


class BriefShown(Shown):
    """What an executive reads before answering. people, teams, sites: who hit it; decided: everybody who answered."""

    number: int
    kind: Kind
    barrier: Barrier
    stage: Stage
    title: str
    say: str
    said_by: str
    said_at: Moment
    promoted_at: Moment
    answer_due: date
    answerer: str | None
    late: bool
    people: int
    teams: int
    sites: int
    sites_in_all: int
    decided: int
    open_stops: int
    evidence: float
    line: float
    asked_again_at: Moment | None = Field(description="When enough new voices brought it back after a no.")
    cost: str | None = Field(description="How often it was noted lately and what that costs; null where it was not.")
    stops: list[StopShown] = Field(description="The newest sentences of those who object, at most three.")
    unanswered_stops: int
    hard_stops: list[HardStopShown] = Field(description="Harm or law, answered by nobody: they hold a promise up.")
    colleague: str | None = Field(description="The newest colleague who builds on it; a name only where it is shown.")
    alike: list[AlikeShown] = Field(description="What it could join, the likest first, as the worker found it.")
    question: int | None = Field(description="The number of what was asked back, in `GET /questions/{number}`.")
    carried: VoiceHeard | None = Field(description="Who put it here outside the quorum, and why; null otherwise.")
    voices: list[VoiceHeard] = Field(description="What representatives add, at most ten.")
    contested: bool = Field(description="Objections come from several teams and weigh a quarter of the support.")
    alarms: list[AlarmNoted] = Field(description="What is remarkable about the support; it forbids nothing.")
    answer: DecisionShown | None = Field(description="The answer that stands.")


class OwnerShown(Shown):
    """Somebody who can be given a promise."""

    number: int
    name: str
    job_title: str


class CommitmentSent(Sent):
    """A promise: who does what until when, and what will show it."""

    promise: Words = Field(min_length=SENTENCE_CHARS_MIN, max_length=SENTENCE_CHARS_MAX)
    owner: Number = Field(description="One of `GET /owners`.")
    due_on: Day = Field(description="After today, within a year.")
    metric: Line | None = Field(None, max_length=60, description="A code of `GET /metrics`; null: staff are asked.")
    accepted_stops: list[Number] = Field(
        [], max_length=50, description="Numbers of `hard_stops` that were read and are accepted in public."
    )


class DeclineSent(Sent):
    """A no, with its reason, in words that everybody who backed it reads."""

    reason: DeclineReason
    sentence: Words = Field(min_length=DECLINE_CHARS_MIN, max_length=DECLINE_CHARS_MAX)
    would_change: Words = Field("", max_length=WOULD_CHANGE_CHARS_MAX, description="What would change our mind.")
    look_again_on: Day | None = Field(None, description="Needed for `not_now`; after today, within two years.")
