"""The words of shifts, debriefs, broadcasts and representatives. Pure."""

from enum import StrEnum


class QueueChannel(StrEnum):
    """How customers reach the queue. In the interface's document a set of words is known by its name."""

    CALLS = "calls"
    CHAT = "chat"
    MAIL = "mail"
    COUNTER = "counter"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.capitalize()


Channel = QueueChannel


class Busy(StrEnum):
    """What the forecast says about the window."""

    QUIET = "quiet"
    USUAL = "usual"
    BUSY = "busy"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"quiet": "Quiet", "usual": "As usual", "busy": "Busy"}[self.value]


class BuddyState(StrEnum):
    """Whether whoever is to sit beside the visitor agrees."""

    NONE = "none"  # nobody is asked yet
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


class SeatState(StrEnum):
    """Where somebody stands with one slot."""

    BOOKED = "booked"
    WAITING = "waiting"
    GIVEN_UP = "given_up"  # by themselves, or what was offered from the waiting list was declined
    CANCELLED = "cancelled"  # with the slot
    STOOD_IN = "stood_in"  # somebody else took the seat over


class Attendance(StrEnum):
    """What became of a booked seat. Legal steps are in `attendance_rules`."""

    SIGNED_UP = "signed_up"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    NO_SHOW = "no_show"
    EXCUSED = "excused"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ").capitalize()


class SeatStepKind(StrEnum):
    """What somebody, or the portal, did about a seat. Each is a row."""

    BOOKED = "booked"
    JOINED_WAITING = "joined_waiting"
    PROMOTED = "promoted"  # from the waiting list: booked, and twelve hours to decline
    DECLINED_PROMOTION = "declined_promotion"
    GAVE_UP = "gave_up"
    TAKEN_OUT = "taken_out"  # by the site, after the deadline
    SLOT_MOVED = "slot_moved"
    SLOT_CANCELLED = "slot_cancelled"
    LOOKING = "looking"  # for a stand-in
    STOPPED_LOOKING = "stopped_looking"
    STOOD_IN = "stood_in"  # gave it to somebody
    TOOK_OVER = "took_over"  # took it from somebody
    ARRIVED = "arrived"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    NO_SHOW = "no_show"
    EXCUSED = "excused"


class DebriefQuestion(StrEnum):
    """One a page, in this order."""

    EXPECTED = "expected"
    SURPRISED = "surprised"
    MADE_THEM = "made_them"
    WILL_DO = "will_do"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            "expected": "What did you expect?",
            "surprised": "What surprised you?",
            "made_them": "What did we make a customer do that we should not?",
            "will_do": "What will you do about it?",
        }[self.value]


class InsightKind(StrEnum):
    """What a surprise became."""

    IDEA = "idea"
    STOP_ANSWER = "stop_answer"
    PROMISE = "promise"
    NOTE = "note"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"idea": "An idea", "stop_answer": "An answer to a stop signal", "promise": "A promise of my own",
                "note": "A note"}[self.value]  # fmt: skip


class Credit(StrEnum):
    """Whether the buddy wants to be named beside what came of the shift."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class LinkedAction(StrEnum):
    """The one thing that a broadcast asks for."""

    NONE = "none"
    IDEA = "idea"  # have a look at an idea
    PROMISE = "promise"
    SAY_IT = "say_it"
    SHIFTS = "shifts"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"none": "Nothing", "idea": "Look at an idea", "promise": "Look at a promise", "say_it": "Say it",
                "shifts": "Take a shift"}[self.value]  # fmt: skip


class Acknowledged(StrEnum):
    """What somebody says to a broadcast, in one tap."""

    READ = "read"
    SAME_HERE = "same_here"
    NOT_WHAT_I_SEE = "not_what_i_see"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"read": "Read", "same_here": "Same here", "not_what_i_see": "That’s not what I see"}[self.value]


class TurnState(StrEnum):
    """Where a representative's turn is. Dates say whether it is now."""

    ASKED = "asked"  # it is theirs unless they opt out
    TAKEN = "taken"
    PASSED = "passed"  # they opted out: the next one has it
    HANDED_OVER = "handed_over"
