"""What the template of triage is given. Pure but for the rows' types."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from portal.commitments import wording
from portal.commitments.rules import day_in
from portal.swarm.occurrence_wording import cost, reported
from portal.triage.again_rules import Because
from portal.triage.clock_queries import Clock
from portal.triage.clock_wording import due_words
from portal.triage.desk import Desk
from portal.triage.models import DecisionKind
from portal.triage.moves_rules import UNDO, Move
from portal.triage.queries import Brief, Queue, Waiting
from portal.triage.standing import Standing
from portal.web.paging import COUNTED_TO

MOVES = (
    ("commit", "Commit", "flag"), ("ask", "Ask", "talk"), ("merge", "Merge", "merge"), ("decline", "Decline", "no"),
)  # fmt: skip
WORDS_OF = {Move.COMMIT: "Committed to", Move.ASK: "Asked about", Move.MERGE: "Merged", Move.DECLINE: "Declined"}
UNDO_AT = {Move.COMMIT: "decisions", Move.DECLINE: "decisions", Move.ASK: "questions", Move.MERGE: "merges"}
BRIEF_WORDS = 60  # of a colleague's comment: the brief is read in half a minute


def queue_context(
    queue: Queue, current: int | None, after: str | None, *, clocks: Mapping[int, Clock | None], today: date
) -> list[dict[str, Any]]:
    """The list at the side, longest waiting first; its links stay on its page. after: the cursor of that."""
    place = f"&{urlencode({'after': after})}" if after else ""
    return [_entry(waiting, current, place, clocks.get(waiting.number), today) for waiting in queue.entries]


def _entry(waiting: Waiting, current: int | None, place: str, clock: Clock | None, today: date) -> dict[str, Any]:
    text, late = clock_words(clock, today)
    if waiting.asked_until is not None and text:
        text = f"Asked, {text[:1].lower()}{text[1:]}"
    if waiting.carried:
        text = f"Carried by a representative. {text}".rstrip()
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
        "voices": _voices(brief),
        "alike": brief.alike[0] if brief.alike else None,
        "question": _question(brief, zone=zone, today=today),
        "own_note": brief.own_note,
        "notes": [(f"{one.by}: {one.opinion.label}.", one.words) for one in brief.notes],
    }


def _voices(brief: Brief) -> list[tuple[str, str, bool]]:
    """Two of them, somebody who builds on it and the strongest objection, and what representatives say."""
    found = []
    if brief.supporting is not None:
        words, who = brief.supporting
        few = words.split()
        short = " ".join(few[:BRIEF_WORDS]) + (" …" if len(few) > BRIEF_WORDS else "")
        found.append((short, f"{who[:1].upper()}{who[1:]}", False))
    found += [(words, f"Stop signal: {reason.words}", True) for reason, words in brief.stops[:1]]
    return [*found, *((words, who, False) for words, who in brief.spoken)]


def _question(brief: Brief, *, zone: str, today: date) -> dict[str, Any] | None:
    asked = brief.question
    if asked is None:
        return None
    by = last_day(asked.reply_by, zone, today)
    waits = "" if asked.answer else f"Reply by {by}; the time for an answer stands still until then."
    return {
        "who": asked.expert or "the author", "words": asked.words, "answer": asked.answer, "waits": waits,
        "href": f"/questions/{asked.number}",
    }  # fmt: skip


def last_day(end: datetime, zone: str, today: date) -> str:
    """The day that ends at this moment, in words."""
    return wording.day(day_in(zone, end - timedelta(seconds=1)), today, weekday=True)


def toast(desk: Desk, *, zone: str) -> dict[str, Any] | None:
    """What the executive did last and can still take back."""
    last = desk.last
    if last is None:
        return None
    until = (last.at + UNDO).astimezone(ZoneInfo(zone))
    return {
        "text": f"{WORDS_OF[last.move]} number {last.idea}.",
        "until": f"Nobody is told before {until:%H:%M}.",
        "action": f"/{UNDO_AT[last.move]}/{last.number}/undo",
    }


def progress(desk: Desk) -> dict[str, Any] | None:
    """ "3 of 9, about 2 minutes left at your pace"; None where nothing waits."""
    if not desk.waiting:
        return None
    done = len({moved.idea for moved in desk.moves})
    gone = len({moved.idea for moved in desk.moves if moved.move is not Move.ASK})  # what was asked about still waits
    total, whole = gone + desk.waiting, desk.waiting <= COUNTED_TO
    minutes = max(1, round(desk.waiting * desk.seconds_each / 60))
    left = f"About {wording.count(minutes, 'minute')} left at your pace." if whole else ""
    return {
        "text": f"{min(done + 1, total)} of {total}" if whole else f"{done + 1} of more than {done + COUNTED_TO}",
        "left": left,
        "done": done,
        "total": total,
    }


def neighbours(queue: Queue, current: int | None) -> tuple[str | None, str | None]:
    """The addresses of the idea before and behind this one in the list."""
    numbers = [entry.number for entry in queue.entries]
    at = numbers.index(current) if current in numbers else -1
    before = numbers[at - 1] if at > 0 else None
    behind = numbers[at + 1] if at + 1 < len(numbers) else None
    return tuple(f"/triage?idea={number}" if number else None for number in (before, behind))  # type: ignore[return-value]


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
        again = f" After a no, {_came_back(brief)} on {back}."
    if brief.carried is not None:
        words, who = brief.carried
        return f"{who}, put it here on {day}, outside the quorum: it has not passed the swarm line. “{words}”{again}"
    return f"it passed the swarm line on {day} with support from {spread}, so no single team pushed it here.{again}"


def _came_back(brief: Brief) -> str:
    if brief.returned_because is Because.FACT:
        return f"a new fact brought it back (“{brief.returned_fact}”)"
    if brief.returned_because is Because.DATE:
        return "the day came on which you wanted to look again:"
    return f"{wording.count(brief.returned_voices or 0, 'new voice')} brought it back"


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
        "text": f"{standing.by} decided this {ago(standing.at, now)}: {what}.",
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
