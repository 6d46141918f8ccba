"""What is filled in before an executive has typed anything, so that an answer takes a glance. Pure."""

import re
from enum import StrEnum

from portal.errors import Invalid, Refusal
from portal.ideas.words import Kind
from portal.triage.rules import DeclineReason

GAP = re.compile(r"\[[^\]]*\]")  # what only the executive can say
SENTENCES = {
    DeclineReason.LAW_OR_SAFETY: "We are not doing this: the law or somebody’s safety needs it as it is. It is "
    "[which law, or what could happen].",
    DeclineReason.COSTS_MORE_THAN_IT_SAVES: "We are not doing this: it would cost more than it saves. It takes [the "
    "sum a year], and what it saves is about [the sum a year].",
    DeclineReason.ALREADY_BEING_DONE: "This is being done already, so there is nothing new to promise. It comes by "
    "[when], and you can follow it at [where].",
    DeclineReason.TRAINS_AROUND_THE_PROBLEM: "We are not doing this: it would train people around the problem instead "
    "of fixing it. The cause is [what], and we go for that.",
    DeclineReason.NOT_NOW: "Not now: [what comes first] has to be finished before this. We look at it again on the "
    "day named here.",
    DeclineReason.DUPLICATE: "This is the same as number [number], which has its answer already. Your voice counts "
    "there.",
}
TITLE_MAX = 300


class GapRefusal(Refusal):
    """A prepared sentence was sent as it was."""

    GAP_LEFT = "gap_left", Invalid, "Fill in what stands in square brackets, so that the reason is yours.", "sentence"


class Why(StrEnum):
    """What speaks for somebody as the owner of a promise."""

    RULE = "rule"
    BARRIER = "barrier"
    SITE = "site"
    YOURSELF = "yourself"


def promise_draft(kind: Kind, title: str) -> str:
    """A promise in the words of the idea, to be sent as it is or said better."""
    words = title.strip().rstrip(".!?…")[:TITLE_MAX]
    return f"We will end this: “{words}”." if kind is Kind.STUPID_RULE else f"We will do this: “{words}”."


def gap_refusal(sentence: str) -> GapRefusal | None:
    """Why a sentence is not finished, or None: a gap of a prepared one is still open."""
    gaps = {gap for prepared in SENTENCES.values() for gap in GAP.findall(prepared)}
    return GapRefusal.GAP_LEFT if any(gap in sentence for gap in gaps) else None


def suggested_because(*, owns_rule: bool, promises: int, here: bool, yourself: bool) -> Why | None:
    """The strongest of what speaks for somebody, or None."""
    if owns_rule:
        return Why.RULE
    if promises:
        return Why.BARRIER
    if yourself:
        return Why.YOURSELF
    return Why.SITE if here else None


def because_words(why: Why | None, *, rule: str, promises: int, barrier: str) -> str:
    """Why somebody is filled in, as the executive reads it."""
    if why is Why.RULE:
        return f"Suggested: owns the rule “{rule}”."
    if why is Why.BARRIER:
        times = "one promise" if promises == 1 else f"{promises} promises"
        return f"Suggested: has lately owned {times} about {barrier.lower()}."
    if why is Why.SITE:
        return "Suggested: works at the site this is about."
    return "Nobody stands out, so it is yours until you name somebody." if why is Why.YOURSELF else ""
