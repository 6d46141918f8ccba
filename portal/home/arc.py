"""The arc of an idea: you said, we committed, we did, what happened. From facts to words, nothing is asked here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from portal.home.storytelling import Step, gap_words
from portal.ideas.words import Stage, StoryKind
from portal.web.dates import day_words, weekday_words

REOPENED = "Colleagues say it is back, so it is open again."
AHEAD = (Stage.PROMISED, Stage.DELIVERED, Stage.DONE)
CARRIED = "Carried to the executives."


@dataclass(frozen=True)
class Promised:
    """The promise that stands. due: words; late: "8 days late", or empty; measured: a metric was named for it."""

    owner: str
    due: str
    late: str
    measured: bool = False


@dataclass(frozen=True)
class Seen:
    """Who looks, and when. zone: their time zone. answer_due: the day on which the clock says that an answer is due."""

    today: date
    zone: str
    answer_due: date | None = None


def arc(idea: Any, moments: Mapping[StoryKind, Any], promise: Promised | None, seen: Seen) -> list[Step]:
    """The steps of one idea. idea: its stage and said_at. moments: the newest step of each kind that stands.

    Four steps; two where we said no or the author took it back; none of what has joined another idea.
    """
    if idea.stage is Stage.MERGED:
        return []  # what becomes of it is told on the page of the other one
    if ended := _ended_early(idea, moments, seen):
        return ended
    committed = moments.get(StoryKind.COMMITTED) or moments.get(StoryKind.FIXED_HERE)
    delivered = moments.get(StoryKind.DELIVERED)
    done = idea.stage in (Stage.DELIVERED, Stage.DONE) and delivered is not None
    answered = committed if idea.stage in AHEAD else None
    said = Step("You said", "talk", "done", *_when(idea.said_at, seen), _said_words(moments), _gap(idea, answered))
    return [
        said,
        _answer(idea, answered, promise, seen, delivered if done else None),
        _work(idea, moments, promise, delivered, seen, done=done),
        _outcome(idea, promise),
    ]


def with_verdict(steps: list[Step], word: str, *, bad: bool) -> list[Step]:
    """The arc with what the numbers say at its end. word: of the verdict, such as "It worked"."""
    if not steps or steps[-1].state != "end":
        return steps
    return [*steps[:-1], replace(steps[-1], text=f"{word}.", icon="alert" if bad else steps[-1].icon)]


def _ended_early(idea: Any, moments: Mapping[StoryKind, Any], seen: Seen) -> list[Step] | None:
    said = Step("You said", "talk", "done", *_when(idea.said_at, seen), _said_words(moments))
    if idea.stage is Stage.DECLINED and (no := moments.get(StoryKind.DECLINED)):
        reason = no.facts.get("reason_label", "") if isinstance(no.facts, Mapping) else ""
        words = [f"{reason}." if reason else "", f"{no.actor}." if no.actor else ""]
        ended = Step("We said no", "no", "no", *_when(no.at, seen), " ".join(filter(None, words)))
        return [replace(said, gap=gap_words(idea.said_at, no.at)), ended]
    if idea.stage is Stage.WITHDRAWN:
        back = moments.get(StoryKind.WITHDRAWN)
        return [said, Step("Taken back", "no", "no", *(_when(back.at, seen) if back else ()))]
    return None


def _said_words(moments: Mapping[StoryKind, Any]) -> str:
    if StoryKind.PROMOTED in moments:
        return CARRIED
    if (carried := moments.get(StoryKind.CARRIED)) and carried.actor:
        return f"{carried.actor} put it before the executives."
    replied = moments.get(StoryKind.REPLIED) or moments.get(StoryKind.LEFT_TO_SWARM)
    if replied is not None and replied.actor:
        return f"{replied.actor} replied."
    return "Your colleagues weigh in."


def _gap(idea: Any, answered: Any) -> str:
    return gap_words(idea.said_at, answered.at) if answered else ""


def _answer(idea: Any, answered: Any, promise: Promised | None, seen: Seen, delivered: Any) -> Step:
    if answered is not None:
        text = f"{promise.owner}: by {promise.due}." if promise else ""
        gap = gap_words(answered.at, delivered.at) if delivered else ""
        return Step("We committed", "flag", "done", *_when(answered.at, seen), text, gap)
    if idea.stage is not Stage.PROMOTED:
        return Step("We committed", "flag", "future")
    due = seen.answer_due
    late = (seen.today - due).days if due else 0
    text = f"Answer due {weekday_words(due)}." if due and late <= 0 else "An executive answers next."
    return Step("We answer", "flag", "current", text=text, late=late_words(late))


def late_words(days: int) -> str:
    """ "8 days late"; nothing while it is not."""
    return f"{days} day{'s' if days != 1 else ''} late" if days > 0 else ""


def _work(
    idea: Any, moments: Mapping[StoryKind, Any], promise: Promised | None, delivered: Any, seen: Seen, *, done: bool
) -> Step:
    late = promise.late if promise and idea.stage in AHEAD else ""
    if done:
        confirmed = idea.stage is Stage.DONE
        text = "" if confirmed else "Waiting for a second pair of eyes."
        return Step("We did", "wrench", "done", *_when(delivered.at, seen), text, late=late)
    if idea.stage not in AHEAD:
        return Step("We did", "wrench", "future")
    back = delivered is not None and StoryKind.BACK in moments
    return Step("We did", "wrench", "current", text=REOPENED if back else "", late=late)


def _outcome(idea: Any, promise: Promised | None) -> Step:
    if idea.stage is not Stage.DONE:
        return Step("What happened", "chart", "future")
    measured = promise is not None and promise.measured
    return Step("What happened", "chart", "end", text="See the numbers below." if measured else "No number was named.")


def _when(moment: datetime, seen: Seen) -> tuple[str, str]:
    return day_words(moment, today=seen.today, zone=seen.zone), moment.isoformat(timespec="seconds")
