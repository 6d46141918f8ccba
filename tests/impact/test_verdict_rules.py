"""What is decided without a database: due days, quarters, money, guard-rails, overlaps, pretended go-lives."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_words import Decision, Direction, Flag, Grade
from portal.impact.guardrails_rules import RailWord, rail_word, worst_of
from portal.impact.overlap_rules import Treatment, parts, shared, shares, treatment, widening
from portal.impact.payable_rules import LOOK_FIRST, Effect, Seen, Value, payable_cents, payable_effect, payments
from portal.impact.self_check_rules import Alarms, pretend, untouched
from portal.impact.verdict_rules import (
    Run,
    among,
    as_spoken,
    counted_from,
    days_of,
    due_days,
    input_hash,
    is_a_verdict,
    quarter_of,
    run_of,
    volume_after,
)

LIVE = date(2026, 3, 2)
DAYS = (28, 56, 91, 182)
UP, DOWN = Direction.UP, Direction.DOWN
WORKED = Effect(UP, 4.0, 2.0, 6.0)
DUE = Seen(verdict=Decision.IMPROVED, payable=1_001, measured=WORKED)


@pytest.mark.parametrize(
    ("today", "newest", "stored", "found"),
    [
        (27, 27, (), []),
        (28, 27, (), [28]),
        (28, 26, (), []),  # its last day is not in yet
        (35, 26, (), [28]),  # a week later it speaks with what there is
        (56, 55, (28,), [56]),
        (56, 55, (28, 56), []),
        (200, 199, (), [28, 56, 91, 182]),  # a worker that slept makes up for it
        (60, None, (), [28]),
        (63, None, (28,), [56]),
    ],
)
def test_a_locked_day_is_due_once_its_values_are_in(
    today: int, newest: int | None, stored: tuple[int, ...], found: list[int]
) -> None:
    last = None if newest is None else LIVE + timedelta(days=newest)

    due = due_days(DAYS, stored, live_from=LIVE, today=LIVE + timedelta(days=today), newest=last, period_days=1)

    assert due == found


def test_the_days_of_a_plan_are_read_in_order_and_others_passed_over() -> None:
    assert days_of("91, 28,56,57") == (28, 56, 91)


def said(estimate: float, half: float, *, word: Decision = Decision.IMPROVED) -> Estimate:
    return Estimate("csat", UP, word, estimate, estimate - half, estimate + half, half_width=half,
                    evidence_grade=Grade.A)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "half", "word"),
    [
        (28, 1.0, Decision.IMPROVED),  # 2 half-widths from nought
        (28, 1.4, Decision.TOO_EARLY),  # 1.43 of them: less than 2.97 / 1.96
        (56, 1.4, Decision.IMPROVED),
    ],
)
def test_day_28_speaks_only_far_beyond_doubt(day: int, half: float, word: Decision) -> None:
    spoken = as_spoken(said(2.0, half), day)

    assert spoken.decision is word
    assert is_a_verdict(day, spoken.decision) is (word is Decision.IMPROVED)


def test_a_back_fitted_estimate_is_wider_and_a_step_lower() -> None:
    spoken = as_spoken(said(2.0, 1.8), 56, lower=1, wider=1.25)

    assert (spoken.ci_low, spoken.decision, spoken.evidence_grade) == (-0.25, Decision.NO_VISIBLE_CHANGE, Grade.B)


def test_a_run_is_read_as_it_was_written() -> None:
    run = Run(LIVE, ("3",), (7,), (9,), True, 1, (Flag.ANOTHER_CHANGE,))

    assert run_of(json.loads(run.as_text())) == run


def values(days: range, *, live: date | None = LIVE, unit: str = "1") -> list[Reading]:
    return [Reading(LIVE + timedelta(days=day), unit, 5.0, 10, live) for day in days]


def test_days_that_do_not_count_are_left_out_and_the_clock_starts_after_them() -> None:
    found = counted_from([*values(range(-2, 10)), *values(range(2), live=None, unit="2")], 7)

    own = [one for one in found if one.unit == "1"]
    assert [(one.day - LIVE).days for one in own] == [-2, -1, 7, 8, 9]
    assert {one.treated_from for one in own} == {LIVE + timedelta(days=7)}
    assert len(found) - len(own) == 2


def test_the_hash_is_the_same_in_any_order_and_another_for_one_changed_value() -> None:
    rows = values(range(3))

    same = input_hash(rows[::-1], metric="csat", direction=UP)

    assert same == input_hash(rows, metric="csat", direction=UP)
    assert same != input_hash([replace(rows[0], value=5.1), *rows[1:]], metric="csat", direction=UP)


def test_volume_counts_what_came_after_at_the_units_with_the_change() -> None:
    rows = [*values(range(-3, 4)), *values(range(9), live=None, unit="2"), Reading(LIVE, "3", 1.0, None, LIVE)]

    assert volume_after(rows) == 41


def test_quarters_end_with_the_year() -> None:
    assert quarter_of(date(2026, 11, 5)) == (date(2026, 10, 1), date(2027, 1, 1))
    assert quarter_of(date(2026, 3, 31)) == (date(2026, 1, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("ps", "own", "of", "called", "confirmed"),
    [
        ((0.04,), 0.04, 1, 1, True),
        ((0.001, 0.04, 0.5, 0.6), 0.04, 4, 2, True),  # 0.04 ≤ 0.10 · 2 / 4
        ((0.001, 0.06, 0.5, 0.6), 0.06, 4, 1, False),
        ((0.04, 0.3, 0.5, 0.6, 0.7), 0.04, 5, 0, False),
    ],
)
def test_many_changes_of_a_quarter_are_judged_together(
    ps: tuple[float, ...], own: float, of: int, called: int, confirmed: bool
) -> None:
    found = among(ps, own)

    assert (found.of, found.called, found.confirmed) == (of, called, confirmed)


def test_the_interval_that_money_rests_on_is_wider_where_few_of_many_are_confirmed() -> None:
    few, one = among((0.001, *[0.5] * 9), 0.001), among((0.001,), 0.001)

    assert (few.level, one.level) == (0.01, 0.05)
    assert WORKED.good_low(few.level) == pytest.approx(4 - 2 * 2.5758 / 1.96, abs=1e-3)


@pytest.mark.parametrize(
    ("effect", "expected", "found"),
    [
        (WORKED, 3.0, 2.0),
        (WORKED, 1.0, 1.5),  # never more than 1.5 times what was expected
        (Effect(UP, 1.0, -0.5, 2.5), 3.0, 0.0),
        (Effect(DOWN, -4.0, -6.0, -2.0), 3.0, 2.0),
        (Effect(DOWN, 4.0, 2.0, 6.0), 3.0, 0.0),
    ],
)
def test_paid_is_the_lower_end_in_the_good_direction(effect: Effect, expected: float, found: float) -> None:
    assert payable_effect(effect, expected) == pytest.approx(found)


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        (Value(3.0, 50, 0, 1_000, 56, Grade.A), 100_000),
        (Value(3.0, 50, 0, 1_000, 56, Grade.B), 75_000),
        (Value(3.0, 50, 0, 10_000, 56, Grade.C), 50_000),  # the cap of before and after alone
        (Value(3.0, 50, 365_000, 1_000, 56, Grade.A), 44_000),  # the run cost of 56 days
        (Value(3.0, 50, 10**9, 1_000, 56, Grade.A), 0),
        (Value(3.0, None, 0, 1_000, 56, Grade.A), 0),
        (Value(3.0, 50, 0, 1_000, 56, Grade.A, share=0.25), 25_000),
    ],
)
def test_what_a_change_is_worth(value: Value, cents: int) -> None:
    assert payable_cents(WORKED, value) == cents


LATER = replace(DUE, later=Decision.IMPROVED, rails_later=(), remeasured_as=Decision.IMPROVED,
                remeasured=Effect(UP, 3.0, 1.0, 5.0))  # fmt: skip
HARM, NOT_PROVEN, FINE = RailWord.WORSENED, RailWord.NOT_PROVEN, RailWord.HARMLESS


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (DUE, [(1, 500, "")]),
        (replace(DUE, verdict=Decision.NO_VISIBLE_CHANGE), []),
        (replace(DUE, never=True), []),
        (replace(DUE, rails=(NOT_PROVEN, FINE)), [(1, 250, "")]),
        (LATER, [(1, 500, ""), (2, 250, "")]),  # half of the lower end is left
        (replace(LATER, remeasured=WORKED), [(1, 500, ""), (2, 501, "")]),
        (replace(LATER, remeasured=Effect(UP, 9.0, 8.0, 10.0)), [(1, 500, ""), (2, 501, "")]),
        (replace(LATER, remeasured_as=Decision.TOO_EARLY), [(1, 500, "")]),
        (replace(LATER, rails=(NOT_PROVEN,), rails_later=(FINE,)), [(1, 250, ""), (2, 500, "")]),
        (replace(LATER, rails=(NOT_PROVEN,), rails_later=(NOT_PROVEN,)), [(1, 250, ""), (2, 250, "")]),
        (replace(LATER, flags_later=1), [(1, 500, ""), (2, 250, LOOK_FIRST)]),
        (replace(DUE, flags_open=1), [(1, 500, LOOK_FIRST)]),
        (replace(DUE, not_allowed="The self-check failed."), [(1, 500, "The self-check failed.")]),
        (replace(DUE, confirmed=False, confirmed_later=True), [(1, 500, "")]),
    ],
)
def test_which_half_is_due_when(seen: Seen, found: list[tuple[int, int, str]]) -> None:
    due = payments(seen)

    assert [(one.number, one.cents, one.held) for one in due.tranches] == found
    assert due.ended == ""


@pytest.mark.parametrize(
    ("seen", "word"), [(replace(DUE, rails=(HARM,)), "got worse"), (replace(DUE, confirmed=False), "not confirmed")]
)
def test_a_half_waits_for_day_91(seen: Seen, word: str) -> None:
    (first,) = payments(seen).tranches

    assert word in first.held


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        (replace(DUE, put_back=True), "put back"),
        (replace(DUE, flags_upheld=1), "flags"),
        (replace(DUE, later=Decision.WORSENED), "worse"),
        (replace(LATER, remeasured=Effect(UP, 1.9, 0.5, 3.0)), "less than half"),
        (replace(LATER, rails_later=(HARM,)), "must not get worse"),
        (replace(DUE, confirmed=False, confirmed_later=False), "not confirmed"),
    ],
)
def test_paying_ends_with_a_reason(seen: Seen, word: str) -> None:
    due = payments(seen)

    assert word in due.ended
    assert due.tranches == ()


@pytest.mark.parametrize(
    ("word", "low", "high", "direction", "limit", "found"),
    [
        (Decision.WORSENED, -3, -1, UP, 5.0, HARM),
        (Decision.IMPROVED, 1, 3, UP, None, FINE),
        (Decision.NO_VISIBLE_CHANGE, -1, 2, UP, 1.5, FINE),
        (Decision.NO_VISIBLE_CHANGE, -2, 2, UP, 1.5, NOT_PROVEN),
        (Decision.NO_VISIBLE_CHANGE, -2, 1, DOWN, 1.5, FINE),
        (Decision.NO_VISIBLE_CHANGE, -1, 2, DOWN, 1.5, NOT_PROVEN),
        (Decision.NO_VISIBLE_CHANGE, -1, 2, UP, None, NOT_PROVEN),
        (Decision.TOO_EARLY, None, None, UP, 1.5, NOT_PROVEN),
    ],
)
def test_a_guard_rail_is_harmless_only_where_harm_is_excluded(
    word: Decision, low: float | None, high: float | None, direction: Direction, limit: float | None, found: RailWord
) -> None:
    assert rail_word(word, low, high, direction, limit) is found


def test_the_worst_guard_rail_decides() -> None:
    assert [worst_of(some) for some in ((FINE, NOT_PROVEN), (NOT_PROVEN, HARM), ())] == [NOT_PROVEN, HARM, FINE]


def lives(units: str, day: int = 0) -> dict[str, date]:
    return dict.fromkeys(units, LIVE + timedelta(days=day))


@pytest.mark.parametrize(
    ("one", "other", "days", "share", "separable", "bundled"),
    [
        (lives("ab"), lives("cd"), 0, 0.0, True, False),
        (lives("abcd"), lives("abcd", 7), 4 * 49, 0.875, False, True),
        (lives("abcd"), lives("abcd", 14), 4 * 42, 0.75, False, False),  # not more than 80 %
        (lives("abcd"), lives("ab", 7), 2 * 49, 0.875, True, False),
        (lives("ab"), lives("ab", 45), 22, 22 / 112, False, False),
        (lives("ab"), {}, 0, 0.0, True, False),
    ],
)
def test_what_two_changes_share(
    one: dict[str, date], other: dict[str, date], days: int, share: float, separable: bool, bundled: bool
) -> None:
    found = shared(one, other)

    assert (found.unit_days, found.separable, found.bundled) == (days, separable, bundled)
    assert found.share == pytest.approx(share)


UNITS = "abcdefghij"
END = LIVE + timedelta(days=55)


@pytest.mark.parametrize(
    ("others", "verdicts", "found"),
    [
        ({}, 0, Treatment()),
        ({9: lives("ab", -200)}, 0, Treatment()),  # long ago: part of what it is compared with
        ({9: lives("ab", 60)}, 0, Treatment()),  # after the last day seen
        ({9: lives("ij", 10)}, 0, Treatment(("i", "j"))),  # comparison units alone: left out
        ({9: lives("ab", 45)}, 0, Treatment(("a", "b"))),  # c and d are clean
        ({9: lives("abc", 45)}, 0, Treatment(lower=1, flagged=True)),  # one clean unit, few verdicts yet
        ({9: lives("abc", 45)}, 20, Treatment(less=(9,), lower=1)),
        ({9: lives("abcd", 3)}, 0, Treatment(together_with=(9,))),
        ({9: lives("abcd", 3), 8: lives("abcd", 10)}, 0, Treatment(together_with=(8, 9))),
        ({9: lives("efghij", 10)}, 0, Treatment(lower=1, flagged=True)),  # nothing is left to compare with
    ],
)
def test_what_is_done_about_other_changes(others: dict, verdicts: int, found: Treatment) -> None:
    assert treatment(lives("abcd"), others, until=END, verdicts=verdicts, units=UNITS) == found


def test_only_changes_with_a_plan_can_share_a_bundle() -> None:
    found = treatment(lives("ab"), {9: lives("ab", 3)}, until=END, verdicts=0, units=UNITS, planned=())

    assert found == Treatment(lower=1, flagged=True)


@pytest.mark.parametrize(
    ("registered", "expected", "same", "found"),
    [
        ({1: 70, 2: 30}, {1: 1.0, 2: 1.0}, True, {1: 0.7, 2: 0.3}),
        ({1: 70, 2: 70}, {1: 1.0, 2: 1.0}, True, {1: 0.5, 2: 0.5}),  # never more than there is
        ({1: None, 2: 30}, {1: 3.0, 2: 1.0}, True, {1: 0.75, 2: 0.25}),
        ({1: None, 2: None}, {1: 3.0, 2: 1.0}, False, {1: 0.5, 2: 0.5}),
    ],
)
def test_a_bundle_is_split_as_agreed_before(
    registered: dict[int, int | None], expected: dict[int, float], same: bool, found: dict[int, float]
) -> None:
    split = shares(registered, expected, same_metric=same)

    assert split == pytest.approx(found)
    assert sum(split.values()) == pytest.approx(1)
    assert sum(parts(1_001, split).values()) <= 1_001


def test_the_others_doubt_comes_to_ones_own() -> None:
    assert widening(share=0.75, se_other=4, se_own=3) == pytest.approx(2**0.5)
    assert widening(share=0.5, se_other=1, se_own=0) == 1


@pytest.mark.parametrize(
    ("runs", "alarms", "passed"), [(0, 0, False), (39, 0, False), (50, 4, True), (50, 5, False), (200, 16, True)]
)
def test_a_self_check_passes_at_eight_per_cent(runs: int, alarms: int, passed: bool) -> None:
    assert Alarms(runs, alarms).passed is passed


def test_the_doubt_about_few_tries_is_told() -> None:
    low, high = Alarms(50, 4).range

    assert (round(low, 3), round(high, 3)) == (0.032, 0.188)
    assert Alarms(0, 0).range == (0.0, 1.0)


def test_pretended_go_lives_are_drawn_again_from_the_same_seed_and_leave_room_on_both_sides() -> None:
    rows = [one for unit in "abcd" for one in values(range(200), live=None, unit=unit)]

    runs = pretend(rows, seed=7, runs=30)

    assert runs == pretend(rows, seed=7, runs=30)
    assert runs != pretend(rows, seed=8, runs=30)
    assert all(1 <= len(run.units) <= 2 for run in runs)
    assert all(70 <= (run.live_from - LIVE).days <= 144 for run in runs)
    assert pretend(rows[:100], seed=7) == []
    assert pretend([], seed=7) == []


def test_what_a_real_change_touched_is_no_history_of_nothing() -> None:
    rows = untouched(values(range(-3, 4)))

    assert [(one.day - LIVE).days for one in rows] == [-3, -2, -1]
    assert {one.treated_from for one in rows} == {None}
