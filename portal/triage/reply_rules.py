"""When somebody may give the first human reply to an idea, and what it must contain. Pure."""

from dataclasses import dataclass

from portal.errors import Conflict, Invalid, Refusal, Refused

REPLY_CHARS_MIN, REPLY_CHARS_MAX = 10, 1_000
WAITING_STAGES = frozenset({"open", "promoted"})  # the swarm or the executives still have it


class ReplyRefusal(Refusal):
    """Why a first reply is not taken. The value is the stable code."""

    OWN_IDEA = "own_idea", Refused, "You said this one yourself, so somebody else replies first."
    HIDDEN = "hidden", Conflict, "This idea is hidden by a moderator. Nobody replies to it meanwhile."
    MERGED = "merged", Conflict, "This idea has joined another one. Reply there."
    ALREADY_DECIDED = "already_decided", Conflict, "This idea has an answer already. It needs no first reply any more."
    ALREADY_REPLIED = (
        "already_replied", Conflict,
        "Somebody was faster: this idea has its first reply. You can add to it as a build.",
    )  # fmt: skip
    REPLY_TOO_SHORT = (
        "reply_too_short", Invalid,
        "Say in at least 10 characters what you can tell them. Everybody reads it.", "words",
    )  # fmt: skip
    REPLY_TOO_LONG = "reply_too_long", Invalid, "Keep the reply to 1,000 characters.", "words"
    FIX_NEEDS_A_DATE = "fix_needs_a_date", Invalid, "Say until when you fix it.", "due_on"


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What decides whether an idea still takes a first reply. decided: an executive has answered."""

    stage: str
    hidden: bool = False
    own: bool = False
    replied: bool = False
    decided: bool = False


def reply_refusal(facts: ReplyFacts) -> ReplyRefusal | None:
    """Why this person cannot give the first reply to this idea, or None."""
    if facts.own:
        return ReplyRefusal.OWN_IDEA
    if facts.stage == "merged":
        return ReplyRefusal.MERGED
    if facts.decided or facts.stage not in WAITING_STAGES:
        return ReplyRefusal.ALREADY_DECIDED
    if facts.hidden:
        return ReplyRefusal.HIDDEN
    return ReplyRefusal.ALREADY_REPLIED if facts.replied else None


def words_refusal(words: str, *, needed: bool) -> ReplyRefusal | None:
    """Why these are no words for a reply, or None. needed: leaving it to the swarm says enough without any."""
    length = len(words.strip())
    if length < REPLY_CHARS_MIN and (needed or length):
        return ReplyRefusal.REPLY_TOO_SHORT
    return ReplyRefusal.REPLY_TOO_LONG if length > REPLY_CHARS_MAX else None
