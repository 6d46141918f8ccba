"""What a locked day says, in a sentence for the story of an idea. Pure.

It never says that the change was the reason where there was nothing to compare with: then it says what came after it.
"""

from dataclasses import dataclass

from portal.impact.estimate_parts import Estimate
from portal.impact.estimate_words import Decision
from portal.impact.verdict_rules import Among
from portal.impact.words import VERDICT_DAY
from portal.metrics.words import number


@dataclass(frozen=True)
class Said:
    """An estimate with the words around it. compared: whether there were units without the change to compare with."""

    metric: str
    unit: str
    decimals: int
    estimate: Estimate
    day: int
    compared: bool


def sentence(said: Said, among: Among | None = None) -> str:
    """One or two sentences. among: how it stands among the changes of its quarter, where that is asked."""
    found = said.estimate
    if found.decision is Decision.TOO_EARLY or found.estimate is None:
        return f"Day {said.day}: too early to say. {found.reason}".strip()
    if found.decision is Decision.NO_VISIBLE_CHANGE:
        least = number(found.smallest_effect_seen_80pct or 0.0, said.decimals)
        return (
            f"Day {said.day}: no visible change in {said.metric}. "
            f"An effect smaller than {least} {said.unit} would not be visible."
        )
    if found.decision is Decision.WORSENED:
        return harm_sentence(said)
    lead = f"Day {said.day}: it worked." if said.compared else f"Day {said.day}: it got better after the change."
    if said.day == VERDICT_DAY and among is not None and not among.confirmed:
        lead = f"Day {said.day}: improved, not confirmed among {_changes(among.of)} measured this quarter."
    return f"{lead} {_moved(said)}"


def harm_sentence(said: Said) -> str:
    """The same for harm, said as plainly."""
    lead = "it made things worse." if said.compared else "it got worse after the change."
    return f"Day {said.day}: {lead} {_moved(said)}"


def _moved(said: Said) -> str:
    found = said.estimate
    assert found.estimate is not None
    low, high = sorted((abs(found.ci_low or 0.0), abs(found.ci_high or 0.0)))
    way = "higher" if found.estimate > 0 else "lower"
    where = "than at the sites without the change" if said.compared else "than before it, with nothing to compare with"
    amount = number(abs(found.estimate), said.decimals)
    ends = f"{number(low, said.decimals)} to {number(high, said.decimals)}"
    return f"{said.metric} is {amount} {said.unit} {way} {where} (range {ends})."


def _changes(count: int) -> str:
    return f"{count} changes" if count != 1 else "one change"
