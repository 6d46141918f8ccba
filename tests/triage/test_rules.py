"""What an executive's answer must contain, and until when it is due in words. No database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.errors import Conflict, Invalid
from portal.ideas.words import Stage
from portal.triage.clock import Duty
from portal.triage.clock_wording import due_words
from portal.triage.pages import ago
from portal.triage.rules import (
    DecisionRefusal,
    DeclineReason,
    NewDecline,
    decline_refusal,
    stage_refusal,
)

TODAY = date(2026, 3, 2)  # a Monday
WHY = "Reading fees aloud is a legal duty, and we cannot drop it."
LAW = DeclineReason.LAW_OR_SAFETY
REFUSED = {
    DecisionRefusal.ALREADY_DECIDED: stage_refusal(Stage.DECLINED),
    DecisionRefusal.NOT_PROMOTED: stage_refusal(Stage.OPEN),
    DecisionRefusal.SENTENCE_TOO_SHORT: decline_refusal(NewDecline(LAW, " " * 40 + "No."), TODAY),
    DecisionRefusal.SENTENCE_TOO_LONG: decline_refusal(NewDecline(LAW, "x" * 1_001), TODAY),
    DecisionRefusal.WOULD_CHANGE_TOO_LONG: decline_refusal(NewDecline(LAW, WHY, "x" * 1_001), TODAY),
    DecisionRefusal.LOOK_AGAIN_NEEDED: decline_refusal(NewDecline(DeclineReason.NOT_NOW, WHY), TODAY),
    DecisionRefusal.LOOK_AGAIN_NOT_AFTER_TODAY: decline_refusal(NewDecline(LAW, WHY, "", TODAY), TODAY),
    DecisionRefusal.LOOK_AGAIN_TOO_FAR: decline_refusal(NewDecline(LAW, WHY, "", date(9999, 12, 31)), TODAY),
}


@pytest.mark.parametrize("wanted", list(DecisionRefusal))
def test_every_refusal_is_produced_and_has_a_sentence_and_a_class(wanted: DecisionRefusal) -> None:
    error = wanted.as_error()

    assert REFUSED[wanted] is wanted
    assert error.code == wanted.value and error.message.endswith(".")
    assert isinstance(error, Invalid if error.fields else Conflict)


@pytest.mark.parametrize("stage", list(Stage))
def test_only_what_is_promoted_can_be_answered(stage: Stage) -> None:
    assert (stage_refusal(stage) is None) is (stage is Stage.PROMOTED)


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a_no_with_a_reason_and_a_sentence_is_an_answer(reason: DeclineReason) -> None:
    assert decline_refusal(NewDecline(reason, WHY, "A written copy.", TODAY + timedelta(days=1)), TODAY) is None


def test_exactly_forty_characters_are_enough() -> None:
    assert decline_refusal(NewDecline(LAW, "x" * 40), TODAY) is None
    assert decline_refusal(NewDecline(LAW, "x" * 39), TODAY) is DecisionRefusal.SENTENCE_TOO_SHORT


@pytest.mark.parametrize(
    ("days_later", "words", "late"),
    [
        (0, "Answer due 16 March", False),
        (10, "Answer due Monday", False),
        (13, "Answer due tomorrow", False),
        (14, "Answer due today", False),
        (15, "Answer 1 day late", True),
    ],
)
def test_when_an_answer_is_due_in_words(days_later: int, words: str, late: bool) -> None:
    today = TODAY + timedelta(days=days_later)

    assert due_words(Duty.ANSWER, date(2026, 3, 16), today) == (words, late)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 seconds ago"),
        (40, "40 seconds ago"),
        (60, "1 minute ago"),
        (7_300, "2 hours ago"),
        (90_000, "1 day ago"),
    ],
)
def test_how_long_ago_somebody_answered(seconds: int, words: str) -> None:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert ago(at, at + timedelta(seconds=seconds)) == words
