"""Awards are written with the event, once, and paid as far as the budgets go."""

from datetime import timedelta

import pytest
from flask import Flask

from portal import worker
from portal.db import db, writing
from portal.errors import Conflict, Invalid
from portal.ledger.models import Transfer
from portal.ledger.verify import verify
from portal.rewards import service as rewards
from portal.rewards.models import Award, Budget
from portal.rewards.queries import wallet_points
from portal.rewards.rules import Payee, Share
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.rewards.giving import kept, open_budget, promoted


def test_a_shown_author_is_paid_at_once(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        (award,) = promoted(248, cast.asha, hidden=False)

    assert award.paid_at == NOON
    assert wallet_points(cast.asha) == 50
    assert verify().ok


def test_the_same_event_twice_pays_once(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        first = promoted(248, cast.asha, hidden=False)
    with writing():
        second = promoted(248, cast.asha, hidden=False, now=NOON + timedelta(days=1))
        db.session.add(Budget(name="goes on", starts_at=NOON, ends_at=NOON, created_at=NOON))

    assert (len(first), len(second)) == (1, 0)
    assert wallet_points(cast.asha) == 50
    assert db.session.query(Budget).count() == 2


@pytest.mark.slow
def test_the_same_event_from_ten_at_once_pays_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()

    answers = race(app, 10, lambda _: len(promoted(248, cast.asha, hidden=False)))

    assert sorted(answers) == [0] * 9 + [1]  # type: ignore[type-var]
    with app.app_context():
        assert wallet_points(cast.asha) == 50
        assert verify().ok


def test_another_promise_on_the_same_idea_is_another_subject(context: Flask, cast: Cast) -> None:
    payees = [Payee(cast.asha, Share.AUTHOR, False)]
    with writing():
        open_budget()
        for number in (1, 2):
            rewards.award_for_event("promise_kept", idea_number=248, sentence="Kept.", payees=payees, now=NOON,
                                    actor_id=cast.vic, subject=f"commitment:{number}")  # fmt: skip

    assert wallet_points(cast.asha) == 400


def test_everybody_with_a_share_is_paid_and_who_confirms_is_not(context: Flask, cast: Cast) -> None:
    payees = [Payee(cast.asha, Share.AUTHOR, False), Payee(cast.olu, Share.IMPLEMENTER, False)]
    with writing():
        open_budget()
        kept(248, payees, confirmed_by=cast.vic)
        kept(249, payees, confirmed_by=cast.olu)

    assert [wallet_points(person) for person in (cast.asha, cast.olu, cast.vic)] == [400, 100, 0]


def test_an_idea_without_an_author_pays_nobody(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        assert promoted(248, None, hidden=False) == []

    assert db.session.query(Award).count() == 0


def test_without_a_budget_points_are_owed_until_one_is_opened(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        promoted(248, cast.asha, hidden=False)
        promoted(249, cast.bo, hidden=True)
    with app.app_context():
        owed = [(award.paid_at, award.pooled_at) for award in db.session.query(Award)]
        with writing():
            open_budget()

    worker.run_once(app, now=NOON)

    with app.app_context():
        assert owed == [(None, None)] * 2
        assert wallet_points(cast.asha) == 50
        assert wallet_points(cast.bo) == 0
        assert db.session.query(Award).filter(Award.pooled_at.is_not(None)).count() == 1
        assert verify().ok


def test_a_budget_that_is_spent_leaves_the_rest_owed_oldest_first(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget(120)
        for number, voter in enumerate(cast.voters[:3]):
            promoted(number, voter, hidden=False, now=NOON + timedelta(hours=number))
    with writing():
        assert rewards.pay_owed(now=NOON) == 0
        open_budget(60)
    with writing():
        assert rewards.pay_owed(now=NOON) == 1
        assert rewards.pay_owed(now=NOON) == 0

    assert [wallet_points(voter) for voter in cast.voters[:3]] == [50, 50, 50]
    assert verify().ok


def test_only_a_budget_of_today_is_spent_and_the_one_that_ends_first_goes_first(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget(100, now=NOON + timedelta(days=200))
        long, short = open_budget(100, days=100), open_budget(100, days=10)
        promoted(1, cast.asha, hidden=False)
        promoted(2, cast.asha, hidden=False, now=NOON + timedelta(days=10))
        promoted(3, cast.asha, hidden=False, now=NOON + timedelta(days=100))

    left = {name: _left(budget) for name, budget in (("long", long), ("short", short))}
    assert left == {"long": 50, "short": 50}
    assert wallet_points(cast.asha) == 100


@pytest.mark.parametrize(
    ("points", "days", "name", "code"),
    [
        (0, 5, "Q1", "amount_not_positive_integer"),
        (True, 5, "Q1", "amount_not_positive_integer"),
        (2**40, 5, "Q1", "amount_not_positive_integer"),
        (5, 0, "Q1", "bad_period"),
        (5, -1, "Q1", "bad_period"),
        (5, 5, " \n ", "bad_name"),
        (5, 5, "x" * 121, "bad_name"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(context: Flask, points: int, days: int, name: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal, writing():
        rewards.open_budget(
            name, points, starts_at=NOON, ends_at=NOON + timedelta(days=days), approver_id=None, now=NOON
        )

    assert refusal.value.code == code
    assert db.session.query(Budget).count() == 0
    assert db.session.query(Transfer).count() == 0


def test_an_award_that_the_database_refuses_for_another_reason_is_not_swallowed(context: Flask, cast: Cast) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises((IntegrityError, Conflict)), writing():
        promoted(248, 999_999, hidden=False)


def test_a_budget_is_opened_from_the_command_line(context: Flask, cast: Cast) -> None:
    runner = context.test_cli_runner()

    done = runner.invoke(args=["budget", "open", "--name", "Q1", "--points", "500", "--days", "90"])
    approved = runner.invoke(args=["budget", "open", "--name", "Q2", "--points", "500", "--days", "90", "--approver",
                                   "vic@harbour.example", "--json"])  # fmt: skip
    bad = runner.invoke(args=["budget", "open", "--name", "Q1", "--points", "-5", "--days", "90"])
    nobody = runner.invoke(args=["budget", "open", "--name", "Q1", "--points", "5", "--days", "9", "--approver", "x"])

    assert (done.exit_code, approved.exit_code, bad.exit_code, nobody.exit_code) == (0, 0, 1, 1)
    assert bad.stderr.strip() == "Error: Points are whole numbers from 1 to 1,000,000,000."
    assert db.session.query(Budget).count() == 2
    assert verify().ok


def _left(budget: Budget) -> int:
    from portal.ledger import service as ledger
    from portal.ledger.postings import AccountKind

    return ledger.available(ledger.account(AccountKind.BUDGET, f"budget:{budget.id}"))
