"""Points are asked for by one person and approved by another; what waits is paid then; nobody pays themselves."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.people import service as people
from portal.people.models import Person, Place
from portal.people.queries import viewer_of
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.rewards import budget_queries, budgets
from portal.rewards import service as rewards
from portal.rewards.budget_rules import Gift, NewBudget
from portal.rewards.models import Award, BudgetRaise, Settings
from portal.rewards.queries import wallet_points
from portal.rewards.rules import Payee, Share
from portal.rewards.settings_rules import RewardSettings, as_json
from portal.rewards.words import AskState
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.rewards.giving import kept, open_budget, promoted

DAY = timedelta(days=1)


def new(points: int = 1000, *, name: str = "Spring", reason: str = "Awards", start: datetime = NOON) -> NewBudget:
    return NewBudget(name, points, start, start + 90 * DAY, reason)


def test_an_award_waits_in_sight_until_another_person_raises_the_budget(context: Flask, cast: Cast) -> None:
    mia, tess = _viewer(cast.mia), _viewer(cast.tess)
    with writing():
        budget = open_budget(120)
        kept(248, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)
    waits = budget_queries.liability(now=NOON)
    assert (waits.outstanding, waits.waiting, waits.waiting_awards, waits.left) == (200, 200, 1, 120)
    with writing():
        asked = budgets.ask_more(mia, budget.id, 100, "For promises kept", now=NOON)
    assert _refused(lambda: budgets.decide(mia, asked.id, agreed=True, now=NOON)) == "second_person"

    with writing():
        budgets.decide(tess, asked.id, agreed=True, now=NOON)
        assert rewards.pay_owed(now=NOON) == 1

    assert wallet_points(cast.asha) == 200
    row = db.session.scalars(select(BudgetRaise)).one()
    assert (row.asked_by_id, row.approved_by_id, row.points) == (cast.mia, cast.tess, 100)
    assert budget_queries.liability(now=NOON).left == 20
    assert _refused(lambda: budgets.decide(tess, asked.id, agreed=True, now=NOON)) == "decided_already"


def test_a_budget_that_is_approved_is_open_and_one_that_is_refused_never_is(context: Flask, cast: Cast) -> None:
    mia, vic = _viewer(cast.mia), _viewer(cast.vic)
    with writing():
        yes, no = (budgets.ask_new(mia, new(name=name), now=NOON) for name in ("Yes", "No"))
        budgets.decide(vic, yes.id, agreed=True, now=NOON)
        budgets.decide(vic, no.id, agreed=False, answer="Later.", now=NOON)

    rows, _ = budget_queries.budgets(limit=10, cursor=None)
    assert [(row.Budget.name, row.made, row.left, row.approver) for row in rows] == [("Yes", 1000, 1000, "Vic")]
    assert (no.state, no.answer, no.budget_id) == (AskState.REFUSED, "Later.", None)


def test_what_is_no_budget_is_refused(context: Flask, cast: Cast) -> None:
    mia, tess = _viewer(cast.mia), _viewer(cast.tess)
    with writing():
        old = open_budget(now=NOON - 50 * DAY, days=60)
        late = budgets.ask_more(mia, old.id, 5, "More", now=NOON)
        short = budgets.ask_new(mia, new(), now=NOON)

    for amount in (0, -5, True, 1.5, "5", None, 2**63, float("nan")):
        assert _refused(lambda x=amount: budgets.ask_new(mia, new(x), now=NOON)) == "amount_not_positive_integer"  # type: ignore[misc]
    assert _refused(lambda: budgets.ask_new(mia, new(name=" "), now=NOON)) == "bad_name"
    assert _refused(lambda: budgets.ask_new(mia, new(reason=" "), now=NOON)) == "reason_missing"
    assert _refused(lambda: budgets.ask_new(mia, new(start=NOON - 100 * DAY), now=NOON)) == "bad_period"
    assert _refused(lambda: budgets.ask_new(_viewer(cast.asha), new(), now=NOON)) == "not_allowed"
    assert _refused(lambda: budgets.ask_more(mia, old.id, 5, "More", now=NOON + 11 * DAY)) == "budget_closed"
    assert _refused(lambda: budgets.decide(tess, late.id, agreed=True, now=NOON + 11 * DAY)) == "budget_closed"
    assert _refused(lambda: budgets.decide(tess, short.id, agreed=True, now=NOON + 99 * DAY)) == "budget_closed"
    for verb in (lambda: budgets.decide(tess, 999, agreed=True, now=NOON),
                 lambda: budgets.ask_more(mia, 999, 5, "More", now=NOON)):  # fmt: skip
        with pytest.raises(Missing):
            verb()


def test_a_partners_programme_lead_keeps_no_budget_of_the_organisation(context: Flask, cast: Cast) -> None:
    with writing():
        sam, place = db.session.get(Person, cast.sam), db.session.get(Place, cast.places["Brightline"])
        assert sam is not None and place is not None
        people.grant(sam, Role.PROGRAMME, place, by_id=None, now=NOON)

    assert _refused(lambda: budgets.ask_new(_viewer(cast.sam), new(), now=NOON)) == "not_allowed"


def test_points_are_given_once_with_the_reason_and_never_to_oneself(context: Flask, cast: Cast) -> None:
    mia, gift = _viewer(cast.mia), Gift(100, "Ran the trial in Durban.")
    with writing():
        open_budget(150)
        first = budgets.give(mia, cast.asha, gift, key="k1", now=NOON)
        again = budgets.give(mia, cast.asha, gift, key="k1", now=NOON)

    assert (first.id, wallet_points(cast.asha)) == (again.id, 100)
    assert _refused(lambda: budgets.give(mia, cast.bo, gift, key="k1", now=NOON)) == "idempotency_mismatch"
    assert _refused(lambda: budgets.give(mia, cast.mia, gift, key="k2", now=NOON)) == "self_award"
    assert _refused(lambda: budgets.give(mia, cast.asha, gift, key="k2", now=NOON)) == "budget_exceeded"
    assert _refused(lambda: budgets.give(mia, cast.asha, gift, key="k2", now=NOON + 999 * DAY)) == "budget_closed"
    assert _refused(lambda: budgets.give(mia, 10**6, gift, key="k2", now=NOON)) == "unknown_person"
    assert _refused(lambda: budgets.give(mia, cast.asha, Gift(5, " "), key="k2", now=NOON)) == "sentence_missing"
    assert (
        _refused(lambda: budgets.give(mia, cast.asha, Gift(0, "x"), key="k", now=NOON)) == "amount_not_positive_integer"
    )


def test_who_approved_a_budget_or_leads_the_giver_gets_nothing_out_of_it(context: Flask, cast: Cast) -> None:
    mia, gift = _viewer(cast.mia), Gift(100, "Ran the trial.")
    with writing():
        asked = budgets.ask_new(mia, new(), now=NOON)
        budgets.decide(_viewer(cast.tess), asked.id, agreed=True, now=NOON)
        giver = db.session.get_one(Person, cast.mia)
        giver.manager_id = cast.vic

    assert _refused(lambda: budgets.give(mia, cast.tess, gift, key="k", now=NOON)) == "self_award"
    assert _refused(lambda: budgets.give(mia, cast.vic, gift, key="k", now=NOON)) == "own_line"


def test_a_year_and_an_idea_have_limits(context: Flask, cast: Cast) -> None:
    _settle(RewardSettings(cap_idea=330, cap_person_year=250))
    payees = [Payee(cast.asha, Share.AUTHOR, False), Payee(cast.olu, Share.IMPLEMENTER, False),
              Payee(cast.bo, Share.BUILDER, True)]  # fmt: skip
    with writing():
        open_budget()
        made = kept(1, payees, confirmed_by=cast.vic)
        more = kept(2, payees[:1], confirmed_by=cast.vic)
        next_year = kept(3, payees[:1], confirmed_by=cast.vic, now=NOON + 365 * DAY)

    # 330 for the idea: 200 and 100, and of the builder's 50 the largest hidden sum that fits into 30.
    assert [award.points for award in made] == [200, 100, 20]
    assert made[2].sentence.endswith("As much as the limits allow.")
    assert [award.points for award in (*more, *next_year)] == [50, 200]
    with pytest.raises(DomainError, match="more than one person may get"), writing():
        budgets.give(_viewer(cast.mia), cast.olu, Gift(200, "Much."), key="k", now=NOON)


@pytest.mark.slow
def test_awards_written_at_once_stay_within_the_limit_of_a_year(app: Flask, cast: Cast) -> None:
    with app.app_context():
        _settle(RewardSettings(cap_person_year=500))
        with writing():
            open_budget()

    race(app, 8, lambda number: len(kept(number, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)))

    with app.app_context():
        assert sum(db.session.scalars(select(Award.points))) == wallet_points(cast.asha) == 500


@pytest.mark.slow
def test_of_two_who_approve_at_once_one_does(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        number = budgets.ask_new(_viewer(cast.mia), new(), now=NOON).id
    deciders = [cast.tess, cast.vic, cast.tess, cast.vic]

    answers = race(app, 4, lambda one: budgets.decide(_viewer(deciders[one]), number, agreed=True, now=NOON).points)

    assert sorted(map(str, answers)) == ["1000"] + ["decided_already"] * 3


def test_five_people_and_not_five_awards_make_a_batch(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        for number in range(6):
            promoted(number, cast.voters[number % 4], hidden=True)
        assert rewards.pay_hidden_batch(now=NOON + 7 * DAY) is None
        promoted(9, cast.voters[9], hidden=True)
        batch = rewards.pay_hidden_batch(now=NOON + 7 * DAY)

    assert batch is not None and (batch.people, batch.points) == (5, 350)


def _settle(wanted: RewardSettings) -> None:
    with writing():
        db.session.add(Settings(version=101, values=as_json(wanted), at=NOON, by_id=None))


def _viewer(person_id: int) -> Viewer:
    found = viewer_of(person_id)
    assert found is not None
    return found


def _refused(verb) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(DomainError) as refused, writing():
        verb()
    return refused.value.code
