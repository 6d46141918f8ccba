"""The page before a shift, in words. Pages and the interface show the same."""

from typing import Any

from portal.commitments.wording import LOOKS
from portal.frontline.brief_queries import Brief
from portal.frontline.calendar_wording import DO_NOT, NO_SCORES, at_length, what_you_hear
from portal.ideas.words import Stage

STAGES = {
    Stage.OPEN: (Stage.OPEN.label, "", None),
    Stage.PROMOTED: (Stage.PROMOTED.label, "honey", "rise"),
    Stage.PROMISED: (Stage.PROMISED.label, "blue", "flag"),
}


def hear(brief: Brief) -> list[str]:
    """What to expect, sentence by sentence."""
    slot = brief.slot
    return [line for line in what_you_hear(slot.channel, slot.busy, queue=slot.queue, language=slot.language) if line]


def brief_page(brief: Brief) -> dict[str, Any]:
    """Everything that the template shows."""
    slot = brief.slot
    return {
        "slot": slot, "when": at_length(slot.starts_at, slot.ends_at, slot.zone), "hear": hear(brief),
        "ideas": [(idea, *STAGES[idea.stage]) for idea in brief.ideas],
        "of_queue": all(idea.of_queue for idea in brief.ideas),
        "promised": [(one, LOOKS[one.standing]) for one in brief.promised],
        "do_not": DO_NOT, "no_scores": NO_SCORES, "here": "shifts",
    }  # fmt: skip
