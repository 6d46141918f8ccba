"""The words of promises: every way in which one refuses, with its stable code and its sentence. Pure."""

from portal.errors import Conflict, Invalid, Refusal, Refused


class PromiseRefusal(Refusal):
    """Why something cannot be done with a promise. The value is the stable code."""

    NOT_THE_OWNER = "not_the_owner", Refused, "This promise belongs to somebody else. Only its owner can do this."
    NOT_YOUR_WORDS = "not_your_words", Refused, "Promise yourself only what you have said under your own name."
    SECOND_PERSON = "second_person", Refused, "You own this promise, so somebody else has to look whether it is done."
    NOT_A_CONFIRMER = (
        "not_a_confirmer", Refused,
        "Only the executive who made this promise, another executive here or programme can do this.",
    )  # fmt: skip
    NOT_ACCEPTED = "not_accepted", Conflict, "Accept this promise first, or hand it back."
    ALREADY_ACCEPTED = (
        "already_accepted", Conflict,
        "This promise is accepted already. If the date cannot hold, name a new one with a reason.",
    )  # fmt: skip
    ALREADY_DELIVERED = (
        "already_delivered", Conflict,
        "This promise is marked as done already and waits for a second person to look.",
    )  # fmt: skip
    ALREADY_CONFIRMED = (
        "already_confirmed", Conflict,
        "This promise is kept and closed. Nothing on it changes any more.",
    )  # fmt: skip
    NOT_DELIVERED = "not_delivered", Conflict, "The owner has not said that this is done."
    NOT_REOPENED = "not_reopened", Conflict, "Nobody has said that this is back, or it is answered already."
    HANDED_BACK = "handed_back", Conflict, "This promise was handed back. The idea is with the executives again."
    CHANGED_MEANWHILE = (
        "changed_meanwhile", Conflict,
        "This promise changed while you were writing. Look at where it stands now, then try again.",
    )  # fmt: skip
    SENTENCE_TOO_SHORT = "sentence_too_short", Invalid, "Say what we promise in at least 10 characters.", "promise"
    SENTENCE_TOO_LONG = (
        "sentence_too_long", Invalid,
        "Keep the promise to 400 characters, so that everybody reads it.", "promise",
    )  # fmt: skip
    REASON_TOO_SHORT = (
        "reason_too_short", Invalid,
        "Give the reason in at least 10 characters. Everybody will read it.", "reason",
    )  # fmt: skip
    REASON_TOO_LONG = "reason_too_long", Invalid, "Keep the reason to 400 characters.", "reason"
    UPDATE_TOO_SHORT = "update_too_short", Invalid, "Say what moved, in one or two sentences.", "body"
    UPDATE_TOO_LONG = "update_too_long", Invalid, "Keep an update to 10,000 characters.", "body"
    DATE_NOT_AFTER_TODAY = "date_not_after_today", Invalid, "Choose a date after today.", "due_on"
    DATE_TOO_FAR = "date_too_far", Invalid, "Choose a date within a year from today.", "due_on"
    SAME_DATE = "same_date", Invalid, "That is the date already promised. Choose another one.", "due_on"
    LIVE_IN_FUTURE = (
        "live_in_future", Invalid,
        "It cannot have started after today. If it is not live yet, post an update instead.", "live_from",
    )  # fmt: skip
    LIVE_TOO_EARLY = (
        "live_too_early", Invalid,
        "That is more than a year before the promise was made. Check the year.", "live_from",
    )  # fmt: skip
    NO_SITE = "no_site", Invalid, "Choose at least one site that has the change.", "sites"
    DAY_WITHOUT_SITE = (
        "day_without_site", Invalid,
        "You gave a day for a site that is not chosen. Choose it, or take the day out.", "sites",
    )  # fmt: skip
    SITE_BEFORE_LIVE = (
        "site_before_live", Invalid,
        "No site can have it before the first day. Make that day the first one.", "sites",
    )  # fmt: skip
    SITE_IN_FUTURE = "site_in_future", Invalid, "No site can have it from a day after today.", "sites"
    TOO_MANY_QUEUES = "too_many_queues", Invalid, "Name at most 20 contact reasons.", "reasons"
    QUEUE_LENGTH = "queue_length", Invalid, "A contact reason has 1 to 80 characters.", "reasons"
    EVIDENCE_TOO_SHORT = (
        "evidence_too_short", Invalid,
        "Say in at least 10 characters what shows that it is done.", "evidence",
    )  # fmt: skip
    EVIDENCE_TOO_LONG = "evidence_too_long", Invalid, "Keep this to 2,000 characters.", "evidence"
    UNKNOWN_OWNER = "unknown_owner", Invalid, "Choose an owner from the list.", "owner"
    UNKNOWN_METRIC = "unknown_metric", Invalid, "Choose a metric from the list.", "metric"
    UNKNOWN_SITE = "unknown_site", Invalid, "Choose sites from the list.", "sites"
    OWN_QUESTION = (
        "own_question", Refused,
        "You own this promise and asked for a decision, so somebody else has to make it.",
    )  # fmt: skip
    ALREADY_ASKED = "already_asked", Conflict, "A decision on this promise is waited for already."
    NOTHING_ASKED = "nothing_asked", Conflict, "No decision on this promise is waited for."
    OWN_PROMISE = "own_promise", Conflict, "This promise is yours. Post an update instead, and everybody hears it."
    ALREADY_NUDGED = (
        "already_nudged", Conflict,
        "You have nudged this promise this week. Its owner has been told.",
    )  # fmt: skip
    ALREADY_CALLING = "already_calling", Conflict, "You have asked for help already, and it still stands."
    NOT_CALLING = "not_calling", Conflict, "Help is not asked for any more."
    NOT_ASKED_TO_HELP = (
        "not_asked_to_help", Refused,
        "Help is asked of people who said that they would help to try it.",
    )  # fmt: skip
    ANSWERED_ALREADY = "answered_already", Conflict, "You have answered this already."
    TOO_MANY_STEPS = "too_many_steps", Conflict, "Seven lines are enough. Take one out first."
    STEPS_CHANGED = "steps_changed", Conflict, "The list changed while you were looking at it. Look at it again."
    STEP_EMPTY = "step_empty", Invalid, "Write what has to be done.", "words"
    STEP_TOO_LONG = "step_too_long", Invalid, "Keep a line to 120 characters.", "words"
    NEED_TOO_SHORT = "need_too_short", Invalid, "Say it in at least 10 characters. Everybody will read it.", "words"
    NEED_TOO_LONG = "need_too_long", Invalid, "Keep it to 400 characters.", "words"
    UNKNOWN_SUCCESSOR = (
        "unknown_successor", Invalid,
        "Choose somebody who works here, has not left, and can be given promises.", "to",
    )  # fmt: skip
