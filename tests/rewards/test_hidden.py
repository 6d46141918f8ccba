"""Nobody but the author may see that a hidden author was paid, or for what."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal import worker
from portal.db import db, writing
from portal.ledger.models import Account, Transfer
from portal.ledger.verify import verify
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.roles import Role
from portal.rewards import service as rewards
from portal.rewards.models import Award, Batch
from portal.rewards.queries import wallet_points
from portal.rewards.rules import Payee, Share
from tests.factories import NOON, Cast, signed_in
from tests.ledger.racing import race
from tests.rewards.giving import kept, open_budget, promoted

WEEK = timedelta(days=7)
NUMBER = 90210
FORMATS = ("hledger", "beancount", "csv")


def test_the_event_moves_points_to_the_pool_and_names_nothing(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        (award,) = promoted(NUMBER, cast.asha, hidden=True)

    (transfer,) = db.session.scalars(select(Transfer).where(Transfer.reason_code == "set_aside"))
    assert (award.pooled_at, award.paid_at) == (NOON, None)
    assert transfer.amount == 50
    assert re.fullmatch(r"pool:[0-9a-f-]{36}", transfer.cause)
    assert transfer.actor_ref == "portal"
    assert str(NUMBER) not in f"{transfer.cause} {transfer.memo}"
    assert wallet_points(cast.asha) == 0


def test_fewer_than_five_wait_for_four_weeks(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        for number, voter in enumerate(cast.voters[:4]):
            promoted(number, voter, hidden=True)

    early = _pay(NOON + timedelta(days=27))
    in_time = _pay(NOON + timedelta(days=28))

    assert early is None
    assert in_time == (4, 200)
    assert [wallet_points(voter) for voter in cast.voters[:5]] == [50, 50, 50, 50, 0]
    assert verify().ok


def test_five_are_paid_in_the_next_run_and_a_second_run_pays_nothing(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        for number, voter in enumerate(cast.voters[:5]):
            promoted(number, voter, hidden=True)

    runs = [_pay(NOON + WEEK), _pay(NOON + WEEK), _pay(NOON + WEEK + timedelta(hours=1)), _pay(NOON + 2 * WEEK)]

    assert runs == [(5, 250), None, None, None]
    assert sum(wallet_points(voter) for voter in cast.voters) == 250
    assert verify().ok


def test_a_week_has_one_batch_even_if_more_wait(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        for number, voter in enumerate(cast.voters[:5]):
            promoted(number, voter, hidden=True)
    first = _pay(NOON)
    with writing():
        for number, voter in enumerate(cast.voters[5:10]):
            promoted(100 + number, voter, hidden=True)

    assert (first, _pay(NOON + timedelta(hours=1)), _pay(NOON + WEEK)) == ((5, 250), None, (5, 250))


def test_somebody_with_several_awards_gets_one_sum(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        kept(NUMBER, [Payee(cast.asha, Share.AUTHOR, True)], confirmed_by=cast.vic)
        for number, author in enumerate([cast.asha, *cast.voters[:4]]):
            promoted(number, author, hidden=True)

    assert _pay(NOON + WEEK) == (5, 450)
    paid = db.session.scalars(select(Transfer).where(Transfer.reason_code == "weekly_thanks")).all()
    assert sorted(transfer.amount for transfer in paid) == [50, 50, 50, 50, 250]
    assert all(re.fullmatch(r"batch:2026-W11:[0-9a-f-]{36}", transfer.cause) for transfer in paid)
    assert {transfer.memo for transfer in paid} == {"Weekly thanks"}


def test_neither_the_order_nor_the_account_numbers_follow_the_awards(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        for number, voter in enumerate(cast.voters):
            promoted(number, voter, hidden=True)
    _pay(NOON + WEEK)

    query = (
        select(Account.owner_ref)
        .join(Transfer, Transfer.credit_id == Account.id)
        .where(Transfer.reason_code == "weekly_thanks")
        .order_by(Transfer.seq)
    )
    paid = [int(ref.split(":")[1]) for ref in db.session.scalars(query)]
    wallets = select(Account.owner_ref).where(Account.kind == "person").order_by(Account.id)
    opened = [int(ref.split(":")[1]) for ref in db.session.scalars(wallets)]
    assert sorted(paid) == sorted(opened) == sorted(cast.voters)
    assert paid != cast.voters
    assert opened != cast.voters


@pytest.mark.slow
def test_workers_who_pay_at_once_pay_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()
        for number, voter in enumerate(cast.voters):
            promoted(number, voter, hidden=True)

    batches = race(app, 6, lambda _: rewards.pay_hidden_batch(now=NOON + WEEK) is not None)

    assert sorted(batches) == [False] * 5 + [True]  # type: ignore[type-var]
    with app.app_context():
        assert [wallet_points(voter) for voter in cast.voters] == [50] * 24
        assert db.session.query(Batch).one().points == 24 * 50
        assert verify().ok


@pytest.mark.slow
def test_awards_that_come_while_a_batch_is_paid_are_neither_lost_nor_paid_twice(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()
        for number, voter in enumerate(cast.voters):
            promoted(number, voter, hidden=True)

    def work(number: int) -> object:
        if number == 0:
            return rewards.pay_hidden_batch(now=NOON + WEEK) is not None
        return len(promoted(100 + number, cast.voters[number], hidden=True, now=NOON + WEEK))

    answers = race(app, 9, work)

    assert answers == [True] + [1] * 8
    with app.app_context():
        assert verify().ok
        late = _pay(NOON + 2 * WEEK) or (0, 0)
        if late == (0, 0):  # fewer than five came after the batch: they wait
            late = _pay(NOON + 6 * WEEK) or (0, 0)
        assert sum(wallet_points(voter) for voter in cast.voters) == 32 * 50
        assert verify().ok


def test_the_worker_pays_once_a_week_however_many_workers_run(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()
        for number, voter in enumerate(cast.voters[:6]):
            promoted(number, voter, hidden=True)

    for day in range(3):
        worker.run_once(app, now=NOON + WEEK + timedelta(days=day))

    with app.app_context():
        assert db.session.query(Batch).count() == 1
        assert sum(wallet_points(voter) for voter in cast.voters) == 300
        assert verify().ok


@pytest.mark.parametrize("paid", [False, True], ids=["pending", "paid"])
def test_a_walk_through_everything_never_finds_the_idea_beside_its_hidden_author(
    app: Flask, cast: Cast, paid: bool
) -> None:
    sentence = _a_hidden_idea_among_others(app, cast, paid=paid)
    auditor = _auditor(app, cast)
    pages = [
        signed_in(app, somebody).get(address).get_data(as_text=True)
        for somebody in (auditor, cast.tess, cast.mia, cast.bo, cast.vic, cast.lea, cast.olu)
        for address in ("/ledger", "/wallet", "/wallet/statement?month=2026-03", "/wallet/statement.csv?month=2026-03")
    ]
    with app.app_context():
        runner = app.test_cli_runner()
        exports = [runner.invoke(args=["ledger", "export", "--format", form]).output for form in FORMATS]
        rows = [" ".join(map(str, row)) for row in db.session.execute(text("SELECT * FROM ledger_transfers"))]
        told = [" ".join(map(str, row)) for table in ("outbox", "audit_entries", "idea_story")
                for row in db.session.execute(text(f"SELECT * FROM {table}"))]  # fmt: skip

    for found in [*pages, *exports, *rows, *told]:
        assert sentence not in found
        assert not re.search(rf"\b{NUMBER}\b", found)
    for found in [*pages, *exports]:
        assert "Asha" not in found
    for page in pages[:12]:
        assert "person:" not in page
    own = signed_in(app, cast.asha).get("/wallet").get_data(as_text=True)
    assert sentence.rstrip(".") in own
    assert ("paid in the next batch so that nobody can tell" in own) is not paid


def test_what_an_author_did_under_their_own_name_is_paid_apart(context: Flask, cast: Cast) -> None:
    payees = [Payee(cast.asha, Share.AUTHOR, True), Payee(cast.asha, Share.IMPLEMENTER, False)]
    with writing():
        open_budget()
        kept(NUMBER, payees, confirmed_by=cast.vic)

    assert wallet_points(cast.asha) == 100
    assert [award.points for award in db.session.query(Award).filter(Award.paid_at.is_(None))] == [200]


def _pay(now: object) -> tuple[int, int] | None:
    with writing():
        batch = rewards.pay_hidden_batch(now=now)  # type: ignore[arg-type]
        return (batch.people, batch.points) if batch else None


def _a_hidden_idea_among_others(app: Flask, cast: Cast, *, paid: bool) -> str:
    with app.app_context():
        with writing():
            open_budget()
            (award,) = promoted(NUMBER, cast.asha, hidden=True)
            sentence = award.sentence
            promoted(17, cast.bo, hidden=False)
            for number, voter in enumerate(cast.voters[3:9]):
                promoted(1000 + number, voter, hidden=True)
            kept(18, [Payee(cast.asha, Share.IMPLEMENTER, False)], confirmed_by=cast.vic)
        if paid:
            assert _pay(NOON + WEEK) == (7, 350)
        assert wallet_points(cast.asha) == (150 if paid else 100)
    return sentence


def _auditor(app: Flask, cast: Cast) -> int:
    with app.app_context(), writing():
        person = db.session.get(Person, cast.di)
        place = db.session.get(Place, cast.places["Harbour"])
        assert person is not None and place is not None
        people.grant(person, Role.AUDITOR, place, by_id=None, now=NOON)
    return cast.di
