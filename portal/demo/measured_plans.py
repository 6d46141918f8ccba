"""What some of the demo's promises are measured by, and what else happened in these months. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Planned:
    """A plan. expected: in the metric's unit, in the good direction. rails: (metric, how much worse would be harm).

    run_cost: pounds a year. back_because: why it was taken back, where it was. cleared: what the reviewer says of every
    flag; "" while nobody has looked.
    """

    idea: str
    expected: float
    expected_low: float
    rails: tuple[tuple[str, float], ...]
    run_cost: int = 0
    back_because: str = ""
    cleared: str = ""


@dataclass(frozen=True)
class Valued:
    """What one unit of a metric is worth for each contact, in pence, and on what that rests."""

    metric: str
    pence: int
    basis: str


@dataclass(frozen=True)
class Note:
    """Something else that happened. site: None for everywhere; metric: None for every one."""

    kind: str
    days_ago: int
    lasted: int
    words: str
    site: str | None = None
    metric: str | None = None


PLANS = (
    Planned(
        "details-travel",
        2.0,
        1.0,
        (("handle_time", 15.0), ("customer_effort", 0.15), ("transfers", 1.0)),
        18_000,
        cleared="The other changes of these weeks touched menus and searches. Repeat contacts about them did not move.",
    ),
    Planned("search-in-plain-words", 1.5, 0.5, (("handle_time", 15.0), ("repeat_contacts_7d", 1.0)), 6_000),
    Planned(
        "seven-option-menu",
        1.0,
        0.5,
        (("customer_effort", 0.15), ("repeat_contacts_7d", 1.0)),
        4_000,
        back_because="Customers chose the wrong option and were passed on more often than before.",
    ),
    Planned("name-three-times", 0.12, 0.05, (("handle_time", 15.0), ("transfers", 1.0))),
    Planned("engineer-has-a-name", 0.3, 0.1, (("complaints", 0.6), ("repeat_contacts_7d", 1.0)), 9_000),
    Planned("comfort-other", 0.5, 0.2, (("handle_time", 20.0), ("csat", 0.1))),
)
VALUES = (
    Valued("repeat_contacts_7d", 4, "£4.10 for each contact that comes again, by the cost of a contact in 2026."),
    Valued("transfers", 3, "£3.20 for each transfer: the second adviser's time, and the customer's own not counted."),
    Valued("first_contact_resolution", 4, "£4.10 for each contact that is not needed a second time."),
)
VALUE_OWNER = "dev"
NOTES = (
    Note("outage", 181, 2, "Broadband fault in the north, calls doubled for two days.", site="leeds"),
    Note("campaign", 138, 12, "Spring offer by mail to every customer."),
    Note("holiday", 63, 0, "Heritage Day, half the desks were staffed.", site="durban"),
)
