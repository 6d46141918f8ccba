"""What an outcome is worth to whom."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.errors import Invalid
from portal.rewards.months import Month, month_of, read_month
from portal.rewards.rules import POLICIES, POLICY_VERSION, Due, Event, Payee, Share, batch_is_due, dues, week_key
from tests.factories import NOON

ASHA, OLU, VIC = 1, 2, 3


def test_the_first_policy_is_what_it_was() -> None:
    assert POLICY_VERSION == 3
    assert POLICIES[1] == {
        "idea_promoted": {"author": 50},
        "promise_kept": {"author": 200, "implementer": 100},
    }
    assert POLICIES[3] == POLICIES[2] | {"shift_hosted": {"colleague": 20}}


def test_the_author_and_whoever_did_the_work_are_paid_when_a_promise_is_kept() -> None:
    payees = [Payee(ASHA, Share.AUTHOR, True), Payee(OLU, Share.IMPLEMENTER, False)]

    assert dues(Event.PROMISE_KEPT, payees, actor_id=VIC) == [
        Due(ASHA, Share.AUTHOR, True, 200),
        Due(OLU, Share.IMPLEMENTER, False, 100),
    ]


def test_an_author_who_does_the_work_is_paid_for_both() -> None:
    payees = [Payee(OLU, Share.AUTHOR, True), Payee(OLU, Share.IMPLEMENTER, False)]

    assert [due.points for due in dues(Event.PROMISE_KEPT, payees, actor_id=VIC)] == [200, 100]


def test_nobody_is_paid_on_their_own_word() -> None:
    payees = [Payee(VIC, Share.AUTHOR, True), Payee(VIC, Share.IMPLEMENTER, False), Payee(OLU, Share.AUTHOR, False)]

    assert [due.person_id for due in dues(Event.PROMISE_KEPT, payees, actor_id=VIC)] == [OLU]


def test_whoever_casts_the_vote_that_promotes_confirms_nothing() -> None:
    assert dues(Event.IDEA_PROMOTED, [Payee(ASHA, Share.AUTHOR, False)], actor_id=ASHA) != []


def test_an_author_who_is_not_stored_and_a_share_worth_nothing_are_left_out() -> None:
    payees = [Payee(None, Share.AUTHOR, False), Payee(OLU, Share.COLLEAGUE, False)]

    assert dues(Event.PROMISE_KEPT, payees, actor_id=None) == []


def test_a_share_is_paid_once_to_a_person() -> None:
    assert len(dues(Event.IDEA_PROMOTED, [Payee(ASHA, Share.AUTHOR, True)] * 3, actor_id=None)) == 1


@pytest.mark.parametrize(
    ("waiting", "days", "due"), [(0, 99, False), (4, 27.9, False), (1, 28, True), (5, 0, True), (4, 28, True)]
)
def test_a_batch_needs_five_or_four_weeks(waiting: int, days: float, due: bool) -> None:
    assert batch_is_due(waiting, NOON - timedelta(days=days), now=NOON) is due


def test_weeks_follow_the_iso_calendar_in_utc() -> None:
    assert week_key(NOON) == "2026-W10"
    assert week_key(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"


def test_months_begin_where_the_reader_is() -> None:
    late = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)

    assert month_of(late, "UTC") == Month(2026, 3)
    assert month_of(late, "Europe/London") == Month(2026, 4)
    assert Month(2026, 4).starts_at("Europe/London") == datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert (Month(2026, 12).next, Month(2026, 1).previous) == (Month(2027, 1), Month(2025, 12))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-3", "1999-01", "２０２６-03", "2026-03 "])
def test_a_month_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_month(text)

    assert refusal.value.code == "bad_month"
