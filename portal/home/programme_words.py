"""What the programme page measures, and of whom. Pure."""

from enum import StrEnum

WEEKS_SHOWN = 26
WEEKS_TOLD = 4  # weeks within which whoever said something is to know what becomes of it; and over which people count
SILENT_DAYS = 5  # working days without a human reply
DEPARTMENT_WORDS = "Where the person stands who answered, or who owns the promise."


class Measure(StrEnum):
    """A share of something, or the time that something took, for each week."""

    CLOSED = "closed"
    REPLIES = "replies"
    PROMISES = "promises"
    PEOPLE = "people"
    SILENCE = "silence"  # how it stands now; kept for no week

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            "closed": "Told what became of it",
            "replies": "First human reply",
            "promises": "Promises kept on time",
            "people": "People who said or backed something",
            "silence": "No human reply yet",
        }[self.value]

    @property
    def meaning(self) -> str:
        """What exactly is counted, in the words of the page."""
        return {
            "closed": "Of the ideas said four weeks earlier: how many were answered, fixed, promised or declined "
            "within four weeks.",
            "replies": "Working days from saying an idea until a named person first replied, decided or asked back. "
            "Half of the ideas waited less, half waited longer. An idea counts in the week of the reply.",
            "promises": "Of the promises whose day came: how many were live by that day, with every new date named "
            "before the old one passed.",
            "people": "Of the people in teams: how many said something or backed something in the four weeks up to "
            "then. Who they are is shown to nobody.",
            "silence": f"Ideas of the last {WEEKS_SHOWN} weeks to which no named person has replied after "
            f"{SILENT_DAYS} working days.",
        }[self.value]


WEEKLY = (Measure.CLOSED, Measure.REPLIES, Measure.PROMISES, Measure.PEOPLE)
SHARES = (Measure.CLOSED, Measure.PROMISES, Measure.PEOPLE)


class Dimension(StrEnum):
    """By what figures are broken down."""

    ALL = "all"
    EMPLOYER = "employer"
    SITE = "site"
    BARRIER = "barrier"
    DEPARTMENT = "department"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            "all": "Everybody",
            "employer": "Employer",
            "site": "Site",
            "barrier": "Barrier",
            "department": "Answering department",
        }[self.value]
