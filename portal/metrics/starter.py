"""A first set of metrics that fits most contact centres. Pure.

Value before time: what a customer got out of a contact stands first, how long it took stands last.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """A metric before it is stored. direction: "up" or "down" is better. survey_note: who is asked how often."""

    code: str
    name: str
    unit: str
    direction: str
    decimals: int
    note: str
    kind: str = "rate"
    cadence: str = "day"
    survey_note: str = ""


ONCE_A_QUARTER = "Nobody is asked more than once a quarter"

STARTER = (
    Definition("csat", "Customer satisfaction", "score, 1 to 5", "up", 2,
               "One question after the contact, to a sample. It scores the whole matter, not the person who answered.",
               "mean", "day", ONCE_A_QUARTER),
    Definition("nps", "Would recommend us", "points, −100 to 100", "up", 0,
               "Promoters less detractors. Slow, and moved by prices and news: look at it over quarters.",
               "mean", "week", ONCE_A_QUARTER),
    Definition("first_contact_resolution", "Sorted at the first contact", "% of contacts", "up", 1,
               "The customer did not have to come back about the same thing within 7 days."),
    Definition("repeat_contacts_7d", "Repeat contacts within 7 days", "per 100 contacts", "down", 1,
               "The same customer about the same thing, by any channel. The first sign that a rule is in the way."),
    Definition("transfers", "Transfers", "per 100 contacts", "down", 1,
               "Passed on to another person or queue, asking a supervisor included."),
    Definition("customer_effort", "Customer effort", "score, 1 easy to 7 hard", "down", 2,
               "“How hard was it to get this sorted?” Ask few, and nobody twice in a quarter.",
               "mean", "day", ONCE_A_QUARTER),
    Definition("churn_90d", "Customers who leave within 90 days of a contact", "per 100 customers", "down", 2,
               "Known only after 90 days: report a week when it is complete.",
               "rate", "week"),
    Definition("complaints", "Complaints", "per 1,000 customers", "down", 2,
               "Whatever the customer would call a complaint, however it was filed.",
               "rate", "week"),
    Definition("agent_attrition", "Colleagues who leave", "% of the site a month", "down", 2,
               "People who stop saying no all day stay longer. Report the last four weeks together.",
               "rate", "month"),
    Definition("morale_pulse", "Morale pulse", "score, 1 to 5", "up", 2,
               "One question a fortnight: “I could do right by my customers this week.” Groups of ten or more only.",
               "mean", "week", "Every colleague is asked once a fortnight"),
    Definition("handle_time", "Handle time", "seconds a contact", "down", 0,
               "Last on purpose: useful to plan shifts, harmful as a goal. A contact cut short comes back as a repeat, "
               "and that costs more than the seconds saved.", "mean"),
)  # fmt: skip
