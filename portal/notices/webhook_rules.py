"""What webhooks are signed with, which events there are, who reads what, and when to try again. Pure."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.errors import Conflict, Invalid, Refusal
from portal.ideas.words import Audience, StoryKind
from portal.outbox.rules import backoff_seconds

NAME_CHARS_MAX = 80
RECEIVERS_MAX = 20
ANSWER_BYTES_KEPT = 200
TEST = "sayso.test"
PURPOSE = "webhooks"  # of the key that secrets are made of
SECRET_START = "whsec_"
BOTH_SECRETS = timedelta(hours=24)  # after a new secret was made, both sign
GIVE_UP = timedelta(hours=24)
FAILURES_MIN = 8  # a clock that jumps makes no day of trying
KEPT = timedelta(days=30)  # how long the log of deliveries reaches back
WAITS_MAX = timedelta(days=7)  # what is older when a paused receiver goes on is news to nobody
GONE = 410
# Steps that are no outcomes, and those that tell that somebody objected: nobody hears of them before deciding.
NOT_SENT = frozenset({
    StoryKind.SAID, StoryKind.EDITED, StoryKind.WITHDRAWN, StoryKind.RULE_NAMED, StoryKind.UNDONE,
    StoryKind.STOP_ANSWERED, StoryKind.STOP_LIFTED, StoryKind.STOP_KEPT,
})  # fmt: skip
EVENTS = {f"idea.{kind.value}": kind for kind in StoryKind if kind not in NOT_SENT}
# What of a step's facts a program may read: nothing that counts people, and nothing that points elsewhere.
FACTS = ("due_on", "due_before", "was_due_on", "live_from", "reason_label", "owner", "verdict", "day", "number")


class Paused(StrEnum):
    """Why nothing is sent to a receiver."""

    BY_HAND = "by_hand"
    UNREACHABLE = "unreachable"  # a day of trying
    GONE = "gone"  # it answered 410: it wants nothing more

    @property
    def words(self) -> str:
        """As administrators read it."""
        return {
            "by_hand": "Paused by an administrator",
            "unreachable": "Paused: it has not taken anything for a day",
            "gone": "Paused: it answered that it wants nothing more (410)",
        }[self.value]


class Ended(StrEnum):
    """How a delivery ended."""

    TAKEN = "taken"  # answered with 2xx
    NOT_SHOWN = "not_shown"  # the idea is no longer to be seen by this receiver
    TOO_OLD = "too_old"  # waited longer than a week behind a pause
    REMOVED = "removed"  # the receiver was removed

    @property
    def words(self) -> str:
        """As administrators read it."""
        return {
            "taken": "Taken", "not_shown": "Not sent: the idea is no longer shown",
            "too_old": "Not sent: waited for more than a week", "removed": "Not sent: the receiver was removed",
        }[self.value]  # fmt: skip


class WebhookRefusal(Refusal):
    """Why something about a receiver cannot be done."""

    TOO_MANY = "too_many_receivers", Conflict, f"There are {RECEIVERS_MAX} receivers already. Remove one first."
    NO_EVENT = "no_event", Invalid, "Tick at least one event.", "events"
    UNKNOWN_EVENT = "unknown_event", Invalid, "There is no such event.", "events"
    UNKNOWN_PLACE = "unknown_place", Invalid, "Choose an employer or a site.", "place"
    PAUSED = "receiver_paused", Conflict, "Nothing is sent to a paused receiver. Let it go on first."
    IS_PAUSED = "already_paused", Conflict, "It is paused already."
    NOT_PAUSED = "not_paused", Conflict, "It is not paused."
    STILL_BOTH = (
        "secret_just_made", Conflict,
        "The secret was changed less than 24 hours ago, and the one before still signs. Wait until that is over.",
    )  # fmt: skip


@dataclass(frozen=True)
class ScopeOfReceiver:
    """Where a receiver stands: None and None for one that reads what everybody may read."""

    employer_id: int | None = None
    site_id: int | None = None


def reads(scope: ScopeOfReceiver, audience: Audience, *, employer_id: int | None, site_id: int | None) -> bool:
    """True if a person who works where the receiver stands, and holds no role, could read the idea.

    A restricted idea goes to a receiver of that very employer or site alone, not to one above or beside it.
    """
    if audience is Audience.ORGANISATION:
        return True
    if audience is Audience.EMPLOYER:
        return scope.employer_id is not None and scope.employer_id == employer_id
    return scope.site_id is not None and scope.site_id == site_id


def secret_of(key: bytes, seed: str) -> bytes:
    """The 32 bytes with which a receiver's webhooks are signed. key: of this installation, for this purpose alone."""
    return hmac.new(key, seed.encode(), hashlib.sha256).digest()


def as_shown(secret: bytes) -> str:
    """A secret as Standard Webhooks writes it."""
    return SECRET_START + base64.b64encode(secret).decode()


def signature(secrets: Iterable[bytes], *, event_id: str, at: datetime, body: bytes) -> str:
    """The header `webhook-signature`: v1 of Standard Webhooks, once for each secret that holds."""
    signed = f"{event_id}.{int(at.timestamp())}.".encode() + body
    marks = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(mark).decode()}" for mark in marks)


def is_taken(status: int) -> bool:
    """True for 2xx. A redirect is not followed, so it is none."""
    return 200 <= status < 300


def try_again_at(now: datetime, *, failing_since: datetime, failures: int, spread: int) -> datetime | None:
    """When to try again after the n-th failure in a row; None when a day of trying is over.

    The last attempt is made when the day is over, not hours after it.
    """
    end = failing_since + GIVE_UP
    if now >= end and failures >= FAILURES_MIN:
        return None
    later = now + timedelta(seconds=backoff_seconds(failures, spread=spread))
    return end if now < end < later else later


def facts_sent(facts: dict[str, object]) -> dict[str, object]:
    """The facts of a step that leave the house."""
    sent = {name: facts[name] for name in FACTS if name in facts}
    if isinstance(facts.get("sites"), list):  # names; as a number it would count where supporters sit
        sent["sites"] = facts["sites"]
    return sent


def answer_kept(body: bytes) -> str:
    """The beginning of an answer, as text that can be stored and shown: control characters leave no trace."""
    text = body[:ANSWER_BYTES_KEPT].decode("utf-8", "replace")
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+", " ", text).strip()[:ANSWER_BYTES_KEPT]


def events_of(words: Iterable[str]) -> list[str]:
    """The chosen events, each once, in the order of the list. Raises Invalid (`no_event`, `unknown_event`)."""
    wanted = set(words)
    if wanted - set(EVENTS):
        raise WebhookRefusal.UNKNOWN_EVENT.as_error()
    if not wanted:
        raise WebhookRefusal.NO_EVENT.as_error()
    return [name for name in EVENTS if name in wanted]
