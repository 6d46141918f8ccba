"""Points of people without activity: announced twice, then expired, once."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import worker
from portal.db import db, writing
from portal.errors import DomainError
from portal.ledger.models import Account, Transfer
from portal.ledger.verify import verify
from portal.notices.models import Notice
from portal.outbox.models import Message
from portal.people import service as people
from portal.people.models import Person
from portal.rewards import erasure, expiry, jobs
from portal.rewards import service as rewards
from portal.rewards.expiry_rules import due_on, is_due, left_due_on
from portal.rewards.models import Expiry
from portal.rewards.queries import wallet_points
from portal.rewards.rules import Payee, Share
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.rewards.giving import kept, open_budget

DAY = timedelta(days=1)
DUE = datetime(2027, 9, 2, 12, tzinfo=NOON.tzinfo)  # 18 months after NOON


def test_days_are_counted_in_calendar_months() -> None:
    assert due_on(date(2026, 8, 31), 18) == date(2028, 2, 29)
    assert due_on(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert left_due_on(date(2026, 3, 2)) == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("first", "last", "today", "due"),
    [(-60, -14, 0, True), (-60, -14, -1, False), (-59, -14, 0, False), (-60, -13, 0, False), (None, -14, 0, False),
     (-60, None, 0, False), (-70, -20, 30, True)],
)  # fmt: skip
def test_nothing_expires_before_it_was_announced_twice(
    first: int | None, last: int | None, today: int, due: bool
) -> None:
    day = date(2027, 9, 2)
    told = [None if days is None else day + timedelta(days=days) for days in (first, last)]

    assert is_due(day, first_told=told[0], last_told=told[1], today=day + timedelta(days=today)) is due


def test_told_60_and_14_days_before_and_expired_once(context: Flask, cast: Cast) -> None:
    _paid(cast)
    told = {}
    for days in (-61, -60, -59, -15, -14, -14, -1, 0, 0, 1):
        with writing():
            expiry.run(0, now=DUE + days * DAY)
        told[days] = db.session.query(Message).filter_by(topic=expiry.EXPIRING).count()

    assert told == {-61: 0, -60: 1, -59: 1, -15: 1, -14: 2, -1: 2, 0: 2, 1: 2}
    (row,) = db.session.scalars(select(Expiry).where(Expiry.expired_at.is_not(None)))
    transfer = db.session.scalars(select(Transfer).where(Transfer.reason_code == "expired")).one()
    assert (row.points, row.period, wallet_points(cast.asha)) == (200, "2027-09-02", 0)
    assert transfer.cause == f"expire:{transfer.debit_id}:2027-09-02"
    assert verify().ok


def test_whoever_comes_back_keeps_their_points(app: Flask, cast: Cast) -> None:
    with app.app_context():
        _paid(cast)
        _run(DUE - 60 * DAY)
    with app.app_context(), writing():
        person = db.session.get_one(Person, cast.asha)
        people.record_sign_in(person, token_hash="x", expires_at=DUE, device="test", network="", now=DUE - 30 * DAY)
    with app.app_context():
        for days in (-14, 0, 1):
            _run(DUE + days * DAY)

        assert wallet_points(cast.asha) == 200
        assert db.session.scalars(select(Expiry)).one().called_off_at == DUE - 14 * DAY


@pytest.mark.slow
def test_on_two_hosts_at_once_it_expires_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        _paid(cast)
        for days in (-60, -14):
            _run(DUE + days * DAY)

    race(app, 4, lambda _: expiry.run(0, now=DUE))

    with app.app_context():
        assert db.session.query(Transfer).filter_by(reason_code="expired").count() == 1
        assert wallet_points(cast.asha) == 0 and verify().ok


def test_people_hear_of_it_and_a_clock_that_jumps_expires_nothing(app: Flask, cast: Cast) -> None:
    with app.app_context():
        _paid(cast)
    worker.run_once(app, now=DUE - 61 * DAY, guarded=True)
    worker.run_once(app, now=DUE + 3650 * DAY, guarded=True)  # ten years later, says the clock

    with app.app_context():
        assert db.session.query(Expiry).count() == 0
        _run(DUE - 60 * DAY)
    worker.run_once(app, now=DUE - 60 * DAY, handlers=worker.handlers())
    with app.app_context():
        titles = [row.title for row in db.session.query(Notice).filter_by(person_id=cast.asha)]
        assert [title for title in titles if "expire" in title] == ["200 points expire on 2 September 2027"]


def test_whoever_has_left_is_paid_for_90_days_and_then_it_lapses(context: Flask, cast: Cast) -> None:
    _paid(cast)
    with writing():
        people.deactivate(db.session.get_one(Person, cast.asha), by_id=None, now=NOON)
        kept(2, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic, now=NOON + 30 * DAY)
    _run(NOON + 89 * DAY)
    assert wallet_points(cast.asha) == 400

    _run(NOON + 90 * DAY)
    _run(NOON + 91 * DAY)
    with writing():
        (late,) = kept(3, [Payee(cast.asha, Share.AUTHOR, True)], confirmed_by=cast.vic, now=NOON + 91 * DAY)
        assert rewards.pay_hidden_batch(now=NOON + 200 * DAY) is None

    assert (wallet_points(cast.asha), late.paid_at) == (0, None)
    assert verify().ok


def test_an_erased_account_leads_to_nobody_and_no_entry_changes(context: Flask, cast: Cast) -> None:
    _paid(cast)
    with pytest.raises(DomainError, match="still work here"), writing():
        erasure.erase(cast.asha, now=NOON)
    with writing():
        people.deactivate(db.session.get_one(Person, cast.asha), by_id=None, now=NOON)
        before = [tuple(row) for row in db.session.execute(select(Transfer.__table__))]
        assert erasure.erase(cast.asha, now=NOON) == 200
        assert erasure.erase(cast.asha, now=NOON) == 0

    after = [tuple(row) for row in db.session.execute(select(Transfer.__table__).order_by(Transfer.seq))]
    assert after[: len(before)] == before and verify().ok
    assert [ref for ref in db.session.scalars(select(Account.owner_ref)) if ref == f"person:{cast.asha}"] == []


def _paid(cast: Cast) -> None:
    with writing():
        open_budget(days=5000)
        kept(1, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)


def _run(now: datetime) -> None:
    jobs.expire(None, now)  # type: ignore[arg-type]
