"""The moments at which somebody can hear from us, and how soon by e-mail. Pure.

Everything stands in the portal at once; a pace says only when it is mailed too.
"""

from enum import StrEnum
from typing import Self


class Pace(StrEnum):
    """How soon a notice is mailed."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.capitalize()


class Moment(StrEnum):
    """Why somebody is told. Each has a label, what it is about, and the pace that people begin with."""

    label: str
    about: str
    usual: Pace

    ANSWERED = (
        "answered", "Somebody answered me", Pace.NOW,
        "A reply, a yes, a no or a question about something that you took part in.",
    )  # fmt: skip
    MOVED = (
        "moved", "A promise I follow moved", Pace.WEEKLY,
        "It was carried to the executives, taken on, moved to another date, or joined another idea.",
    )  # fmt: skip
    DONE = (
        "done", "It is done, or it is back", Pace.NOW,
        "Somebody confirmed that it is done, the numbers came in, or colleagues say that it is back.",
    )  # fmt: skip
    DUTY = (
        "duty", "Something waits for me", Pace.NOW,
        "An answer that you owe, a promise that you own, or a question that only you can answer.",
    )  # fmt: skip
    VIEW = (
        "view", "Something needs my view", Pace.NEVER,
        "Whether it is gone on your desk, and other questions of one tap.",
    )  # fmt: skip
    BULLETIN = (
        "bulletin", "A rule changed for me", Pace.NOW,
        "The old and the new wording of a rule that holds for your work.",
    )  # fmt: skip
    BROADCAST = (
        "broadcast", "An executive tells everybody", Pace.NOW,
        "What surprised an executive on the frontline. At most one a week from each of them.",
    )  # fmt: skip
    SHIFT = (
        "shift", "My shifts on the frontline", Pace.NOW,
        "A seat that you have, a reminder, or somebody who comes to sit beside you.",
    )  # fmt: skip
    CHATTER = (
        "chatter", "Talk about ideas I follow", Pace.NEVER,
        "Builds, workarounds and questions of colleagues. With Never they do not come here either.",
    )  # fmt: skip

    def __new__(cls, value: str, label: str = "", usual: Pace = Pace.NEVER, about: str = "") -> Self:
        """A member is written as (word, label, usual pace, what it is about); its value is the word."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.usual, member.about = label, usual, about
        return member

    @property
    def only_when_asked_for(self) -> bool:
        """Without a pace of one's own it does not even stand in the portal."""
        return self is Moment.CHATTER
