"""The arc of an idea in each of its states."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.home.arc import REOPENED, Promised, Seen, arc, with_verdict
from portal.home.storytelling import Moment
from portal.ideas.words import Stage, StoryKind

SAID = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
TODAY = date(2026, 4, 20)
SEEN = Seen(TODAY, "UTC")


@dataclass
class Idea:
    stage: Stage
    said_at: datetime = SAID


def at(days: int, actor: str = "Priya Shah", **facts: str) -> Moment:
    return Moment(StoryKind.UPDATED, SAID + timedelta(days=days), actor, "", facts)


def shape(stage: Stage, moments: dict[StoryKind, Moment], promise: Promised | None = None, seen: Seen = SEEN) -> list:
    return [(step.title, step.state, step.text, step.gap, step.late)
            for step in arc(Idea(stage), moments, promise, seen)]  # fmt: skip


FUTURE = ("What happened", "future", "", "", "")
PROMISE = Promised("Olu", "22 April", "", measured=True)
TOLD = {StoryKind.PROMOTED: at(5), StoryKind.COMMITTED: at(9)}
DONE = TOLD | {StoryKind.DELIVERED: at(20), StoryKind.CONFIRMED: at(21)}


@pytest.mark.parametrize(
    ("stage", "moments", "promise", "steps"),
    [
        (Stage.OPEN, {}, None, [
            ("You said", "done", "Your colleagues weigh in.", "", ""), ("We committed", "future", "", "", ""),
            ("We did", "future", "", "", ""), FUTURE]),
        (Stage.OPEN, {StoryKind.REPLIED: at(1, "Lea")}, None, [
            ("You said", "done", "Lea replied.", "", ""), ("We committed", "future", "", "", ""),
            ("We did", "future", "", "", ""), FUTURE]),
        (Stage.PROMOTED, {StoryKind.PROMOTED: at(45)}, None, [
            ("You said", "done", "Carried to the executives.", "", ""),
            ("We answer", "current", "An executive answers next.", "", ""), ("We did", "future", "", "", ""), FUTURE]),
        (Stage.PROMISED, TOLD, Promised("Olu", "12 April", "8 days late"), [
            ("You said", "done", "Carried to the executives.", "9 days", ""),
            ("We committed", "done", "Olu: by 12 April.", "", ""), ("We did", "current", "", "", "8 days late"),
            FUTURE]),
        (Stage.PROMISED, {StoryKind.FIXED_HERE: at(2)}, PROMISE, [
            ("You said", "done", "Your colleagues weigh in.", "2 days", ""),
            ("We committed", "done", "Olu: by 22 April.", "", ""), ("We did", "current", "", "", ""), FUTURE]),
        (Stage.PROMISED, DONE | {StoryKind.BACK: at(40)}, PROMISE, [
            ("You said", "done", "Carried to the executives.", "9 days", ""),
            ("We committed", "done", "Olu: by 22 April.", "", ""), ("We did", "current", REOPENED, "", ""), FUTURE]),
        (Stage.DELIVERED, TOLD | {StoryKind.DELIVERED: at(20)}, PROMISE, [
            ("You said", "done", "Carried to the executives.", "9 days", ""),
            ("We committed", "done", "Olu: by 22 April.", "11 days", ""),
            ("We did", "done", "Waiting for a second pair of eyes.", "", ""), FUTURE]),
        (Stage.DONE, DONE, PROMISE, [
            ("You said", "done", "Carried to the executives.", "9 days", ""),
            ("We committed", "done", "Olu: by 22 April.", "11 days", ""), ("We did", "done", "", "", ""),
            ("What happened", "end", "See the numbers below.", "", "")]),
        (Stage.DECLINED, {StoryKind.PROMOTED: at(5), StoryKind.DECLINED: at(9, reason_label="Law or safety")}, None, [
            ("You said", "done", "Carried to the executives.", "9 days", ""),
            ("We said no", "no", "Law or safety. Priya Shah.", "", "")]),
        (Stage.WITHDRAWN, {StoryKind.WITHDRAWN: at(1)}, None, [
            ("You said", "done", "Your colleagues weigh in.", "", ""), ("Taken back", "no", "", "", "")]),
        (Stage.MERGED, {}, None, []),
    ],
)  # fmt: skip
def test_the_arc(stage: Stage, moments: dict, promise: Promised | None, steps: list) -> None:
    assert shape(stage, moments, promise) == steps


@pytest.mark.parametrize(
    ("due", "words", "late"),
    [
        (date(2026, 4, 24), "Answer due Friday 24 April.", ""),
        (TODAY, "Answer due Monday 20 April.", ""),
        (date(2026, 4, 12), "An executive answers next.", "8 days late"),
    ],
)
def test_an_answer_is_due_on_the_clocks_day(due: date, words: str, late: str) -> None:
    step = arc(Idea(Stage.PROMOTED), {StoryKind.PROMOTED: at(5)}, None, Seen(TODAY, "UTC", due))[1]

    assert (step.state, step.text, step.late) == ("current", words, late)


def test_the_end_says_what_the_numbers_say() -> None:
    steps = arc(Idea(Stage.DONE), DONE, PROMISE, SEEN)

    assert with_verdict(steps, "It did not work", bad=False)[-1].text == "It did not work."
    assert with_verdict(steps, "It made things worse", bad=True)[-1].icon == "alert"
    assert with_verdict(arc(Idea(Stage.OPEN), {}, None, SEEN), "It worked", bad=False)[-1].text == ""
