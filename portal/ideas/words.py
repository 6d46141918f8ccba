"""The words of ideas: kinds, barriers, names, audiences, stages, and every limit on a text. Pure."""

from enum import StrEnum

SAY_CHARS_MIN, SAY_CHARS_MAX = 3, 600
TITLE_CHARS_MAX = 80
COMMENT_CHARS_MAX = 10_000
REASON_CHARS_MAX = 300
EDIT_MINUTES = 15
DRAFT_DAYS = 7


class Kind(StrEnum):
    """A rule that should go, or something that would be better."""

    IDEA = "idea"
    STUPID_RULE = "stupid_rule"

    @property
    def label(self) -> str:
        """As people read it."""
        return "Stupid rule" if self is Kind.STUPID_RULE else "Idea"


class Barrier(StrEnum):
    """What stands between the customer and a yes."""

    SYSTEMS = "systems"
    PROCESSES = "processes"
    PROCEDURES = "procedures"
    POLICIES = "policies"
    TECHNOLOGY = "technology"
    HIRING = "hiring"
    TRAINING = "training"
    MANAGEMENT = "management"
    GOALS = "goals"
    OBJECTIVES = "objectives"
    QUALITY_ASSURANCE = "quality_assurance"
    FORECASTING = "forecasting"
    SCHEDULING = "scheduling"
    MEASUREMENTS = "measurements"
    KNOWLEDGE = "knowledge"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ").capitalize()


class Names(StrEnum):
    """How the author's name is treated. With NONE there is no author to show."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    NONE = "none"


class Audience(StrEnum):
    """Who may read an idea."""

    ORGANISATION = "organisation"
    EMPLOYER = "employer"  # the author's own employer, and the client's executives
    SITE = "site"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"organisation": "Everybody", "employer": "My employer", "site": "My site"}[self.value]


class Stage(StrEnum):
    """Where an idea has got to. Each step is also a row that says who, when and why."""

    OPEN = "open"
    PROMOTED = "promoted"  # the swarm carried it to the executives
    PROMISED = "promised"  # a named owner has a date
    DELIVERED = "delivered"  # the owner says it is done
    DONE = "done"  # a second person has confirmed it
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"  # it has joined another idea, where its votes count now

    @property
    def label(self) -> str:
        """As people read it."""
        return STAGE_LABELS[self]


STAGE_LABELS = {
    Stage.OPEN: "Gathering views", Stage.PROMOTED: "With executives", Stage.PROMISED: "Promised",
    Stage.DELIVERED: "Done, being checked", Stage.DONE: "Done", Stage.DECLINED: "Not doing",
    Stage.WITHDRAWN: "Withdrawn", Stage.MERGED: "Joined another",
}  # fmt: skip


class CommentKind(StrEnum):
    """What a comment adds."""

    BUILD = "build"
    WORKAROUND = "workaround"
    QUESTION = "question"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.capitalize()


class StoryKind(StrEnum):
    """A step in the story of an idea."""

    SAID = "said"
    EDITED = "edited"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    RESTORED = "restored"
    PROMOTED = "promoted"
    COMMITTED = "committed"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    HANDED_BACK = "handed_back"
    DATE_MOVED = "date_moved"
    UPDATED = "updated"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"
    BACK = "back"  # what was done happens again
    NOT_BACK = "not_back"
    ASKED_AGAIN = "asked_again"
    MEASURED = "measured"
    REWARDED = "rewarded"
    RULE_NAMED = "rule_named"
    RULE_DECIDED = "rule_decided"
    MERGED = "merged"  # it joined another idea
    JOINED = "joined"  # another idea joined it
    UNMERGED = "unmerged"
    LEFT = "left"  # one that had joined it stands on its own again
    STOP_ANSWERED = "stop_answered"
    STOP_LIFTED = "stop_lifted"
    STOP_KEPT = "stop_kept"
    REPLIED = "replied"  # the first human reply, by whoever owes it
    LEFT_TO_SWARM = "left_to_swarm"  # the reply was: let colleagues decide
    FIXED_HERE = "fixed_here"  # promised for one site by its own people
    ESCALATED = "escalated"  # an answer is overdue: it has climbed
    ASKED = "asked"  # the answerer asked something back; the clock stands still meanwhile
    ASK_ANSWERED = "ask_answered"
    UNDONE = "undone"  # an answer was taken back before anybody was told
    HELP_WANTED = "help_wanted"
    HELPER_JOINED = "helper_joined"
    DECISION_NEEDED = "decision_needed"  # the owner asks the sponsor
    DECISION_GIVEN = "decision_given"
    HANDED_OVER = "handed_over"  # its owner or answerer has left
    FLOOR_CHECKED = "floor_checked"  # colleagues were asked whether it is gone on their desk
    ROLLED_BACK = "rolled_back"  # a change was taken back at some sites
    CARRIED = "carried"  # a representative put it before the executives, outside the quorum
    FROM_A_SHIFT = "from_a_shift"  # an executive heard it on the frontline

    @property
    def after_deciding(self) -> bool:
        """It tells that somebody objected, which stays hidden until one has decided."""
        return self in (StoryKind.STOP_ANSWERED, StoryKind.STOP_LIFTED, StoryKind.STOP_KEPT)


class ReportReason(StrEnum):
    """Why somebody asks for a text to be hidden."""

    PERSONAL_DATA = "personal_data"
    ATTACK = "attack"
    OFF_TOPIC = "off_topic"
    OTHER = "other"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            "personal_data": "It contains personal data of a customer or colleague",
            "attack": "It attacks a person",
            "off_topic": "It is not about our work",
            "other": "Something else",
        }[self.value]
