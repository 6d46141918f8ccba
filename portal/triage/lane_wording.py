"""How local fixes, replies and the huddle read. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from portal.commitments import wording
from portal.commitments.rules import Course, Standing

QUESTIONS = (
    "What made you say “no” to a customer this week?",
    "Which sentence in your script would you never say to a friend?",
    "What did you explain more than once today?",
    "What do customers thank you for that no system measures?",
    "Where did you have to ask somebody for permission, and got it every time?",
    "Which screen makes you apologise for waiting?",
    "What did a customer have to tell us twice?",
    "Which rule do you know by heart, and nobody knows why?",
    "What did you promise a customer that you could not see through?",
    "If you had one free hour, what would you put right?",
)
STEP_TITLES = {
    "promised": "{by} promised to fix it in {site}",
    "adopted": "{by} promised the same for {site}",
    "moved": "{by} named another date",
    "done": "{by} says it is fixed",
    "confirmed": "{by} looked, and confirmed that it is fixed",
    "sent_back": "{by} looked, and sent it back",
    "handed_over": "{by} handed it over",
}
STEP_ICONS = {
    "promised": ("flag", "blue"),
    "adopted": ("flag", "blue"),
    "moved": ("calendar", "honey"),
    "done": ("wrench", "violet"),
    "confirmed": ("check", "green"),
    "sent_back": ("back", "stop"),
    "handed_over": ("back", ""),
}


def question_of(day: date) -> str:
    """The question of the week: the same for everybody, another one each week."""
    year, week, _ = day.isocalendar()
    return QUESTIONS[(year * 53 + week) % len(QUESTIONS)]


def age_words(since: datetime, now: datetime) -> str:
    """ "today", "since yesterday", "for 6 days"."""
    days = (now - since).days
    return "for " + wording.count(days, "day") if days > 1 else "since yesterday" if days else "since today"


def clock_words(clock: Any, viewer_id: int) -> tuple[str, bool] | None:
    """Who owes the first reply until when, and whether that has passed; None where only the age is known.

    clock: a `Clock` or None. What is promoted is owed an answer, which is the executives' clock.
    """
    if clock is None or clock.what != "first_reply":
        return None
    who = "You reply" if clock.person_id == viewer_id else f"{clock.name} replies" if clock.name else "A reply"
    day = wording.WEEKDAYS[clock.due_on.weekday()] + f" {clock.due_on.day} {wording.MONTHS[clock.due_on.month - 1]}"
    late = ", late" if clock.overdue else ""
    return f"{who} by {day}{late}" if clock.name else f"A reply is due by {day}{late}", clock.overdue


def row(line: Any, today: date, *, href: str) -> dict[str, Any]:
    """A local fix in a list, as `promise_row` draws it. line: a `FixLine`."""
    course: Course = line.course
    how = line.standing(today)
    return {
        "sentence": line.sentence,
        "href": href,
        "number": line.idea,
        "owner": line.owner,
        "owner_initials": wording.initials(line.owner),
        "sponsor": None,
        "due": wording.day(course.due_on, today),
        "due_datetime": course.due_on.isoformat(),
        "state": wording.ROW_STATES.get(how, how.value),
        "days": wording.clock(course, how, today),
        "first_due": wording.day(course.dates[0].due_on, today) if len(course.dates) > 1 else None,
        "moved": wording.moved(course),
        "update_age": None,
        "waiting": None,
        "measure": f"in {line.site} alone",
    }


def chip_of(line: Any, today: date) -> tuple[str, str, str]:
    """(label, tone, icon) of a local fix."""
    look = wording.look(line.state, line.standing(today))
    return look.label, look.tone, look.icon


def days_of(line: Any, today: date) -> str:
    """The days in words, with a capital letter."""
    words = wording.clock(line.course, line.standing(today), today)
    return words[:1].upper() + words[1:]


def is_late(line: Any, today: date) -> bool:
    """True while its day has passed."""
    return bool(line.standing(today) is Standing.OVERDUE)


def entries(steps: Sequence[Any], site: str, today: date) -> list[dict[str, Any]]:
    """What happened to a fix, as lines of a story. steps: `FixStepLine`s."""
    return [_entry(step, site, today) for step in steps]


def _entry(step: Any, site: str, today: date) -> dict[str, Any]:
    icon, tone = STEP_ICONS[step.kind]
    parts = []
    if step.due_on:
        parts.append(f"By {wording.day(step.due_on, today)}.")
    if step.live_from and step.kind == "done":
        parts.append(f"Since {wording.day(step.live_from, today)}.")
    return {
        "icon": icon, "tone": tone, "title": STEP_TITLES[step.kind].format(by=step.by, site=site) + ".",
        "text": " ".join(parts), "say": step.words, "when": wording.day(step.at.date(), today),
        "datetime": step.at.isoformat(timespec="seconds"), "who": "", "chip": None, "answer": None, "link": None,
        "id": "",
    }  # fmt: skip
