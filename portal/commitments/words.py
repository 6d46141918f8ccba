"""The words of promises: every way in which one refuses, with its stable code and its sentence. Pure."""

from enum import StrEnum

from portal.errors import Conflict, DomainError, Invalid, Refused


class PromiseRefusal(StrEnum):
    """Why something cannot be done with a promise. The value is the stable code."""

    NOT_THE_OWNER = "not_the_owner"
    SECOND_PERSON = "second_person"
    NOT_A_CONFIRMER = "not_a_confirmer"
    NOT_ACCEPTED = "not_accepted"
    ALREADY_ACCEPTED = "already_accepted"
    ALREADY_DELIVERED = "already_delivered"
    ALREADY_CONFIRMED = "already_confirmed"
    NOT_DELIVERED = "not_delivered"
    NOT_REOPENED = "not_reopened"
    HANDED_BACK = "handed_back"
    CHANGED_MEANWHILE = "changed_meanwhile"
    SENTENCE_TOO_SHORT = "sentence_too_short"
    SENTENCE_TOO_LONG = "sentence_too_long"
    REASON_TOO_SHORT = "reason_too_short"
    REASON_TOO_LONG = "reason_too_long"
    UPDATE_TOO_SHORT = "update_too_short"
    UPDATE_TOO_LONG = "update_too_long"
    DATE_NOT_AFTER_TODAY = "date_not_after_today"
    DATE_TOO_FAR = "date_too_far"
    SAME_DATE = "same_date"
    LIVE_IN_FUTURE = "live_in_future"
    LIVE_TOO_EARLY = "live_too_early"
    NO_SITE = "no_site"
    EVIDENCE_TOO_SHORT = "evidence_too_short"
    EVIDENCE_TOO_LONG = "evidence_too_long"
    UNKNOWN_OWNER = "unknown_owner"
    UNKNOWN_METRIC = "unknown_metric"
    UNKNOWN_SITE = "unknown_site"

    @property
    def sentence(self) -> str:
        """What the person is told."""
        return _SENTENCES[self]

    def as_error(self) -> DomainError:
        """The error to raise."""
        if self in _FORBIDDEN:
            return Refused(self.value, self.sentence)
        if field := _FIELDS.get(self):
            return Invalid(self.value, self.sentence, {field: self.sentence})
        return Conflict(self.value, self.sentence)


R = PromiseRefusal
_FORBIDDEN = frozenset({R.NOT_THE_OWNER, R.SECOND_PERSON, R.NOT_A_CONFIRMER})
_FIELDS = {
    R.SENTENCE_TOO_SHORT: "promise",
    R.SENTENCE_TOO_LONG: "promise",
    R.REASON_TOO_SHORT: "reason",
    R.REASON_TOO_LONG: "reason",
    R.UPDATE_TOO_SHORT: "body",
    R.UPDATE_TOO_LONG: "body",
    R.DATE_NOT_AFTER_TODAY: "due_on",
    R.DATE_TOO_FAR: "due_on",
    R.SAME_DATE: "due_on",
    R.LIVE_IN_FUTURE: "live_from",
    R.LIVE_TOO_EARLY: "live_from",
    R.NO_SITE: "sites",
    R.EVIDENCE_TOO_SHORT: "evidence",
    R.EVIDENCE_TOO_LONG: "evidence",
    R.UNKNOWN_OWNER: "owner",
    R.UNKNOWN_METRIC: "metric",
    R.UNKNOWN_SITE: "sites",
}
_SENTENCES = {
    R.NOT_THE_OWNER: "This promise belongs to somebody else. Only its owner can do this.",
    R.SECOND_PERSON: "You own this promise, so somebody else has to look whether it is done.",
    R.NOT_A_CONFIRMER: "Only the executive who made this promise, another executive here or programme can do this.",
    R.NOT_ACCEPTED: "Accept this promise first, or hand it back.",
    R.ALREADY_ACCEPTED: "This promise is accepted already. If the date cannot hold, name a new one with a reason.",
    R.ALREADY_DELIVERED: "This promise is marked as done already and waits for a second person to look.",
    R.ALREADY_CONFIRMED: "This promise is kept and closed. Nothing on it changes any more.",
    R.NOT_DELIVERED: "The owner has not said that this is done.",
    R.NOT_REOPENED: "Nobody has said that this is back, or it is answered already.",
    R.HANDED_BACK: "This promise was handed back. The idea is with the executives again.",
    R.CHANGED_MEANWHILE: "This promise changed while you were writing. Look at where it stands now, then try again.",
    R.SENTENCE_TOO_SHORT: "Say what we promise in at least 10 characters.",
    R.SENTENCE_TOO_LONG: "Keep the promise to 400 characters, so that everybody reads it.",
    R.REASON_TOO_SHORT: "Give the reason in at least 10 characters. Everybody will read it.",
    R.REASON_TOO_LONG: "Keep the reason to 400 characters.",
    R.UPDATE_TOO_SHORT: "Say what moved, in one or two sentences.",
    R.UPDATE_TOO_LONG: "Keep an update to 10,000 characters.",
    R.DATE_NOT_AFTER_TODAY: "Choose a date after today.",
    R.DATE_TOO_FAR: "Choose a date within a year from today.",
    R.SAME_DATE: "That is the date already promised. Choose another one.",
    R.LIVE_IN_FUTURE: "It cannot have started after today. If it is not live yet, post an update instead.",
    R.LIVE_TOO_EARLY: "That is more than a year before the promise was made. Check the year.",
    R.NO_SITE: "Choose at least one site that has the change.",
    R.EVIDENCE_TOO_SHORT: "Say in at least 10 characters what shows that it is done.",
    R.EVIDENCE_TOO_LONG: "Keep this to 2,000 characters.",
    R.UNKNOWN_OWNER: "Choose an owner from the list.",
    R.UNKNOWN_METRIC: "Choose a metric from the list.",
    R.UNKNOWN_SITE: "Choose sites from the list.",
}
