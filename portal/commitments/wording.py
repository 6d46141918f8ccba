"""How promises read: days, states, steps. Pure; dates are days in the organisation's zone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.commitments.floor_words import after, result_line, still_met
from portal.commitments.rules import CommitmentState, Course, Standing, is_late
from portal.web.paging import COUNTED_TO, capped

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TIMES = {1: "once", 2: "twice"}
DEPARTMENTS_NAMED = 3


@dataclass(frozen=True)
class Look:
    """A state as word, colour and picture."""

    label: str
    tone: str
    icon: str


GROUPS = {
    Standing.OVERDUE: "Late",
    Standing.DUE_SOON: "Due in 14 days",
    Standing.OPEN: "Open",
    Standing.KEPT: "Kept",
    Standing.LATE_KEPT: "Kept late",
}
ROW_STATES = {Standing.LATE_KEPT: "kept_late"}  # as the row in macros/story.html calls it
LOOKS = {
    Standing.OVERDUE: Look("Late", "stop", "alert"),
    Standing.DUE_SOON: Look("Due soon", "honey", "clock"),
    Standing.OPEN: Look("Promised", "blue", "flag"),
    Standing.KEPT: Look("Kept", "green", "check"),
    Standing.LATE_KEPT: Look("Kept late", "honey", "check"),
    Standing.HANDED_BACK: Look("Handed back", "", "back"),
}


def day(wanted: date, today: date, *, weekday: bool = False) -> str:
    """ "22 December", with the year where it is another one: "22 December 2027"."""
    text = f"{wanted.day} {MONTHS[wanted.month - 1]}"
    text = text if wanted.year == today.year else f"{text} {wanted.year}"
    return f"{WEEKDAYS[wanted.weekday()]} {text}" if weekday else text


def count(number: int, what: str) -> str:
    """ "1 day", "3 days"."""
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"


def people(number: int) -> str:
    """ "1 person", "52 people"."""
    return "1 person" if number == 1 else f"{number:,} people"


def listed(names: Sequence[str]) -> str:
    """ "Asha", "Asha and Bo", "Asha, Bo and Cy"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def initials(name: str) -> str:
    """At most two letters for the round picture."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def look(state: CommitmentState, standing: Standing) -> Look:
    """The chip of a promise."""
    if state is CommitmentState.REOPENED:
        return Look("It’s back", "stop", "alert")
    if state is CommitmentState.DELIVERED:
        return Look("Done, waits for a second look", "violet", "eye")
    if state is CommitmentState.OFFERED and standing in (Standing.OPEN, Standing.DUE_SOON):
        return Look("Waits for its owner", "honey", "clock")
    return LOOKS[standing]


def clock(course: Course, standing: Standing, today: date) -> str:
    """The days in words: "8 days late", "in 12 days", "4 days early"."""
    days = (course.due_on - today).days
    if standing is Standing.HANDED_BACK:
        return "Handed back"
    if course.state is CommitmentState.DELIVERED:
        return "Waits for a second look"
    if course.state is CommitmentState.CONFIRMED:
        return _kept(course)
    if course.state is CommitmentState.REOPENED:
        return "Open again"
    if days < 0:
        return f"{count(-days, 'day')} late"
    return {0: "due today", 1: "due tomorrow"}.get(days, f"in {days} days")


def _kept(course: Course) -> str:
    ahead = (course.due_on - (course.live_from or course.due_on)).days
    if ahead < 0:
        return f"{count(-ahead, 'day')} late"
    if is_late(course):
        return "after its first date"
    return f"{count(ahead, 'day')} early" if ahead else "on the day"


def moved(course: Course) -> str | None:
    """ "moved once", or None."""
    moves = len(course.dates) - 1
    return f"moved {TIMES.get(moves, f'{moves} times')}" if moves else None


def age(at: datetime | None, now: datetime) -> str | None:
    """How long ago the last update was, or None."""
    if at is None:
        return None
    days = (now - at).days
    return "updated today" if days < 1 else f"updated {count(days, 'day')} ago"


def summary(
    counts: Mapping[Standing, int], lately: int | None = None, reopened: int = 0, late_in: Sequence[str | None] = ()
) -> str:
    """One sentence about all of them. lately: of the last hundred done how many were on time, where there are more.
    late_in: where the owners of those that are late work, one for each; empty where not all of them are known."""
    kept, late, overdue = (counts.get(name, 0) for name in (Standing.KEPT, Standing.LATE_KEPT, Standing.OVERDUE))
    if not sum(counts.values()):
        return "Nothing has been promised yet."
    past = f"{kept} of {kept + late} kept on time. " if kept + late else "None has been kept yet. "
    if lately is not None:
        past = f"{lately} of the last {COUNTED_TO + 1} kept on time. "
    late_now = f"{capped(overdue)} {'is' if overdue == 1 else 'are'} late" if overdue else "Nothing is late"
    back = f" {capped(reopened)} {'is' if reopened == 1 else 'are'} back and open again." if reopened else ""
    return f"{past}{late_now}{_where(late_in) if overdue else ''}.{back}"


def _where(late_in: Sequence[str | None]) -> str:
    """ ": both in Digital", ": 2 in Digital, 1 elsewhere"; nothing where that would say nothing."""
    places = Counter(place for place in late_in if place)
    if not places or len(places) > DEPARTMENTS_NAMED:
        return ""
    if len(places) == 1 and places.total() == len(late_in):
        every = {1: "", 2: "both "}.get(len(late_in), "all ")
        return f": {every}in {next(iter(places))}"
    parts = [f"{number} in {place}" for place, number in places.most_common()]
    elsewhere = len(late_in) - places.total()
    return f": {', '.join(parts + ([f'{elsewhere} elsewhere'] if elsewhere else []))}"


def silent(state: CommitmentState, accept_by: datetime | None, now: datetime) -> bool:
    """True if an owner has not said in time whether a promise that was offered to them is theirs."""
    return state is CommitmentState.OFFERED and accept_by is not None and now > accept_by


@dataclass(frozen=True)
class Telling:
    """A step of the story in words."""

    icon: str
    tone: str
    title: str
    text: str


def telling(kind: str, actor: str | None, facts: Mapping[str, Any], today: date) -> Telling:
    """What happened, as a line of the story. kind: a value of StoryKind."""
    who = actor or "Somebody"
    icon, tone, title = _TOLD[kind]
    return Telling(icon, tone, title.format(who=who), _detail(kind, facts, today))


_TOLD = {
    "committed": ("flag", "blue", "{who} promised"),
    "accepted": ("check", "blue", "{who} took it on"),
    "handed_back": ("back", "", "{who} handed it back"),
    "date_moved": ("calendar", "honey", "{who} named another date"),
    "updated": ("talk", "", "{who} posted an update"),
    "delivered": ("wrench", "violet", "{who} says it is done"),
    "confirmed": ("check", "green", "{who} confirmed that it is done"),
    "back": ("alert", "stop", "Colleagues say it is back"),
    "not_back": ("check", "", "{who} looked, and says it is not back"),
    "sent_back": ("back", "stop", "{who} says it is not done yet"),
    "help_wanted": ("talk", "honey", "{who} asks for help"),
    "helper_joined": ("rise", "honey", "{who} joins in"),
    "decision_needed": ("alert", "honey", "{who} needs a decision"),
    "decision_given": ("check", "blue", "{who} decided"),
    "handed_over": ("back", "", "It was handed over to {who}"),
    "floor_checked": ("chart", "", "Colleagues were asked whether it is gone on their desk"),
    "from_a_shift": ("talk", "blue", "{who} heard it on the frontline"),
    "rolled_back": ("back", "stop", "{who} says that it was taken back"),
}


def _detail(kind: str, facts: Mapping[str, Any], today: date) -> str:
    due_on = _day_of(facts, "due_on", today)
    if kind == "committed":
        return f"{facts.get('owner')}, by {due_on}."
    if kind == "date_moved":
        late = " The old date had passed." if facts.get("missed") else ""
        return f"Promised by {_day_of(facts, 'due_before', today)}, now by {due_on}.{late}"
    if kind == "delivered":
        without = f" Not in {', '.join(facts['without'])}." if facts.get("without") else ""
        later = "".join(f" {site} since {day(date.fromisoformat(text), today)}."
                        for site, text in facts.get("later", {}).items())  # fmt: skip
        only = f" Only {', '.join(facts['reasons'])}." if facts.get("reasons") else ""
        where = f"in {', '.join(facts.get('sites', []))}"
        return f"Live since {_day_of(facts, 'live_from', today)} {where}.{later}{only}{without}"
    if kind == "handed_over":
        return f"{facts['from']} had it before. The date stays."
    if kind == "floor_checked":
        return f"Asked {after(facts['after_days'])}. {result_line(facts.get('total'), facts.get('asked'))}"
    if kind == "from_a_shift":
        return f"On a shift in {facts['site']}, {facts['queue']}."
    if kind == "rolled_back":
        return f"Not any more in {listed(facts['units'])}, since {_day_of(facts, 'live_to', today)}."
    if kind == "back" and facts.get("after_days"):
        return f"{still_met(facts['after_days'])} It is open again, and its owner has been told."
    if kind == "back":
        return f"Met again on {_day_of(facts, 'day', today)}. It is open again, and its owner has been told."
    return ""


def _day_of(facts: Mapping[str, Any], name: str, today: date) -> str:
    return day(date.fromisoformat(facts[name]), today) if facts.get(name) else ""
