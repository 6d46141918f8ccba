"""What a step of an idea's story is told as: the moment, one sentence, and the words of whoever decided.

Never a count and never a stop signal: a follower may not have decided yet, and then sees no number on the page either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.ideas.rule_record_words import VerdictKind
from portal.ideas.words import StoryKind
from portal.notices.moments import Moment
from portal.notices.recipients_rules import ONLY_FOLLOWERS, TAKING_PART, WITH_OWNER, How
from portal.web.dates import day_words


@dataclass(frozen=True)
class Outcome:
    """moment: how soon it is mailed. title: a sentence, with {who} for whoever did it. among: who hears of it."""

    moment: Moment
    title: str
    among: frozenset[How] = TAKING_PART


OUTCOMES: Mapping[StoryKind, Outcome] = {
    StoryKind.REPLIED: Outcome(Moment.ANSWERED, "{who} replied."),
    StoryKind.LEFT_TO_SWARM: Outcome(Moment.ANSWERED, "{who} read it and leaves it to your colleagues’ votes."),
    StoryKind.FIXED_HERE: Outcome(Moment.ANSWERED, "{who} promised to fix it at their own site."),
    StoryKind.ASKED: Outcome(Moment.ANSWERED, "{who} asked something before deciding."),
    StoryKind.COMMITTED: Outcome(Moment.ANSWERED, "{who} said yes."),
    StoryKind.DECLINED: Outcome(Moment.ANSWERED, "{who} said no."),
    StoryKind.PROMOTED: Outcome(Moment.MOVED, "It was carried to the executives. One of them owes an answer now."),
    StoryKind.CARRIED: Outcome(
        Moment.MOVED, "{who} put it before the executives, outside the quorum. One of them owes an answer now."
    ),
    StoryKind.ASKED_AGAIN: Outcome(Moment.MOVED, "It is with the executives once more."),
    StoryKind.ACCEPTED: Outcome(Moment.MOVED, "{who} took the promise on."),
    StoryKind.HANDED_BACK: Outcome(Moment.MOVED, "{who} handed the promise back."),
    StoryKind.HANDED_OVER: Outcome(Moment.MOVED, "It was handed over to {who}."),
    StoryKind.DATE_MOVED: Outcome(Moment.MOVED, "{who} moved the date."),
    StoryKind.DELIVERED: Outcome(Moment.MOVED, "{who} says that it is done. A second person looks next."),
    StoryKind.SENT_BACK: Outcome(Moment.MOVED, "{who} looked, and it is not done yet.", WITH_OWNER),
    StoryKind.CONFIRMED: Outcome(Moment.DONE, "It is done. {who} has looked.", WITH_OWNER),
    StoryKind.MEASURED: Outcome(Moment.DONE, "The numbers came in.", WITH_OWNER),
    StoryKind.BACK: Outcome(Moment.DONE, "Colleagues say that it is back, so it is open again."),
    StoryKind.NOT_BACK: Outcome(Moment.DONE, "{who} looked, and says that it is not back."),
    StoryKind.FLOOR_CHECKED: Outcome(
        Moment.MOVED, "Colleagues were asked whether it is gone on their desk.", WITH_OWNER
    ),
    StoryKind.ROLLED_BACK: Outcome(Moment.DONE, "{who} says that it was taken back.", WITH_OWNER),
    StoryKind.RULE_DECIDED: Outcome(Moment.DONE, "{who} decided about the rule behind it."),
    StoryKind.UPDATED: Outcome(Moment.CHATTER, "{who} told us what moved.", ONLY_FOLLOWERS),
}


AGAIN = {
    "voices": "Enough of you asked again.",
    "fact": "Something has changed since the no.",
    "date": "The day has come on which we said that we would look again.",
}


def title_of(outcome: Outcome, who: str | None) -> str:
    """The sentence. who: a name that everybody may see, or nothing."""
    return outcome.title.format(who=who or "We")


def words_of(kind: StoryKind, said: str, facts: Mapping[str, Any], today: date) -> str:
    """What stands under the sentence: dates and reasons, then what was said."""
    lines = [*_reasons(facts, today), said.strip()]
    if would_change := (facts.get("would_change") or "").strip():
        lines.append(f"What would change our mind: {would_change}")
    if again := facts.get("look_again_on"):
        lines.append(f"We look at it again on {_day(again, today)}.")
    return "\n".join(line for line in lines if line)


def _reasons(facts: Mapping[str, Any], today: date) -> list[str]:
    found = [AGAIN[because]] if (because := facts.get("because")) in AGAIN else []
    if reason := facts.get("reason_label"):
        found.append(f"{reason}.")
    owner, due = facts.get("owner"), facts.get("due_on")
    before = facts.get("due_before")
    if due and before:
        found.append(f"By {_day(due, today)} now, not {_day(before, today)}.")
    elif due:
        found.append(f"{owner}, by {_day(due, today)}." if owner else f"By {_day(due, today)}.")
    if live := facts.get("live_from"):
        found.append(f"Live since {_day(live, today)}.")
    if units := facts.get("units"):
        found.append(f"Not any more in {', '.join(units)}, since {_day(facts['live_to'], today)}.")
    if title := facts.get("rule_title"):
        found.append(f"{title}: {VerdictKind(facts['verdict']).label.lower()}.")
    return found


def _day(text: str, today: date) -> str:
    return day_words(date.fromisoformat(text), today=today)
