"""What the template of triage is given. Pure but for the rows' types."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from portal.commitments import wording
from portal.commitments.rules import day_in
from portal.swarm.occurrence_wording import cost, reported
from portal.triage.clock_queries import Clock
from portal.triage.clock_wording import due_words
from portal.triage.models import DecisionKind
from portal.triage.queries import Brief, Queue, Standing, Waiting

MOVES = (("commit", "Commit", "flag", "c"), ("merge", "Merge", "merge", "m"), ("decline", "Decline", "no", "d"))


def queue_context(
    queue: Queue, current: int | None, after: str | None, *, clocks: Mapping[int, Clock], today: date
) -> list[dict[str, Any]]:
    """The list at the side, longest waiting first; its links stay on its page. after: the cursor of that."""
    place = f"&{urlencode({'after': after})}" if after else ""
    return [_entry(waiting, current, place, clocks.get(waiting.number), today) for waiting in queue.entries]


def _entry(waiting: Waiting, current: int | None, place: str, clock: Clock | None, today: date) -> dict[str, Any]:
    text, late = clock_words(clock, today)
    return {
        "number": waiting.number,
        "title": waiting.title,
        "href": f"/triage?idea={waiting.number}{place}",
        "people": waiting.people,
        "line": text,
        "late": late,
        "done": False,
        "current": waiting.number == current,
    }


def clock_words(clock: Clock | None, today: date) -> tuple[str, bool]:
    """Until when an answer is due and from whom, and whether it is late; nothing where none is due any more."""
    if clock is None:
        return "", False
    text, late = due_words(clock.what, clock.due_on, today, overdue=clock.overdue)
    return f"{text}, {clock.name}" if clock.name else text, late


def item_context(brief: Brief, *, clock: Clock | None, zone: str, today: date) -> dict[str, Any]:
    """The brief."""
    return {
        "number": brief.number,
        "kind": brief.kind.value,
        "kind_label": brief.kind.label,
        "barrier_label": brief.barrier.label,
        "title": brief.title,
        "say": brief.say,
        "byline": brief.byline,
        "when": wording.day(day_in(zone, brief.said_at), today),
        "clock": clock_words(clock, today) if clock is not None and brief.stage == "promoted" else None,
        "signals": _signals(brief),
        "reached": _reached(brief, zone, today),
        "cost": cost_words(brief, today),
        "flags": _flags(brief),
        "voices": [(words, f"Stop signal: {reason.words}", True) for reason, words in brief.stops],
    }


def _signals(brief: Brief) -> list[tuple[str, str]]:
    agree = f"{round(100 * brief.people / brief.decided)}%" if brief.decided else "–"
    stops = "open stop signal" if brief.open_stops == 1 else "open stop signals"
    return [
        (f"{brief.people:,}", f"hit this, at {brief.sites} of {wording.count(brief.sites_in_all, 'site')}"),
        (agree, "of those who weighed in agree"),
        (f"{brief.open_stops:,}", stops),
        (f"{brief.evidence:.1f}", f"evidence, the swarm line is {brief.line:.1f}"),
    ]


def _flags(brief: Brief) -> list[tuple[str, str]]:
    """(in bold, the rest): what to know before answering. None of it forbids an answer."""
    found = []
    if brief.contested:
        why = ", ".join(f"{reason.words[:1].lower()}{reason.words[1:]} ({count})" for reason, count in brief.contested)
        found.append(("Contested.", f"People in several teams object: {why}."))
    if brief.unanswered:
        found.append((f"{wording.count(brief.unanswered, 'stop signal')} without an answer.", ""))
    return [*found, *((alarm.words, alarm.facts) for alarm in brief.alarms)]


def _reached(brief: Brief, zone: str, today: date) -> str:
    day = wording.day(day_in(zone, brief.promoted_at), today)
    spread = f"{wording.count(brief.teams, 'team')} at {wording.count(brief.sites, 'site')}"
    again = ""
    if brief.returned_at is not None:
        back = wording.day(day_in(zone, brief.returned_at), today)
        again = f" After a no, {wording.count(brief.returned_voices or 0, 'new voice')} asked again by {back}."
    return f"it passed the swarm line on {day} with support from {spread}, so no single team pushed it here.{again}"


def cost_words(brief: Brief, today: date) -> str | None:
    """How often it was noted and what that costs in a week; None where nothing was noted lately."""
    found = brief.occurrences
    if found is None:
        return None
    return f"{reported(found, today)} {cost(found, brief.hour)} Only what was noted counts."


def answered_context(standing: Standing | None, number: int, *, now: datetime) -> dict[str, Any] | None:
    """That somebody has answered: who, what, how long ago, and where to read it."""
    if standing is None:
        return None
    what = "committed" if standing.kind is DecisionKind.COMMIT else "declined"
    href = f"/commitments/{standing.commitment_id}" if standing.commitment_id else f"/ideas/{number}"
    return {
        "text": f"{standing.by} answered this {ago(standing.at, now)}: {what}.",
        "sentence": standing.sentence,
        "reason": standing.reason.label if standing.reason else None,
        "href": href,
    }


def ago(at: datetime, now: datetime) -> str:
    """ "40 seconds ago", "5 minutes ago", "3 hours ago", "9 days ago"."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, what in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{wording.count(seconds // size, what)} ago"
    return f"{wording.count(seconds, 'second')} ago"
