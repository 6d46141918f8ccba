"""The moves as tables: what leads where, until when it can be taken back, and what is not taken."""

from datetime import UTC, datetime, time, timedelta

import pytest

from portal.ideas.rules import move_refusal
from portal.ideas.words import Kind, Stage
from portal.people.working_time import WorkingCalendar
from portal.swarm.merge_rules import TOLD_AFTER
from portal.triage.keys_rules import DELIVERED, KeyRefusal, chosen, keys_refusal
from portal.triage.moves_rules import (
    DECISION_TO,
    FROM,
    QUESTION_CHARS_MAX,
    TO,
    UNDO,
    DecisionState,
    GuardRefusal,
    Made,
    Move,
    QuestionRefusal,
    UndoRefusal,
    answer_refusal,
    guard_refusal,
    question_refusal,
    reply_by,
    undo_refusal,
)
from portal.triage.prefill import SENTENCES, GapRefusal, Why, gap_refusal, promise_draft, suggested_because
from portal.triage.rules import DECLINE_CHARS_MIN, stage_refusal

NOW = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)  # a Friday
STANDING, UNDONE, SUPERSEDED = DecisionState.STANDING, DecisionState.UNDONE, DecisionState.SUPERSEDED


def test_every_move_starts_where_an_answer_is_owed_and_can_be_led_back() -> None:
    for move in Move:
        assert {stage for stage in Stage if stage in FROM[move]} == {
            stage for stage in Stage if stage_refusal(stage.value) is None
        }
        if move is not Move.MERGE and TO[move] is not Stage.PROMOTED:
            assert move_refusal(Stage.PROMOTED, TO[move]) is None
            assert move_refusal(TO[move], Stage.PROMOTED) is None


def test_an_answer_that_does_not_stand_leads_nowhere() -> None:
    assert [state for state in DecisionState if DECISION_TO[state]] == [STANDING]
    assert UNDO == TOLD_AFTER == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("made", "by", "later", "refused"),
    [
        (Made(1, NOW, STANDING), 1, timedelta(), None),
        (Made(1, NOW, STANDING), 1, UNDO - timedelta(seconds=1), None),
        (Made(1, NOW, STANDING), 1, UNDO, UndoRefusal.TOO_LATE),
        (Made(1, NOW, STANDING), 2, timedelta(), UndoRefusal.NOT_YOURS),
        (Made(1, NOW, STANDING, accepted=True), 1, timedelta(), UndoRefusal.OWNER_ACCEPTED),
        (Made(1, NOW, UNDONE), 1, timedelta(), UndoRefusal.ALREADY_UNDONE),
        (Made(1, NOW, SUPERSEDED), 1, timedelta(), UndoRefusal.REPLACED),
    ],
)
def test_who_may_take_what_back_until_when(made: Made, by: int, later: timedelta, refused: UndoRefusal | None) -> None:
    assert undo_refusal(made, by, NOW + later) is refused


@pytest.mark.parametrize(
    ("words", "days", "refused"),
    [
        ("How often?", 5, None),
        ("How often", 1, QuestionRefusal.TOO_SHORT),
        ("x" * (QUESTION_CHARS_MAX + 1), 1, QuestionRefusal.TOO_LONG),
        ("How often a week?", 0, QuestionRefusal.BAD_DAYS),
        ("How often a week?", 6, QuestionRefusal.BAD_DAYS),
    ],
)
def test_what_is_a_question(words: str, days: int, refused: QuestionRefusal | None) -> None:
    assert question_refusal(words, days) is refused


@pytest.mark.parametrize(
    ("words", "answered", "undone", "refused"),
    [
        ("Twice", False, False, None),
        ("No", False, False, QuestionRefusal.ANSWER_TOO_SHORT),
        ("x" * 1001, False, False, QuestionRefusal.ANSWER_TOO_LONG),
        ("Twice", True, False, QuestionRefusal.ANSWERED),
        ("Twice", False, True, QuestionRefusal.UNDONE),
    ],
)
def test_what_is_an_answer(words: str, answered: bool, undone: bool, refused: QuestionRefusal | None) -> None:
    assert answer_refusal(words, answered=answered, undone=undone) is refused


def test_only_the_stop_signals_that_were_read_are_accepted() -> None:
    assert guard_refusal(frozenset(), frozenset()) is None
    assert guard_refusal(frozenset({1}), frozenset({1, 2})) is None
    assert guard_refusal(frozenset({1, 3}), frozenset({1})) is GuardRefusal.OPEN_STOPS


LONDON = WorkingCalendar("Europe/London", frozenset(range(5)), time(9), time(17), frozenset())


def test_a_reply_is_due_at_the_end_of_a_working_day() -> None:
    # Asked on a Friday: one working day is Monday, until its midnight in London.
    assert reply_by(NOW, 1, LONDON) == datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
    assert reply_by(NOW, 5, LONDON) == datetime(2026, 3, 14, 0, 0, tzinfo=UTC)
    # The clocks change on 29 March: midnight of the 30th is 23:00 UTC.
    assert reply_by(datetime(2026, 3, 27, 9, tzinfo=UTC), 1, LONDON) == datetime(2026, 3, 30, 23, 0, tzinfo=UTC)


def test_a_prepared_sentence_is_long_enough_and_says_nothing_until_its_gaps_are_filled() -> None:
    for sentence in SENTENCES.values():
        assert len(sentence) >= DECLINE_CHARS_MIN
        assert (gap_refusal(sentence) is GapRefusal.GAP_LEFT) == ("[" in sentence)
    assert gap_refusal("We read [sic] the rule once more, and it is the law that asks for it.") is None


def test_a_promise_is_drafted_in_the_words_of_the_idea() -> None:
    assert promise_draft(Kind.STUPID_RULE, "Routers wait. ") == "We will end this: “Routers wait”."
    assert promise_draft(Kind.IDEA, "A second screen") == "We will do this: “A second screen”."


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"owns_rule": True, "promises": 3}, Why.RULE),
        ({"promises": 3, "here": True}, Why.BARRIER),
        ({"here": True}, Why.SITE),
        ({"yourself": True, "here": True}, Why.YOURSELF),
        ({}, None),
    ],
)
def test_the_strongest_reason_suggests_an_owner(facts: dict[str, object], why: Why | None) -> None:
    known = {"owns_rule": False, "promises": 0, "here": False, "yourself": False} | facts
    assert suggested_because(**known) is why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, None),
        ({"commit": "x"}, None),
        ({"commit": "C"}, None),
        ({"commit": "J"}, KeyRefusal.TWICE),
        ({"commit": ""}, KeyRefusal.NOT_ONE),
        ({"commit": "1"}, KeyRefusal.NOT_ONE),
        ({"commit": "ab"}, KeyRefusal.NOT_ONE),
        ({"commit": " "}, KeyRefusal.NOT_ONE),
    ],
)
def test_which_keys_can_be_chosen(change: dict[str, str], refused: KeyRefusal | None) -> None:
    assert keys_refusal(DELIVERED | change) is refused


def test_an_action_that_is_new_since_somebody_chose_has_its_own_key() -> None:
    own = chosen(True, '{"commit": "x"}')

    assert not own.on and own.keys == DELIVERED | {"commit": "x"}
