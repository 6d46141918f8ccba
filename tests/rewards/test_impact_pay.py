"""Payment for measured impact: fixed by default, in tranches if switched on, held while a flag is open, ended."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError
from portal.rewards.impact_pay import ImpactPay, end_impact_pay, pay_for_impact, tranche_dues
from portal.rewards.models import Award, ImpactPayment, Settings
from portal.rewards.queries import wallet_points
from portal.rewards.rules import Payee, Share
from portal.rewards.settings_rules import RewardSettings, as_json
from portal.rewards.words import PaymentState
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.rewards.giving import open_budget


def pay(tranche: int = 1, *, cents: int = 100_000, held: str = "") -> ImpactPay:
    return ImpactPay(12, 248, tranche, f"estimate:{tranche}", cents, held)


def people(cast: Cast) -> list[Payee]:
    return [Payee(cast.asha, Share.AUTHOR, False), Payee(cast.olu, Share.IMPLEMENTER, False),
            Payee(cast.vic, Share.CONFIRMER, False), Payee(None, Share.AUTHOR, True)]  # fmt: skip


def test_it_worked_pays_a_fixed_award_once(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        first = pay_for_impact(pay(), people(cast), now=NOON)
        again = pay_for_impact(pay(), people(cast), now=NOON)

    assert first is again and (first.state, first.points, first.payable_cents) == (PaymentState.PAID, 0, 100_000)
    assert [wallet_points(one) for one in (cast.asha, cast.olu, cast.vic)] == [200, 100, 20]


def test_held_while_a_flag_is_open_and_released_later(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        row = pay_for_impact(pay(held="A guard-rail moved."), people(cast), now=NOON)
    assert (row.state, row.reason, wallet_points(cast.asha)) == (PaymentState.HELD, "A guard-rail moved.", 0)

    with writing():
        pay_for_impact(pay(), people(cast), now=NOON)

    assert (row.state, row.reason, wallet_points(cast.asha)) == (PaymentState.PAID, "", 200)


def test_tranches_if_they_are_switched_on(context: Flask, cast: Cast) -> None:
    _tranches()
    with writing():
        open_budget()
        first = pay_for_impact(pay(), people(cast), now=NOON)
        second = pay_for_impact(pay(2, cents=60_000), people(cast), now=NOON)

    assert (first.points, second.points) == (2000, 1200)
    # 2,000 points for one idea: 320 fixed, 1,600 of the first part, and 80 are left for the second.
    assert [wallet_points(one) for one in (cast.asha, cast.olu, cast.vic)] == [200 + 1000 + 80, 100 + 600, 20]


def test_what_ended_is_not_paid_any_more(context: Flask, cast: Cast) -> None:
    _tranches()
    with writing():
        open_budget()
        pay_for_impact(pay(), people(cast), now=NOON)
        assert end_impact_pay(12, "It got worse again.", NOON) == 0
        with pytest.raises(DomainError) as refused:
            pay_for_impact(pay(2), people(cast), now=NOON)
        pay_for_impact(ImpactPay(13, 249, 1, "e", 5, "Flag."), people(cast), now=NOON)
        assert end_impact_pay(13, "The flag stood.", NOON) == 1
        assert end_impact_pay(14, "Nothing there.", NOON) == 0

    assert refused.value.code == "impact_pay_ended"
    assert [(row.commitment_number, row.tranche, row.state) for row in db.session.scalars(
        select(ImpactPayment).order_by(ImpactPayment.commitment_number, ImpactPayment.tranche))] == [
        (12, 1, PaymentState.PAID), (12, 2, PaymentState.ENDED), (13, 1, PaymentState.ENDED),
        (13, 2, PaymentState.ENDED)]  # fmt: skip


@pytest.mark.parametrize(("wanted", "code"), [(pay(3), "bad_tranche"), (pay(cents=-1), "bad_payable")])
def test_what_is_no_payment_is_refused(context: Flask, cast: Cast, wanted: ImpactPay, code: str) -> None:
    with pytest.raises(DomainError) as refused, writing():
        pay_for_impact(wanted, people(cast), now=NOON)

    assert refused.value.code == code


def test_hidden_parts_are_denominations_and_people_of_a_share_divide_it() -> None:
    payees = [Payee(1, Share.AUTHOR, True), Payee(2, Share.AUTHOR, False), Payee(3, Share.EARLY, True)]

    assert [(due.person_id, due.points) for due in tranche_dues(1111, payees)] == [(1, 200), (2, 277)]
    assert tranche_dues(9, payees) == [tranche_dues(9, payees)[0]]


def test_a_tranche_is_divided_as_it_was_registered() -> None:
    payees = [Payee(1, Share.AUTHOR, False), Payee(2, Share.IMPLEMENTER, False), Payee(3, Share.HELPER, False)]

    divided = tranche_dues(1000, payees, {Share.AUTHOR: 80, Share.HELPER: 20})

    assert [(due.person_id, due.points) for due in divided] == [(1, 800), (3, 200)]


@pytest.mark.slow
def test_a_verdict_that_two_workers_hand_down_is_paid_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()

    race(app, 4, lambda _: pay_for_impact(pay(), people(cast), now=NOON).state)

    with app.app_context():
        assert wallet_points(cast.asha) == 200 and db.session.query(Award).count() == 3


def _tranches() -> None:
    wanted = RewardSettings(impact_tranches=True, cents_per_point=5)
    with writing():
        db.session.add(Settings(version=101, values=as_json(wanted), at=NOON, by_id=None))
