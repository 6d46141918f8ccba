"""Fair turns over random years of a place: who is next, with newcomers, leavers, and people who do not want to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.frontline import representative_rules as rules
from portal.frontline.representative_rules import Member, Period, RepresentativeRefusal

START, CAME = date(2026, 1, 5), datetime(2026, 1, 1, tzinfo=UTC)


def _lived(events: list[tuple[str, int]], people: int) -> list[tuple[int, set[int]]]:
    """(who had the turn, who could have had it) of each round. events: what happens between the turns."""
    here, out, had = set(range(1, people + 1)), set[int](), dict[int, date]()
    newest, rounds = people, []
    for number, (what, who) in enumerate(events):
        if what == "comes":
            newest += 1
            here.add(newest)
        elif what == "leaves":
            here.discard(who)
        elif what == "out":
            out ^= {who}
        members = [Member(one, CAME + timedelta(days=max(0, one - people))) for one in sorted(here)]
        found = rules.next_in_turn(members, had, lot=7, without=out)
        rounds.append((found or 0, here - out))
        if found:
            had[found] = START + timedelta(weeks=number)
    return rounds


EVENTS = st.lists(
    st.tuples(st.sampled_from(["nothing", "nothing", "comes", "leaves", "out"]), st.integers(1, 9)), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(events=EVENTS, people=st.integers(1, 8))
def test_nobody_has_a_second_turn_before_everybody_who_did_not_opt_out_had_one(
    events: list[tuple[str, int]], people: int
) -> None:
    rounds = _lived(events, people)
    for number, (who, _) in enumerate(rounds):
        before = [one for one in range(number) if rounds[one][0] == who]
        if not who or not before:
            continue
        since = rounds[before[-1] + 1 : number + 1]
        there_all_the_time = set.intersection(*(could for _, could in since)) - {who}
        assert there_all_the_time <= {one for one, _ in since}


@settings(max_examples=80, deadline=None)
@given(events=EVENTS, people=st.integers(1, 8))
def test_a_turn_stays_empty_only_where_nobody_is_left(events: list[tuple[str, int]], people: int) -> None:
    for who, could in _lived(events, people):
        assert who in could or (not who and not could)


def test_newcomers_have_a_turn_before_anybody_has_a_second_but_push_back_nobody_who_waits() -> None:
    old, young = Member(1, CAME), Member(2, CAME + timedelta(days=30))
    waiting = Member(3, CAME)
    assert rules.next_in_turn([old, young], {1: START}, lot=1) == 2
    assert rules.next_in_turn([old, young, waiting], {1: START}, lot=1) == 3


def test_of_those_who_came_together_the_lot_decides_and_each_rotation_has_its_own() -> None:
    people = [Member(number, CAME) for number in range(1, 30)]
    firsts = {rules.next_in_turn(people, {}, lot=lot) for lot in range(1, 9)}
    assert len(firsts) > 3
    assert rules.next_in_turn(people, {}, lot=5) == rules.next_in_turn(people[::-1], {}, lot=5)


@given(weeks=st.integers(1, 26), days=st.integers(-40, 2_000))
def test_turns_follow_one_another_without_a_gap(weeks: int, days: int) -> None:
    day = START + timedelta(days=days)
    period = rules.period_of(START, weeks, day)
    assert (period.last - period.first).days == 7 * weeks - 1
    assert period.first <= max(day, START) <= period.last
    assert rules.after(period, weeks) == rules.period_of(START, weeks, period.last + timedelta(days=1))


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({}, None),
        ({"mine": False}, RepresentativeRefusal.NOT_YOUR_TURN),
        ({"now": False}, RepresentativeRefusal.NOT_NOW),
        ({"already": True}, RepresentativeRefusal.ALREADY_CARRIED),
        ({"open_": False}, RepresentativeRefusal.IDEA_NOT_OPEN),
        ({"own": True}, RepresentativeRefusal.OWN_IDEA),
        ({"words": " a "}, RepresentativeRefusal.WORDS_MISSING),
        ({"words": "a" * 601}, RepresentativeRefusal.WORDS_TOO_LONG),
    ],
)
def test_each_refusal_of_carrying(over: dict, refusal: RepresentativeRefusal | None) -> None:
    facts = {"mine": True, "now": True, "already": False, "open_": True, "own": False, "words": "It hurts daily."}
    assert rules.carry_refusal(**(facts | over)) is refusal


@pytest.mark.parametrize(
    ("weeks", "day", "refusal"),
    [(2, 0, None), (0, 0, "bad_weeks"), (27, 0, "bad_weeks"), (2, -1, "bad_start"), (2, 366, "bad_start")],
)
def test_a_rotation_begins_within_a_year(weeks: int, day: int, refusal: str | None) -> None:
    assert rules.start_refusal(weeks, START + timedelta(days=day), today=START) == refusal
    assert rules.period_of(START, 1, START) == Period(START, START + timedelta(days=6))
