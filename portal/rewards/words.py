"""The words for what points buy and what becomes of an order. Pure."""

from enum import StrEnum


class RewardKind(StrEnum):
    """What points can be spent on."""

    TIME = "time"
    GROWTH = "growth"
    MONEY = "money"
    GIVE = "give"
    TEAM = "team"

    @property
    def label(self) -> str:
        """As people read it."""
        return KIND_LABELS[self]


KIND_LABELS = {
    RewardKind.TIME: "Time",
    RewardKind.GROWTH: "Growth",
    RewardKind.MONEY: "Money and vouchers",
    RewardKind.GIVE: "Give it away",
    RewardKind.TEAM: "For the team",
}


class RedemptionState(StrEnum):
    """Where an order is. Ordered and approved hold the points; delivered has taken them; the others gave them back."""

    ORDERED = "ordered"
    APPROVED = "approved"
    DELIVERED = "delivered"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"

    @property
    def open(self) -> bool:
        """True while the points are held."""
        return self in (RedemptionState.ORDERED, RedemptionState.APPROVED)


class RedemptionStepKind(StrEnum):
    """What somebody did about an order; `seconded` is the first of two approvals."""

    ORDERED = "ordered"
    SECONDED = "seconded"
    APPROVED = "approved"
    DELIVERED = "delivered"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class ReversalState(StrEnum):
    """Where the taking back of an award is: above a threshold a second person decides."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class PaymentState(StrEnum):
    """Where a payment for measured impact is."""

    HELD = "held"
    PAID = "paid"
    ENDED = "ended"


class AskState(StrEnum):
    """Where a request for points of a budget is."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
