"""The words of an idea's story: from append-only steps to lines that people read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.commitments.floor_words import after, result_line, still_met
from portal.ideas.models import Story, StoryUndone
from portal.ideas.rule_record_words import VerdictKind
from portal.ideas.words import StoryKind
from portal.people.models import Person
from portal.web.dates import clock_words, day_words, span_words

ICONS = {
    StoryKind.SAID: ("talk", ""),
    StoryKind.EDITED: ("talk", ""),
    StoryKind.WITHDRAWN: ("no", ""),
    StoryKind.HIDDEN: ("shield", "stop"),
    StoryKind.RESTORED: ("shield", ""),
    StoryKind.PROMOTED: ("rise", "honey"),
    StoryKind.COMMITTED: ("flag", "blue"),
    StoryKind.DECLINED: ("no", ""),
    StoryKind.ACCEPTED: ("flag", "blue"),
    StoryKind.HANDED_BACK: ("back", "stop"),
    StoryKind.DATE_MOVED: ("calendar", "stop"),
    StoryKind.UPDATED: ("wrench", "blue"),
    StoryKind.DELIVERED: ("wrench", "green"),
    StoryKind.CONFIRMED: ("check", "green"),
    StoryKind.SENT_BACK: ("back", "stop"),
    StoryKind.BACK: ("alert", "stop"),
    StoryKind.NOT_BACK: ("check", ""),
    StoryKind.ASKED_AGAIN: ("rise", "honey"),
    StoryKind.MEASURED: ("chart", ""),
    StoryKind.REWARDED: ("gift", "honey"),
    StoryKind.RULE_NAMED: ("flag", ""),
    StoryKind.RULE_DECIDED: ("check", "green"),
    StoryKind.MERGED: ("merge", ""),
    StoryKind.JOINED: ("merge", "honey"),
    StoryKind.UNMERGED: ("back", ""),
    StoryKind.LEFT: ("back", ""),
    StoryKind.STOP_ANSWERED: ("talk", ""),
    StoryKind.STOP_LIFTED: ("check", "green"),
    StoryKind.STOP_KEPT: ("stop", "stop"),
    StoryKind.REPLIED: ("talk", "blue"),
    StoryKind.LEFT_TO_SWARM: ("talk", ""),
    StoryKind.FIXED_HERE: ("wrench", "green"),
    StoryKind.ESCALATED: ("alert", "stop"),
    StoryKind.ASKED: ("talk", ""),
    StoryKind.ASK_ANSWERED: ("talk", ""),
    StoryKind.UNDONE: ("back", ""),
    StoryKind.HELP_WANTED: ("talk", "honey"),
    StoryKind.HELPER_JOINED: ("rise", "honey"),
    StoryKind.DECISION_NEEDED: ("alert", ""),
    StoryKind.DECISION_GIVEN: ("check", ""),
    StoryKind.HANDED_OVER: ("back", ""),
    StoryKind.FLOOR_CHECKED: ("chart", ""),
    StoryKind.ROLLED_BACK: ("back", "stop"),
    StoryKind.FROM_A_SHIFT: ("talk", "blue"),
    StoryKind.CARRIED: ("rise", "blue"),
}
TITLES = {
    StoryKind.SAID: "{who} said it.",
    StoryKind.EDITED: "The words were edited.",
    StoryKind.WITHDRAWN: "The author took it back.",
    StoryKind.HIDDEN: "{who} hid it from the board.",
    StoryKind.RESTORED: "{who} put it back on the board.",
    StoryKind.PROMOTED: "The swarm carried it to the executives.",
    StoryKind.COMMITTED: "{who} committed to it.",
    StoryKind.DECLINED: "{who} said no.",
    StoryKind.ACCEPTED: "{who} took the promise on.",
    StoryKind.HANDED_BACK: "{who} handed the promise back.",
    StoryKind.DATE_MOVED: "{who} moved the date.",
    StoryKind.UPDATED: "{who} told us what moved.",
    StoryKind.DELIVERED: "{who} marked it done.",
    StoryKind.CONFIRMED: "{who} looked, and confirmed that it is done.",
    StoryKind.SENT_BACK: "{who} looked, and sent it back.",
    StoryKind.BACK: "Colleagues say it is back.",
    StoryKind.NOT_BACK: "{who} looked, and says it is not back.",
    StoryKind.ASKED_AGAIN: "It is with the executives once more.",
    StoryKind.MEASURED: "The numbers came in.",
    StoryKind.REWARDED: "Points were shared for it.",
    StoryKind.RULE_NAMED: "{who} named the rule behind it.",
    StoryKind.RULE_DECIDED: "{who} decided about the rule.",
    StoryKind.MERGED: "{who} let it join number {number}.",
    StoryKind.JOINED: "{who} let number {number} join it.",
    StoryKind.UNMERGED: "{who} took it apart from number {number} again.",
    StoryKind.LEFT: "{who} took number {number} apart from it again.",
    StoryKind.STOP_ANSWERED: "{who} answered a stop signal.",
    StoryKind.STOP_LIFTED: "A stop signal was lifted after the answer.",
    StoryKind.STOP_KEPT: "A stop signal was kept in spite of the answer.",
    StoryKind.REPLIED: "{who} replied.",
    StoryKind.LEFT_TO_SWARM: "{who} read it and leaves it to the colleagues’ votes.",
    StoryKind.FIXED_HERE: "{who} promised to fix it at their own site.",
    StoryKind.ESCALATED: "It is late, so it went one level up.",
    StoryKind.ASKED: "{who} asked something before deciding.",
    StoryKind.ASK_ANSWERED: "The question was answered.",
    StoryKind.UNDONE: "{who} took the last answer back.",
    StoryKind.HELP_WANTED: "{who} asked for help with it.",
    StoryKind.HELPER_JOINED: "{who} joined in.",
    StoryKind.DECISION_NEEDED: "{who} needs a decision to go on.",
    StoryKind.DECISION_GIVEN: "{who} decided what was asked.",
    StoryKind.HANDED_OVER: "It was handed over to {who}.",
    StoryKind.FLOOR_CHECKED: "Colleagues were asked whether it is gone on their desk.",
    StoryKind.ROLLED_BACK: "{who} says that it was taken back.",
    StoryKind.FROM_A_SHIFT: "{who} heard it on the frontline.",
    StoryKind.CARRIED: "{who} put it before the executives.",
}

LOCAL = {
    "promised": "{who} promised to fix it in SITE.",
    "adopted": "{who} promised the same for SITE.",
    "moved": "{who} moved the date in SITE.",
    "done": "{who} says it is fixed in SITE.",
    "confirmed": "{who} looked, and confirmed that it is fixed in SITE.",
    "sent_back": "{who} looked, and says it is not fixed in SITE yet.",
    "handed_over": "{who} handed the fix in SITE over.",
}  # what happened to a promise of one site

RETURNS = {
    "fact": "Something has changed since the no:",
    "date": "The day came on which we said that we would look again.",
}
ABOUT_TWO = (StoryKind.MERGED, StoryKind.JOINED, StoryKind.UNMERGED, StoryKind.LEFT)


@dataclass(frozen=True)
class Entry:
    """One line of the story."""

    icon: str
    tone: str
    title: str
    text: str
    say: str
    when: str
    datetime: str
    who: str = ""
    chip: Any = None
    answer: Any = None
    link: Any = None
    id: str = ""
    undone: str = ""  # when it was taken back: it stays, struck through


@dataclass(frozen=True)
class Step:
    """A step of the arc: you said, we committed, we did, what happened."""

    title: str
    icon: str
    state: str
    when: str = ""
    datetime: str = ""
    text: str = ""
    gap: str = ""
    late: str = ""


def story_query() -> Select:
    """Steps with who did them and when one was taken back, the newest first; narrow it to an idea."""
    actor = aliased(Person)
    query = select(Story.id, Story.idea_id, Story.kind, Story.at, Story.words, Story.facts, actor.name.label("actor"),
                   StoryUndone.at.label("undone_at"))  # fmt: skip
    query = query.outerjoin(actor, actor.id == Story.actor_id).outerjoin(StoryUndone, StoryUndone.story_id == Story.id)
    return query.order_by(Story.at.desc(), Story.id.desc())


@dataclass(frozen=True)
class Moment:
    """When something happened last, who did it, and what was said."""

    kind: StoryKind
    at: datetime
    actor: str | None
    words: str
    facts: Mapping[str, Any]


def standing(steps: Iterable[Any]) -> dict[StoryKind, Moment]:
    """The newest step of each kind that was not taken back. steps: rows of `story_query`, the newest first."""
    found: dict[StoryKind, Moment] = {}
    for step in steps:
        if step.undone_at is None and step.kind not in found:
            found[step.kind] = Moment(step.kind, step.at, step.actor, step.words, json.loads(step.facts))
    return found


def entry_of(step: Any, *, zone: str, today: date, exact: bool = False) -> Entry:
    """A row of `story_query` as a line. exact: with the time of the day."""
    facts: Mapping[str, Any] = json.loads(step.facts)
    made = entry(step.kind, at=step.at, actor=step.actor, words=step.words, facts=facts, today=today, zone=zone)
    if step.undone_at is None and not exact:
        return made
    undone = f"Taken back on {day_words(step.undone_at, today=today, zone=zone)}" if step.undone_at else ""
    when = f"{made.when}, {clock_words(step.at, zone=zone)}" if exact else made.when
    return replace(made, undone=undone, when=when)


def entry(
    kind: StoryKind, *, at: datetime, actor: str | None, words: str, facts: Mapping[str, Any], today: date, zone: str
) -> Entry:
    """One step as a line. Without an actor's name the sentence speaks of the author or of us."""
    icon, tone = ICONS[kind]
    who = actor or ("A colleague" if kind in (StoryKind.SAID, StoryKind.RULE_NAMED) else "We")
    if facts.get("for"):
        who = f"{who}, for {facts['for']},"
    words_of = local_title(facts) if kind is StoryKind.FIXED_HERE else TITLES[kind]
    title = words_of.format(who=who, number=facts.get("number"))
    return Entry(
        icon,
        tone,
        title,
        _detail(kind, facts, today),
        words,
        day_words(at, today=today, zone=zone),
        at.isoformat(timespec="seconds"),
        link=_other(kind, facts),
    )


def local_title(facts: Mapping[str, Any]) -> str:
    """What happened to a promise of one site; {who} is left to fill in."""
    site = str(facts.get("site", "one site")).replace("{", "").replace("}", "")
    return LOCAL.get(facts.get("what", ""), TITLES[StoryKind.FIXED_HERE]).replace("SITE", site)


def _other(kind: StoryKind, facts: Mapping[str, Any]) -> tuple[str, str] | None:
    if facts.get("rule"):
        return facts["rule_title"], f"/rules/{facts['rule']}"
    if facts.get("insight"):
        return "What surprised them", f"/insights/{facts['insight']}"
    if kind is StoryKind.FIXED_HERE and facts.get("fix"):
        return "See it", f"/local-fixes/{facts['fix']}"
    number = facts.get("number") if kind in ABOUT_TWO else None
    return ("See it", f"/ideas/{number}") if number else None


def _detail(kind: StoryKind, facts: Mapping[str, Any], today: date) -> str:
    parts = []
    if day := facts.get("brought_along_on"):
        parts.append(f"Brought along from earlier ideas on {day_words(date.fromisoformat(day), today=today)}.")
    if kind is StoryKind.PROMOTED and facts.get("supporters_teams"):
        parts.append(
            f"Supporters in {facts['supporters_teams']} teams on {facts.get('sites', 1)} sites, "
            "so no single team did it."
        )
    if kind is StoryKind.CARRIED:
        parts.append(
            f"As the representative of {facts['place']}, outside the quorum: it has not passed the swarm line."
        )
    if owner := facts.get("owner"):
        parts.append(f"{owner} owns it.")
    if due := facts.get("due_on"):
        before = facts.get("due_before") or facts.get("was_due_on")
        words = day_words(date.fromisoformat(due), today=today)
        was = f", not {day_words(date.fromisoformat(before), today=today)}" if before else ""
        parts.append(f"Promised by {words}{was}.")
    if live := facts.get("live_from"):
        parts.append(f"Live since {day_words(date.fromisoformat(live), today=today)}.")
    if sites := facts.get("sites") if kind is StoryKind.DELIVERED else None:
        parts.append(f"At {_listed(sites)}.")
    if verdict := facts.get("verdict"):
        parts.append(f"{VerdictKind(verdict).label}:")
    if kind is StoryKind.FLOOR_CHECKED:
        parts.append(f"Asked {after(facts['after_days'])}. {result_line(facts.get('total'), facts.get('asked'))}")
    if kind is StoryKind.BACK and facts.get("after_days"):
        parts.append(f"{still_met(facts['after_days'])} It is open again.")
    elif kind is StoryKind.BACK:
        parts.append(f"Met again on {day_words(date.fromisoformat(facts['day']), today=today)}, so it is open again.")
    if kind is StoryKind.FROM_A_SHIFT:
        parts.append(f"On a shift in {facts['site']}, {facts['queue']}.")
    if kind is StoryKind.ROLLED_BACK:
        since = day_words(date.fromisoformat(facts["live_to"]), today=today)
        parts.append(f"Not any more in {_listed(facts['units'])}, since {since}.")
    if kind is StoryKind.ASKED_AGAIN:
        parts.append(RETURNS.get(facts.get("because", ""), "Enough of you asked again:"))
        parts.append(f"{facts['voices']} new voices from {facts['teams']} teams." if "voices" in facts else "")
    if kind is StoryKind.ESCALATED and facts.get("late"):
        was_due = day_words(date.fromisoformat(facts["was_due"]), today=today)
        parts.append(f"{facts['late']} owed it by {was_due}. {facts['called']} was asked to see to it.")
    if reason := facts.get("reason_label"):
        parts.append(f"{reason}.")
    return " ".join(part for part in parts if part)


def _listed(names: Any) -> str:
    if not isinstance(names, list):
        return f"{names} sites"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def gap_words(earlier: datetime | None, later: datetime | None) -> str:
    """How long it took from one step to the next."""
    return span_words((later - earlier).days) if earlier and later else ""
