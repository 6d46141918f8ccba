"""The words of plans and roll-outs: every way in which one refuses, and why nothing may be paid. Pure."""

from enum import StrEnum

from portal.errors import Conflict, Invalid, Refusal, Refused


class PlanRefusal(Refusal):
    """Why a plan cannot be registered. The value is the stable code."""

    NOT_A_REGISTRAR = (
        "not_a_registrar", Refused,
        "The owner of this promise, whoever made it or programme can register how it is measured.",
    )  # fmt: skip
    HANDED_BACK = "handed_back", Conflict, "This promise was handed back. There is nothing to measure."
    ALREADY_LIVE = (
        "already_live", Conflict,
        "This is live already. What is measured has to be registered before, so that nobody chooses it afterwards.",
    )  # fmt: skip
    ALREADY_REGISTERED = (
        "already_registered", Conflict,
        "How this is measured is registered already. It stays as it is, whatever the numbers say.",
    )  # fmt: skip
    UNKNOWN_METRIC = "unknown_metric", Invalid, "Choose a metric from the list.", "metric"
    METRIC_RETIRED = "metric_retired", Invalid, "This metric is not used any more. Choose another one.", "metric"
    METRIC_WITHOUT_VALUES = (
        "metric_without_values", Invalid,
        "Nothing was ever reported for this metric, so there is nothing to compare with.", "metric",
    )  # fmt: skip
    EFFECT_NOT_POSITIVE = (
        "effect_not_positive", Invalid,
        "Say how much better it should get, as a number above 0.", "expected_effect",
    )  # fmt: skip
    LOW_OUT_OF_RANGE = (
        "low_out_of_range", Invalid,
        "The least you expect lies between 0 and what you expect.", "expected_low",
    )  # fmt: skip
    WASHOUT_OUT_OF_RANGE = "washout_out_of_range", Invalid, "Choose between 0 and 56 days.", "washout_days"
    TOO_MANY_REASONS = "too_many_reasons", Invalid, "Name at most 20 contact reasons.", "reasons"
    REASON_LENGTH = "reason_length", Invalid, "A contact reason has 1 to 80 characters.", "reasons"
    TOO_FEW_GUARDRAILS = (
        "too_few_guardrails", Invalid,
        "Choose at least two metrics that must not get worse.", "guardrails",
    )  # fmt: skip
    TOO_MANY_GUARDRAILS = "too_many_guardrails", Invalid, "Choose at most four metrics to guard.", "guardrails"
    GUARDRAIL_IS_THE_METRIC = (
        "guardrail_is_the_metric", Invalid,
        "The metric that shall get better cannot guard itself. Choose another one.", "guardrails",
    )  # fmt: skip
    GUARDRAIL_TWICE = "guardrail_twice", Invalid, "Name each metric to guard once.", "guardrails"
    UNKNOWN_GUARDRAIL = "unknown_guardrail", Invalid, "Choose metrics to guard from the list.", "guardrails"
    HARM_LIMIT_NOT_POSITIVE = (
        "harm_limit_not_positive", Invalid,
        "Say for each metric to guard how much worse would be harm, as a number above 0.", "guardrails",
    )  # fmt: skip
    VERDICT_DAYS_WRONG = (
        "verdict_days_wrong", Invalid,
        "Choose from days 28, 56, 91 and 182. Day 56 always counts.", "verdict_days",
    )  # fmt: skip
    RUN_COST_OUT_OF_RANGE = "run_cost_out_of_range", Invalid, "A running cost is 0 or more.", "run_cost"
    SHARES_WRONG = "shares_wrong", Invalid, "The shares are whole per cents and come to 100.", "shares"
    BUNDLE_SHARE_WRONG = "bundle_share_wrong", Invalid, "Choose between 1 and 100 per cent.", "bundle_share"


class RollBackRefusal(Refusal):
    """Why a change cannot be marked as taken back."""

    NOT_WHO_MAY = (
        "not_who_may", Refused,
        "The owner of this promise, whoever made it or programme can say that it was taken back.",
    )  # fmt: skip
    NOTHING_LIVE = "nothing_live", Conflict, "Nothing of this is live."
    UNKNOWN_UNIT = "unknown_unit", Invalid, "Choose from the sites and queues that have it.", "units"
    ALREADY_ROLLED_BACK = "already_rolled_back", Conflict, "It was taken back there already.", "units"
    NOT_AFTER_GO_LIVE = (
        "not_after_go_live", Invalid,
        "The first day without it comes after the day on which it went live there.", "live_to",
    )  # fmt: skip
    DAY_AHEAD = "day_ahead", Invalid, "Choose today or a day before.", "live_to"
    REASON_LENGTH = (
        "rollback_reason_length", Invalid,
        "Give the reason in 10 to 400 characters. Everybody will read it.", "reason",
    )  # fmt: skip


class NotPayable(StrEnum):
    """Why nothing can be paid from what the numbers say of a change."""

    NOTHING_REGISTERED = "nothing_registered"
    NO_UNIT_VALUE = "no_unit_value"
    NOT_LIVE = "not_live"
    REGISTERED_TOO_LATE = "registered_too_late"
    REGISTERED_AFTER = "registered_after"

    @property
    def sentence(self) -> str:
        """For whoever reads the plan."""
        return {
            "nothing_registered": "Nothing was registered before it went live, so nothing can be paid from its effect.",
            "no_unit_value": "Nobody has said what one unit of this metric is worth, so no money follows from it.",
            "not_live": "It is not live yet.",
            "registered_too_late": "It was registered less than 14 days before it went live, so nothing can be paid "
            "from its effect.",
            "registered_after": "It was live before it was registered, so nothing can be paid from its effect.",
        }[self.value]
