"""What may be done with a promise, by whom, and whether it is kept. No database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.commitments.rules import (
    FROM,
    HANDED_OVER,
    OVER,
    SECOND_PERSON,
    TO,
    Actor,
    CommitmentState,
    Course,
    NamedDate,
    NewDelivery,
    NewPromise,
    PromiseFacts,
    Standing,
    Verb,
    day_in,
    delivery_refusal,
    new_date_refusal,
    promise_refusal,
    reason_refusal,
    refusal,
    standing,
    update_refusal,
)
from portal.commitments.words import PromiseRefusal
from portal.commitments.work_rules import (
    measured_week,
    need_refusal,
    one_up,
    order_refusal,
    reminder,
    step_refusal,
    week_of,
)
from portal.errors import Conflict, Invalid, Refused

TODAY = date(2026, 3, 2)
OWNER, SPONSOR, OTHER = 1, 2, 3
WHY = "The supplier is late by two weeks."
PROMISE = PromiseFacts(CommitmentState.ACCEPTED, OWNER, SPONSOR, TODAY, TODAY + timedelta(days=30))
DONE = NewDelivery(TODAY, (7,), "Seen in the change log.")
STATE_REFUSALS = [
    (Verb.ACCEPT, CommitmentState.ACCEPTED, PromiseRefusal.ALREADY_ACCEPTED),
    (Verb.HAND_BACK, CommitmentState.ACCEPTED, PromiseRefusal.ALREADY_ACCEPTED),
    (Verb.UPDATE, CommitmentState.OFFERED, PromiseRefusal.NOT_ACCEPTED),
    (Verb.MOVE_DATE, CommitmentState.OFFERED, PromiseRefusal.NOT_ACCEPTED),
    (Verb.DELIVER, CommitmentState.OFFERED, PromiseRefusal.NOT_ACCEPTED),
    (Verb.DELIVER, CommitmentState.DELIVERED, PromiseRefusal.ALREADY_DELIVERED),
    (Verb.MOVE_DATE, CommitmentState.DELIVERED, PromiseRefusal.ALREADY_DELIVERED),
    (Verb.UPDATE, CommitmentState.CONFIRMED, PromiseRefusal.ALREADY_CONFIRMED),
    (Verb.CONFIRM, CommitmentState.CONFIRMED, PromiseRefusal.ALREADY_CONFIRMED),
    (Verb.CONFIRM, CommitmentState.ACCEPTED, PromiseRefusal.NOT_DELIVERED),
    (Verb.SEND_BACK, CommitmentState.OFFERED, PromiseRefusal.NOT_DELIVERED),
    (Verb.ACCEPT, CommitmentState.HANDED_BACK, PromiseRefusal.HANDED_BACK),
    (Verb.NOT_BACK, CommitmentState.CONFIRMED, PromiseRefusal.NOT_REOPENED),
    (Verb.MOVE_DATE, CommitmentState.REOPENED, PromiseRefusal.ALREADY_DELIVERED),
    (Verb.CONFIRM, CommitmentState.REOPENED, PromiseRefusal.NOT_DELIVERED),
    (Verb.STEPS, CommitmentState.OFFERED, PromiseRefusal.NOT_ACCEPTED),
    (Verb.NEED_DECISION, CommitmentState.DELIVERED, PromiseRefusal.ALREADY_DELIVERED),
    (Verb.CALL_HELP, CommitmentState.CONFIRMED, PromiseRefusal.ALREADY_CONFIRMED),
    (Verb.DECIDE, CommitmentState.HANDED_BACK, PromiseRefusal.HANDED_BACK),
    (Verb.DECIDE, CommitmentState.CONFIRMED, PromiseRefusal.ALREADY_CONFIRMED),
    (Verb.DECIDE, CommitmentState.ACCEPTED, PromiseRefusal.NOTHING_ASKED),
    (Verb.NUDGE, CommitmentState.DELIVERED, PromiseRefusal.ALREADY_DELIVERED),
]
WORD_REFUSALS = {
    PromiseRefusal.SENTENCE_TOO_SHORT: promise_refusal(NewPromise("Soon.", PROMISE.due_on), TODAY),
    PromiseRefusal.SENTENCE_TOO_LONG: promise_refusal(NewPromise("x" * 401, PROMISE.due_on), TODAY),
    PromiseRefusal.DATE_NOT_AFTER_TODAY: promise_refusal(NewPromise(WHY, TODAY), TODAY),
    PromiseRefusal.DATE_TOO_FAR: promise_refusal(NewPromise(WHY, TODAY + timedelta(days=366)), TODAY),
    PromiseRefusal.SAME_DATE: new_date_refusal(PROMISE, PROMISE.due_on, WHY, TODAY),
    PromiseRefusal.REASON_TOO_SHORT: reason_refusal("  because   "),
    PromiseRefusal.REASON_TOO_LONG: reason_refusal("x" * 401),
    PromiseRefusal.UPDATE_TOO_SHORT: update_refusal(" . "),
    PromiseRefusal.UPDATE_TOO_LONG: update_refusal("x" * 10_001),
    PromiseRefusal.LIVE_IN_FUTURE: delivery_refusal(PROMISE, replace(DONE, live_from=TODAY + timedelta(days=1)), TODAY),
    PromiseRefusal.LIVE_TOO_EARLY: delivery_refusal(PROMISE, replace(DONE, live_from=date(2025, 3, 1)), TODAY),
    PromiseRefusal.NO_SITE: delivery_refusal(PROMISE, replace(DONE, site_ids=()), TODAY),
    PromiseRefusal.DAY_WITHOUT_SITE: delivery_refusal(PROMISE, replace(DONE, site_days={8: TODAY}), TODAY),
    PromiseRefusal.SITE_BEFORE_LIVE: delivery_refusal(
        PROMISE, replace(DONE, site_days={7: TODAY - timedelta(days=1)}), TODAY
    ),
    PromiseRefusal.SITE_IN_FUTURE: delivery_refusal(
        PROMISE, replace(DONE, site_days={7: TODAY + timedelta(days=1)}), TODAY
    ),
    PromiseRefusal.TOO_MANY_QUEUES: delivery_refusal(PROMISE, replace(DONE, reasons=("Moves",) * 21), TODAY),
    PromiseRefusal.QUEUE_LENGTH: delivery_refusal(PROMISE, replace(DONE, reasons=("x" * 81,)), TODAY),
    PromiseRefusal.EVIDENCE_TOO_SHORT: delivery_refusal(PROMISE, replace(DONE, evidence="Done."), TODAY),
    PromiseRefusal.STEP_EMPTY: step_refusal("  "),
    PromiseRefusal.STEP_TOO_LONG: step_refusal("x" * 121),
    PromiseRefusal.NEED_TOO_SHORT: need_refusal("why?"),
    PromiseRefusal.NEED_TOO_LONG: need_refusal("x" * 401),
    PromiseRefusal.STEPS_CHANGED: order_refusal([1, 2], [1, 3]),
    PromiseRefusal.EVIDENCE_TOO_LONG: delivery_refusal(PROMISE, replace(DONE, evidence="x" * 2_001), TODAY),
}
# Only the database knows these; test_service and test_work produce them.
FROM_THE_DATABASE = {
    PromiseRefusal.ALREADY_NUDGED,
    PromiseRefusal.NOT_CALLING,
    PromiseRefusal.NOT_ASKED_TO_HELP,
    PromiseRefusal.ANSWERED_ALREADY,
    PromiseRefusal.TOO_MANY_STEPS,
    PromiseRefusal.UNKNOWN_SUCCESSOR,
    PromiseRefusal.CHANGED_MEANWHILE,
    PromiseRefusal.NOT_YOUR_WORDS,
    PromiseRefusal.UNKNOWN_OWNER,
    PromiseRefusal.UNKNOWN_METRIC,
    PromiseRefusal.UNKNOWN_SITE,
}


@pytest.mark.parametrize(("verb", "state", "wanted"), STATE_REFUSALS)
def test_a_verb_in_the_wrong_state_is_refused_by_name(
    verb: Verb, state: CommitmentState, wanted: PromiseRefusal
) -> None:
    actor = Actor(OWNER) if verb not in SECOND_PERSON | {Verb.NUDGE} else Actor(SPONSOR)

    assert refusal(verb, replace(PROMISE, state=state), actor) is wanted


@pytest.mark.parametrize("verb", sorted(set(Verb) - SECOND_PERSON - {Verb.NUDGE}))
def test_only_the_owner_does_the_owners_work(verb: Verb) -> None:
    assert refusal(verb, PROMISE, Actor(SPONSOR, answers=True)) is PromiseRefusal.NOT_THE_OWNER


@pytest.mark.parametrize("verb", sorted(SECOND_PERSON))
def test_nobody_judges_their_own_promise_whatever_they_hold(verb: Verb) -> None:
    delivered = replace(PROMISE, state=CommitmentState.DELIVERED, asked=True)
    own = PromiseRefusal.OWN_QUESTION if verb is Verb.DECIDE else PromiseRefusal.SECOND_PERSON

    assert refusal(verb, delivered, Actor(OWNER, answers=True)) is own
    assert refusal(verb, delivered, Actor(OTHER)) is PromiseRefusal.NOT_A_CONFIRMER
    assert refusal(verb, delivered, Actor(SPONSOR)) is None
    assert refusal(verb, delivered, Actor(OTHER, answers=True)) is None


def test_one_decision_at_a_time_is_waited_for_and_one_call_for_help_stands() -> None:
    waiting = replace(PROMISE, asked=True, calling=True)

    assert refusal(Verb.NEED_DECISION, waiting, Actor(OWNER)) is PromiseRefusal.ALREADY_ASKED
    assert refusal(Verb.CALL_HELP, waiting, Actor(OWNER)) is PromiseRefusal.ALREADY_CALLING
    assert refusal(Verb.DECIDE, waiting, Actor(SPONSOR)) is None
    assert refusal(Verb.NEED_DECISION, PROMISE, Actor(OWNER)) is refusal(Verb.CALL_HELP, PROMISE, Actor(OWNER)) is None


def test_anybody_nudges_but_the_owner() -> None:
    assert refusal(Verb.NUDGE, PROMISE, Actor(OTHER)) is None
    assert refusal(Verb.NUDGE, PROMISE, Actor(OWNER)) is PromiseRefusal.OWN_PROMISE


def test_what_is_handed_over_is_offered_anew_unless_it_is_done() -> None:
    assert set(HANDED_OVER) == set(CommitmentState) - OVER
    assert HANDED_OVER[CommitmentState.ACCEPTED] is HANDED_OVER[CommitmentState.OFFERED] is CommitmentState.OFFERED
    assert HANDED_OVER[CommitmentState.DELIVERED] is CommitmentState.DELIVERED


@pytest.mark.parametrize(
    ("due", "named", "wanted"),
    [
        (8, -60, None), (7, -60, "week"), (5, -60, "week"), (2, -60, "week"), (1, -60, "day"), (0, -60, "day"),
        (-1, -60, "late"), (7, 0, None), (6, -1, None), (6, -2, "week"), (1, 0, None), (1, -1, "day"), (-1, -2, "late"),
    ],
)  # fmt: skip
def test_a_reminder_comes_a_week_and_a_day_before_unless_the_date_was_named_later(
    due: int, named: int, wanted: str | None
) -> None:
    assert reminder(TODAY + timedelta(days=due), TODAY + timedelta(days=named), TODAY) == wanted


@given(st.permutations(range(5)), st.integers(0, 4))
def test_moving_a_line_up_keeps_every_line(lines: list[int], number: int) -> None:
    moved = one_up(lines, number)

    assert sorted(moved) == sorted(lines)
    assert moved.index(number) == max(lines.index(number) - 1, 0)
    assert order_refusal(lines, moved) is None


def test_what_was_done_is_watched_for_twelve_weeks() -> None:
    def week(days: int) -> int | None:
        return measured_week(TODAY, TODAY + timedelta(days=days))

    assert [week(-1), week(0), week(6), week(7), week(83), week(84)] == [None, 1, 1, 2, 12, None]
    assert week_of(TODAY) == TODAY and week_of(TODAY + timedelta(days=6)) == TODAY


@pytest.mark.parametrize("wanted", sorted(WORD_REFUSALS))
def test_what_was_written_is_refused_by_name(wanted: PromiseRefusal) -> None:
    assert WORD_REFUSALS[wanted] is wanted


def test_every_refusal_is_produced_by_a_test() -> None:
    by_state = {wanted for _, _, wanted in STATE_REFUSALS}
    by_person = {PromiseRefusal.NOT_THE_OWNER, PromiseRefusal.SECOND_PERSON, PromiseRefusal.NOT_A_CONFIRMER,
                 PromiseRefusal.OWN_QUESTION, PromiseRefusal.OWN_PROMISE, PromiseRefusal.ALREADY_ASKED,
                 PromiseRefusal.ALREADY_CALLING}  # fmt: skip

    assert by_state | by_person | set(WORD_REFUSALS) | FROM_THE_DATABASE == set(PromiseRefusal)


@pytest.mark.parametrize("refused", list(PromiseRefusal))
def test_every_refusal_has_a_sentence_and_a_class(refused: PromiseRefusal) -> None:
    error = refused.as_error()

    assert error.code == refused.value
    assert error.message.endswith((".", "?"))
    assert isinstance(error, (Conflict, Invalid, Refused))
    assert bool(error.fields) is isinstance(error, Invalid)


def test_good_words_are_taken() -> None:
    assert promise_refusal(NewPromise(WHY, TODAY + timedelta(days=1)), TODAY) is None
    assert promise_refusal(NewPromise(WHY, TODAY + timedelta(days=365)), TODAY) is None
    assert new_date_refusal(PROMISE, TODAY + timedelta(days=1), WHY, TODAY) is None
    assert delivery_refusal(PROMISE, DONE, TODAY) is None
    assert update_refusal("It moves.") is None


def course(
    *dates: tuple[int, int], state: CommitmentState = CommitmentState.ACCEPTED, live: int | None = None
) -> Course:
    """dates: (due, named), live: days from TODAY."""
    named = [NamedDate(TODAY + timedelta(days=due), TODAY + timedelta(days=on)) for due, on in dates]
    return Course(state, named, None if live is None else TODAY + timedelta(days=live))


@pytest.mark.parametrize(
    ("days", "wanted"),
    [(15, Standing.OPEN), (14, Standing.DUE_SOON), (0, Standing.DUE_SOON), (-1, Standing.OVERDUE)],
)
def test_how_a_running_promise_looks_follows_from_the_day(days: int, wanted: Standing) -> None:
    assert standing(course((days, -60)), TODAY) is wanted
    assert standing(course((days, -60), state=CommitmentState.OFFERED), TODAY) is wanted


@pytest.mark.parametrize(
    ("promise", "wanted"),
    [
        (course((30, 0), state=CommitmentState.CONFIRMED, live=30), Standing.KEPT),
        (course((30, 0), state=CommitmentState.CONFIRMED, live=31), Standing.LATE_KEPT),
        # moved on the day itself or before: still on time
        (course((30, 0), (60, 30), state=CommitmentState.CONFIRMED, live=50), Standing.KEPT),
        # moved after the date had passed: late for ever
        (course((30, 0), (60, 31), state=CommitmentState.CONFIRMED, live=50), Standing.LATE_KEPT),
        (course((30, 0), (60, 31), (90, 40), state=CommitmentState.CONFIRMED, live=50), Standing.LATE_KEPT),
        (course((30, 0), state=CommitmentState.DELIVERED, live=20), Standing.OPEN),
        (course((30, 0), state=CommitmentState.HANDED_BACK), Standing.HANDED_BACK),
    ],
)
def test_a_promise_is_kept_on_time_only_if_no_named_date_was_missed(promise: Course, wanted: Standing) -> None:
    assert standing(promise, TODAY + timedelta(days=400)) is wanted


def test_a_promise_that_waits_for_its_second_look_is_not_called_late() -> None:
    delivered = course((1, 0), state=CommitmentState.DELIVERED, live=1)

    assert standing(delivered, TODAY + timedelta(days=9)) is Standing.OPEN


def test_a_day_begins_in_the_organisations_zone() -> None:
    late_evening = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

    assert day_in("Europe/London", late_evening) == TODAY
    assert day_in("Asia/Manila", late_evening) == TODAY + timedelta(days=1)


def opened(before: bool, verb: Verb, opens: Verb, closes: Verb) -> bool:
    """Whether something stands open after a verb."""
    return verb is opens or (before and verb is not closes)


ACTORS = (Actor(OWNER), Actor(OWNER, answers=True), Actor(SPONSOR), Actor(OTHER), Actor(OTHER, answers=True))


@given(st.lists(st.tuples(st.sampled_from(Verb), st.sampled_from(ACTORS))))
def test_whatever_anybody_tries_is_refused_by_name_or_keeps_every_invariant(tries: list[tuple[Verb, Actor]]) -> None:
    promise = replace(PROMISE, state=CommitmentState.OFFERED)
    accepted = confirmed_by = None

    for verb, actor in tries:
        before = promise
        refused = refusal(verb, promise, actor)
        if refused is not None:
            assert isinstance(refused, PromiseRefusal)
            continue
        promise = replace(promise, state=TO.get(verb, promise.state))
        accepted = accepted or verb is Verb.ACCEPT
        confirmed_by = actor.id if verb is Verb.CONFIRM else confirmed_by

        assert before.state not in OVER, "what is over stays over"
        assert before.state in FROM[verb]
        promise = replace(promise, asked=opened(promise.asked, verb, Verb.NEED_DECISION, Verb.DECIDE),
                          calling=opened(promise.calling, verb, Verb.CALL_HELP, Verb.DELIVER))  # fmt: skip

        assert (actor.id == OWNER) is (verb not in SECOND_PERSON | {Verb.NUDGE}), (
            "owner's work and second look are never one person's"
        )
        assert promise.state in (CommitmentState.OFFERED, CommitmentState.HANDED_BACK) or accepted
        assert (promise.state is CommitmentState.CONFIRMED) is (confirmed_by is not None)
        assert confirmed_by != OWNER
