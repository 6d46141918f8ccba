"""Who may vote on what, and why not. Pure: small facts in, a named refusal or None out.

An idea takes votes while it is open or promoted: promotion is never taken back, and the executive sees
current evidence. Once somebody has answered (promised, done, declined) or the idea is withdrawn, votes
stand as they are and none can be given, changed or taken back; a declined idea takes *Ask again*, one that
is done *It's back*.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.errors import Conflict, DomainError, Invalid, Missing, Refusal, Refused

OPEN_STAGES = frozenset({"open", "promoted"})
STRONG_AT_ONCE = 5
SENTENCE_MIN = 3
SENTENCE_MAX = 600


class VoteKind(StrEnum):
    """A person's one decision on an idea."""

    SUPPORT = "support"
    STRONG = "strong"
    PASS = "pass"
    STOP = "stop"

    @property
    def words(self) -> str:
        """What staff press."""
        return _KIND_WORDS[self]


class StopReason(StrEnum):
    """Why somebody objects. (That an idea exists already is a hint to merge, not a stop.)"""

    UNSAFE = "unsafe"
    UNLAWFUL = "unlawful"
    TRIED = "tried"
    WRONG_FIX = "wrong_fix"
    MOVES_PAIN = "moves_pain"

    @property
    def words(self) -> str:
        """What staff choose."""
        return _REASON_WORDS[self]

    @property
    def needs_sentence(self) -> bool:
        """Harm and law go to the owner at once, who must be able to act on them."""
        return self in (StopReason.UNSAFE, StopReason.UNLAWFUL)


class VoteRefusal(Refusal):
    """Why a vote is not taken. The value is the stable code."""

    NO_TEAM = (
        "no_team", Refused,
        "Votes come from the teams. You can add a build, or answer it once it is carried to you.",
    )  # fmt: skip
    OUT_OF_SCOPE = "out_of_scope", Missing, "There is no such idea, or it is not yours to see."
    OWN_IDEA = "own_idea", Refused, "This idea is yours. Your colleagues decide whether it goes further."
    MERGED = "merged", Conflict, "This idea has joined another one. Its page says which: weigh in there."
    CLOSED = "closed", Conflict, "This idea takes no more votes. What was decided is on its page."
    TOO_MANY_STRONG = (
        "too_many_strong", Conflict,
        f"You have already offered to help with {STRONG_AT_ONCE} open ideas. Take one back first, or press "
        "Me too here.",
    )  # fmt: skip
    STOP_NEEDS_REASON = "stop_needs_reason", Invalid, "Choose why this idea should not go ahead.", "reason"
    STOP_NEEDS_SENTENCE = (
        "stop_needs_sentence", Invalid,
        "Say in a sentence what could go wrong. It goes to the people responsible at once.", "sentence",
    )  # fmt: skip
    SENTENCE_TOO_LONG = "sentence_too_long", Invalid, f"Please keep it to {SENTENCE_MAX} characters.", "sentence"
    NO_VOTE_TO_WITHDRAW = "no_vote_to_withdraw", Conflict, "You have no vote on this idea to take back."

    def as_error(self) -> DomainError:
        """The error to raise; outside its audience an idea does not exist."""
        return Missing("idea") if self is VoteRefusal.OUT_OF_SCOPE else super().as_error()


@dataclass(frozen=True, slots=True)
class VoterFacts:
    """The person who votes. Whoever has left is nobody who could ask.

    in_audience: whether the idea is shown to them. has_team: their votes count for a team.
    standing: their present vote on this idea.
    open_strong: their strong votes on ideas that still take votes, this idea included.
    """

    person_id: int
    in_audience: bool = True
    has_team: bool = True
    open_strong: int = 0
    standing: VoteKind | None = None


@dataclass(frozen=True, slots=True)
class IdeaFacts:
    """The idea. author_id None: no author is stored, so it is nobody's own.

    stage: open, promoted, promised, done, declined, withdrawn or merged.
    """

    author_id: int | None
    stage: str = "open"


@dataclass(frozen=True, slots=True)
class WantedVote:
    """What the person asks for. kind None takes their vote back; reason and sentence are for a stop only."""

    kind: VoteKind | None
    reason: StopReason | None = None
    sentence: str = ""


def vote_refusal(voter: VoterFacts, idea: IdeaFacts, wanted: WantedVote, now: datetime) -> VoteRefusal | None:
    """Why this vote cannot be taken, or None. Giving the same vote again is not refused.

    now: the moment of the vote; as the rules stand none of them depends on it.
    """
    if not voter.in_audience:
        return VoteRefusal.OUT_OF_SCOPE
    if idea.author_id is not None and idea.author_id == voter.person_id:
        return VoteRefusal.OWN_IDEA
    if not voter.has_team:
        return VoteRefusal.NO_TEAM
    if idea.stage == "merged":
        return VoteRefusal.MERGED
    if idea.stage not in OPEN_STAGES:
        return VoteRefusal.CLOSED
    if wanted.kind is None:
        return None if voter.standing else VoteRefusal.NO_VOTE_TO_WITHDRAW
    if wanted.kind is VoteKind.STRONG:
        return _strong_refusal(voter)
    return _stop_refusal(wanted) if wanted.kind is VoteKind.STOP else None


def _strong_refusal(voter: VoterFacts) -> VoteRefusal | None:
    already = voter.standing is VoteKind.STRONG
    return None if already or voter.open_strong < STRONG_AT_ONCE else VoteRefusal.TOO_MANY_STRONG


def _stop_refusal(wanted: WantedVote) -> VoteRefusal | None:
    length = len(wanted.sentence.strip())
    if wanted.reason is None:
        return VoteRefusal.STOP_NEEDS_REASON
    if wanted.reason.needs_sentence and length < SENTENCE_MIN:
        return VoteRefusal.STOP_NEEDS_SENTENCE
    return VoteRefusal.SENTENCE_TOO_LONG if length > SENTENCE_MAX else None


_KIND_WORDS = {
    VoteKind.SUPPORT: "Me too",
    VoteKind.STRONG: "I would help to try it",
    VoteKind.PASS: "Not me",
    VoteKind.STOP: "Stop signal",
}

_REASON_WORDS = {
    StopReason.UNSAFE: "It could harm a customer or a colleague",
    StopReason.UNLAWFUL: "It could break a law",
    StopReason.TRIED: "We tried it and it did not work",
    StopReason.WRONG_FIX: "Right problem, wrong fix",
    StopReason.MOVES_PAIN: "It only moves the pain to somebody else",
}
