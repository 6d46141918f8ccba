"""What can be suggested for a plan: a metric for what stands in the way, and what guards it. Pure.

Codes are those of the starter set (`metrics.starter`); an organisation that measures under other codes chooses itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.ideas.words import Barrier
from portal.impact.plan_rules import GUARDRAILS_MAX

EFFECT_SHARE, HARM_SHARE = 0.05, 0.02  # of the level: where nothing better is known
OFTEN = 0.10  # of what was noted: a contact reason that is rarer is not suggested

# What usually moves first where this stands between a customer and a yes.
BY_BARRIER: Mapping[Barrier, tuple[str, ...]] = {
    Barrier.SYSTEMS: ("first_contact_resolution", "repeat_contacts_7d"),
    Barrier.TECHNOLOGY: ("first_contact_resolution", "repeat_contacts_7d"),
    Barrier.PROCESSES: ("repeat_contacts_7d", "first_contact_resolution"),
    Barrier.PROCEDURES: ("repeat_contacts_7d", "first_contact_resolution"),
    Barrier.POLICIES: ("csat", "first_contact_resolution", "complaints"),
    Barrier.HIRING: ("agent_attrition", "csat"),
    Barrier.TRAINING: ("first_contact_resolution", "transfers"),
    Barrier.KNOWLEDGE: ("first_contact_resolution", "transfers"),
    Barrier.MANAGEMENT: ("morale_pulse", "agent_attrition"),
    Barrier.GOALS: ("csat", "repeat_contacts_7d"),
    Barrier.OBJECTIVES: ("csat", "repeat_contacts_7d"),
    Barrier.QUALITY_ASSURANCE: ("csat", "customer_effort"),
    Barrier.MEASUREMENTS: ("csat", "customer_effort"),
    Barrier.FORECASTING: ("complaints", "csat"),
    Barrier.SCHEDULING: ("morale_pulse", "agent_attrition"),
}
USUAL = ("csat", "first_contact_resolution", "repeat_contacts_7d")
# Where a metric can get better at the cost of another one, that one guards it.
BY_METRIC: Mapping[str, tuple[str, ...]] = {
    "handle_time": ("csat", "first_contact_resolution", "repeat_contacts_7d", "transfers"),
    "csat": ("repeat_contacts_7d", "complaints"),
    "nps": ("repeat_contacts_7d", "complaints"),
    "customer_effort": ("repeat_contacts_7d", "transfers"),
    "first_contact_resolution": ("csat", "transfers"),
    "repeat_contacts_7d": ("csat", "transfers"),
    "transfers": ("first_contact_resolution", "csat", "repeat_contacts_7d"),
    "churn_90d": ("csat", "complaints"),
    "complaints": ("csat", "repeat_contacts_7d"),
    "agent_attrition": ("csat", "repeat_contacts_7d"),
    "morale_pulse": ("csat", "repeat_contacts_7d"),
}
OF_THE_PEOPLE = ("agent_attrition", "morale_pulse")  # whatever is changed must not be paid for by those who work


@dataclass(frozen=True)
class Touched:
    """A contact reason that people named. noted: its share of what was noted; contacts: of all contacts, if known."""

    reason: str
    noted: float
    contacts: float | None = None


def metric_for(barrier: Barrier | None, known: Iterable[str]) -> str | None:
    """The code of the metric that fits what stands in the way, among those that have values; None where none does."""
    codes = list(known)
    wanted = (*(BY_BARRIER[barrier] if barrier else ()), *USUAL, *codes)
    return next((code for code in wanted if code in codes), None)


def guards_for(metric: str, known: Iterable[str]) -> list[str]:
    """The codes of what must not get worse, at most four: first what the metric is traded against, then people."""
    codes = [code for code in known if code != metric]
    wanted = (*BY_METRIC.get(metric, ()), *OF_THE_PEOPLE, *USUAL, *codes)
    return [code for code in dict.fromkeys(wanted) if code in codes][:GUARDRAILS_MAX]


def touched(times: Mapping[str, int], total: int, shares: Mapping[str, float]) -> list[Touched]:
    """The reasons that people named most, with shares. times: how often; shares: queue → share of all contacts."""
    of_all = {reason.casefold(): share for reason, share in shares.items()}
    ranked = sorted(times.items(), key=lambda one: (-one[1], one[0]))
    return [Touched(reason, count / total, of_all.get(reason.casefold())) for reason, count in ranked if total]


def named_often(found: Sequence[Touched]) -> tuple[str, ...]:
    """Those that are suggested: a tenth of what was noted, and measured as a queue of their own."""
    return tuple(one.reason for one in found if one.noted >= OFTEN and one.contacts is not None)


def rounded(value: float, decimals: int) -> float:
    """A suggestion with no more decimals than the metric is shown with, and never nought."""
    size = abs(value)
    return round(size, decimals) or round(size, decimals + 2) or 10.0**-decimals
