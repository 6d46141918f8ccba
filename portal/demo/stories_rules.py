"""The rules that stories name, and how they ended. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule by the key of the story that names it. kind, by and days_ago: of its verdict; without a kind it waits.

    was and now come from the story's delivery where there is one; without `days_ago` the verdict is given just before
    the promise is confirmed. basis: unknown, none, law, regulator or contract. reviewed_days_ago: None for never.
    """

    title: str
    owner: str | None
    department: str
    says: str = ""
    source: str = ""
    basis: str = "unknown"
    basis_words: str = ""
    reviewed_days_ago: int | None = None
    kind: str = ""
    by: str = ""
    days_ago: int | None = None
    reason: str = ""
    site: str = ""


RULES = {
    "details-travel": Rule(
        "Full details again after every transfer", "tom", "Telephony", source="Call handling standard, page 4",
        basis="none", reviewed_days_ago=1900, kind="changed", by="tom",
    ),
    "yeah-course": Rule(
        "Supervisor's approval for any goodwill credit", "asha", "Billing Policy",
        source="Billing handbook, section 9", basis="none", reviewed_days_ago=1460, kind="changed", by="asha",
    ),
    "name-three-times": Rule(
        "The customer's name three times", "lorna", "Quality", source="Score sheet, line 6", basis="none",
        kind="killed", by="lorna",
    ),
    "original-certificate": Rule(
        "Original death certificate by post", "asha", "Billing Policy", source="Account closure procedure, step 2",
        basis="none", reviewed_days_ago=2900, kind="changed", by="margaret",
    ),
    "breaks-that-wander": Rule(
        "Breaks move with the calls", "kieran", "Workforce Planning", source="Scheduling rules, 3.2", basis="none",
        reviewed_days_ago=700, kind="changed", by="kieran",
    ),
    "with-what-internet": Rule(
        "An offer on every contact", "lorna", "Quality", source="Score sheet, line 11", basis="none", kind="changed",
        by="amara",
    ),
    "comfort-other": Rule(
        "A reason for every minute away", "kieran", "Workforce Planning", source="List of away codes", basis="none",
        kind="killed", by="farah",
    ),
    "the-contract-summary": Rule(
        "The contract summary before every sale", "amara", "Onboarding",
        says="Give the contract summary, in full, before the customer is bound.", source="Sales script, part 2",
        basis="regulator", basis_words="Rules on information before a contract", reviewed_days_ago=430, kind="kept",
        by="amara", days_ago=54,
        reason="A sale without it can be undone by anyone at any time. The regulator's rules ask for it.",
    ),
    "recorded-again": Rule(
        "The recording notice after every hold", "sunita", "Quality",
        says="Read the recording notice again whenever you come back from a hold.", kind="never_was", by="hannah",
        days_ago=12,
        reason="Once, at the start of the call, is all that was ever asked. Nobody can find where the rest came from.",
    ),
    "dead-air": Rule(
        "No silence of eight seconds", "lorna", "Quality", says="Eight seconds of silence on a call cost a point.",
        source="Score sheet, Belfast only", kind="local_habit", by="lorna", days_ago=6, site="belfast",
        reason="It is on no score sheet we agreed on. Belfast added the line itself, and takes it off this week.",
    ),
    "router-first": Rule(
        "Old router back before a new one goes out", "ruth", "Field Equipment",
        says="A replacement leaves the warehouse when the old router has come back.",
        source="Equipment policy, page 11", basis="none", reviewed_days_ago=1100,
    ),
    "hand-up-like-in-school": Rule(
        "Ninety days before a password reset", "rory", "Customer Systems", source="Access matrix", basis="none",
        reviewed_days_ago=95,
    ),
}  # fmt: skip
