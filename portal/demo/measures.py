"""What is measured each week at each site, value before time, and what delivered ideas did to it. Pure."""

from portal.demo.shapes import Effect, Metric

WEEKS = 39


def _at(leeds: float, belfast: float, manila: float, durban: float) -> tuple[tuple[str, float], ...]:
    return (("leeds", leeds), ("belfast", belfast), ("manila", manila), ("durban", durban))


METRICS = (
    Metric(
        "repeat_contacts_7d", "Repeat contacts within 7 days", "per 100 contacts", "down", 1, "rate",
        _at(21.6, 20.4, 23.1, 22.3), noise=0.55, trend=-0.01, answered=1.0,
        effects=(Effect("details-travel", ("leeds", "belfast"), -2.7),),
        note="The same customer, about the same thing, by any channel. Fewer means sorted the first time.",
    ),
    Metric(
        "first_contact_resolution", "Sorted at the first contact", "% of contacts", "up", 1, "rate",
        _at(68.4, 69.7, 66.2, 65.1), noise=0.9, trend=0.01, answered=0.9,
        effects=(Effect("search-in-plain-words", ("leeds", "belfast", "manila", "durban"), 0.0),),
        note="Counted when nobody had to come back, pass it on or ring the customer again within 7 days.",
    ),
    Metric(
        "customer_effort", "Customer effort", "score, 1 easy to 7 hard", "down", 2, "mean",
        _at(3.62, 3.54, 3.71, 3.78), noise=0.08, trend=0.0, answered=0.04,
        effects=(Effect("engineer-has-a-name", ("leeds", "belfast"), -0.44),),
        note="One question to one customer in twenty-five, never twice in 60 days.",
    ),
    Metric(
        "csat", "Customer satisfaction", "score, 1 to 5", "up", 2, "mean",
        _at(3.88, 3.93, 3.84, 3.81), noise=0.05, trend=0.001, answered=0.06,
        effects=(Effect("name-three-times", ("leeds", "manila"), 0.17),),
        note="Asked about the whole matter, so it also scores engineers, letters and rules.",
    ),
    Metric(
        "transfers", "Transfers", "per 100 contacts", "down", 1, "rate",
        _at(14.2, 13.5, 15.8, 15.1), noise=0.45, trend=0.0, answered=1.0,
        effects=(
            Effect("yeah-course", ("leeds", "belfast", "manila"), -1.9),
            Effect("seven-option-menu", ("durban",), 3.1),
        ),
        note="Each one is a customer starting again. Asking a supervisor counts.",
    ),
    Metric(
        "complaints", "Complaints", "per 1,000 customers", "down", 2, "rate",
        _at(6.1, 5.8, 6.4, 6.6), noise=0.24, trend=0.004, answered=1.0,
        effects=(Effect("original-certificate", ("leeds", "belfast"), -0.95),),
        note="Everything a customer would call a complaint, whichever box it was put in.",
    ),
    Metric(
        "churn_90d", "Customers who leave within 90 days of a contact", "per 100 customers", "down", 2,
        "rate",
        _at(4.7, 4.5, 5.0, 5.1), noise=0.16, trend=0.003, answered=1.0,
        effects=(Effect("with-what-internet", ("leeds", "belfast", "manila"), -0.5),),
        note="Slow by nature: the newest weeks are estimates until 90 days have passed.",
    ),
    Metric(
        "agent_attrition", "Colleagues who leave", "% of the site a month", "down", 2, "rate",
        _at(2.6, 2.4, 4.7, 4.3), noise=0.22, trend=0.0, answered=0.01,
        effects=(Effect("breaks-that-wander", ("manila", "durban"), -0.85),),
        note="Four-week average. Customers notice this one before any dashboard does.",
    ),
    Metric(
        "handle_time", "Handle time", "seconds a contact", "down", 0, "mean",
        _at(412, 405, 438, 427), noise=7.0, trend=0.1, answered=1.0,
        note="Last on purpose. Measure what the contact was worth, not how long it took: a shorter call that "
        "brings the customer back tomorrow is the most expensive kind. Good for planning, never as a target.",
    ),
)  # fmt: skip
