"""An outcome that no longer holds: what was paid for it is taken back, as far as it is there."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, writing
from portal.errors import DomainError, Missing
from portal.ledger import service as ledger
from portal.ledger.models import Transfer
from portal.ledger.postings import AccountKind
from portal.ledger.verify import verify
from portal.people.queries import viewer_of
from portal.people.viewer import Viewer
from portal.rewards import reversals
from portal.rewards import service as rewards
from portal.rewards.awards import About
from portal.rewards.models import Award, Reversal
from portal.rewards.queries import wallet, wallet_points
from portal.rewards.rules import Due, Event, Payee, Share
from portal.rewards.settings_rules import RewardSettings
from portal.rewards.words import ReversalState
from tests.factories import NOON, Cast
from tests.ledger.racing import race
from tests.rewards.giving import kept, open_budget, promoted

LATER = NOON + timedelta(days=9)
WHY = "Number 248 is open again."


def test_what_is_still_there_is_taken_and_the_reason_stands_on_the_statement(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        kept(248, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)
        made = reversals.take_back(Event.PROMISE_KEPT, "idea:248", WHY, LATER)

    assert [(one.state, one.taken, one.claimed) for one in made] == [(ReversalState.DONE, 200, 0)]
    assert wallet_points(cast.asha) == 0
    (newest, *_) = wallet(cast.asha, None, zone="UTC", now=LATER).lines
    assert (newest.why, newest.change) == (WHY, -200)
    assert verify().ok


def test_what_was_spent_stays_as_a_claim_that_the_next_awards_meet(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        kept(248, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)
        _spend(cast.asha, 150)
        (one,) = reversals.take_back(Event.PROMISE_KEPT, "idea:248", WHY, LATER)
    assert (one.taken, one.claimed, wallet_points(cast.asha)) == (50, 150, 0)
    assert [(p.points, p.sentence) for p in wallet(cast.asha, None, zone="UTC", now=LATER).pending] == [
        (-150, "Number 248 is open again – set off against what comes next.")
    ]

    with writing():
        kept(250, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic, now=LATER)

    assert (wallet_points(cast.asha), one.taken, one.claimed) == (50, 200, 0)
    (newest, *_) = wallet(cast.asha, None, zone="UTC", now=LATER).lines
    assert (newest.change, newest.note) == (50, "150 more met what had been taken back.")
    assert verify().ok


def test_what_waits_for_a_budget_is_simply_not_paid(context: Flask, cast: Cast) -> None:
    with writing():
        kept(248, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)
        (one,) = reversals.take_back(Event.PROMISE_KEPT, "idea:248", WHY, LATER)
        open_budget()
        served = rewards.pay_owed(now=LATER)

    assert (one.taken, one.claimed, served, wallet_points(cast.asha)) == (0, 0, 0, 0)
    assert wallet(cast.asha, None, zone="UTC", now=LATER).pending == []


def test_a_hidden_authors_wallet_is_never_debited(context: Flask, cast: Cast) -> None:
    people = [cast.asha, *cast.voters[3:8]]
    with writing():
        open_budget()
        for number, person in enumerate(people):
            promoted(number, person, hidden=True)
        rewards.pay_hidden_batch(now=NOON)
        before = db.session.scalar(select(Transfer.seq).order_by(Transfer.seq.desc()).limit(1))
        (one,) = reversals.take_back(Event.IDEA_PROMOTED, "idea:0", WHY, LATER)
        assert db.session.scalar(select(Transfer.seq).order_by(Transfer.seq.desc()).limit(1)) == before
        for number, person in enumerate(people):
            promoted(100 + number, person, hidden=True, now=LATER)
        batch = rewards.pay_hidden_batch(now=LATER)

    assert batch is not None and batch.points == 250
    assert (one.taken, one.claimed, wallet_points(cast.asha), wallet_points(people[1])) == (50, 0, 50, 100)
    assert verify().ok


def test_what_is_set_aside_for_a_hidden_author_goes_back_to_the_budget(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget(1000)
        promoted(248, cast.asha, hidden=True)
        reversals.take_back(Event.IDEA_PROMOTED, "idea:248", WHY, LATER)

    assert _posted("pool:hidden", AccountKind.POOL) == 0
    assert _posted("budget:1", AccountKind.BUDGET) == 1000
    assert verify().ok


def test_it_was_not_back_after_all_and_nobody_has_more_or_less_than_before(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        kept(248, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)
        _spend(cast.asha, 150)
        reversals.take_back(Event.PROMISE_KEPT, "idea:248", WHY, LATER)
        reversals.give_back(Event.PROMISE_KEPT, "idea:248", "It was not back.", LATER)
        assert reversals.give_back(Event.PROMISE_KEPT, "idea:248", "It was not back.", LATER) == []

    assert wallet_points(cast.asha) == 50
    with writing():
        assert kept(248, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic, now=LATER) == []
        (again,) = reversals.take_back(Event.PROMISE_KEPT, "idea:248", WHY, LATER)
    assert (again.taken, again.claimed) == (50, 150)
    assert verify().ok


def test_what_is_fixed_again_is_earned_again(context: Flask, cast: Cast) -> None:
    payees = [Payee(cast.asha, Share.AUTHOR, False)]
    with writing():
        open_budget()
        kept(248, payees, confirmed_by=cast.vic)
        reversals.take_back(Event.PROMISE_KEPT, "idea:248", WHY, LATER)
        kept(248, payees, confirmed_by=cast.vic, now=LATER)
        kept(248, payees, confirmed_by=cast.vic, now=LATER)

    assert wallet_points(cast.asha) == 200


def test_above_500_points_a_second_person_decides(context: Flask, cast: Cast) -> None:
    award = _large(cast)
    with writing():
        asked = reversals.ask(_viewer(cast.mia), award, "Made up.", now=LATER)
    assert (asked.state, wallet_points(cast.asha)) == (ReversalState.ASKED, 600)
    assert _refused(lambda: reversals.decide(_viewer(cast.mia), asked.id, agreed=True, now=LATER)) == "second_person"

    with writing():
        reversals.decide(_viewer(cast.tess), asked.id, agreed=True, now=LATER)

    assert (asked.taken, wallet_points(cast.asha)) == (600, 0)
    assert (
        _refused(lambda: reversals.decide(_viewer(cast.tess), asked.id, agreed=False, now=LATER)) == "decided_already"
    )
    assert _refused(lambda: reversals.ask(_viewer(cast.mia), award, "Again.", now=LATER)) == "taken_back_already"


def test_a_no_leaves_it_as_it_is_and_it_can_be_asked_for_again(context: Flask, cast: Cast) -> None:
    award = _large(cast)
    with writing():
        asked = reversals.ask(_viewer(cast.mia), award, "Made up.", now=LATER)
        reversals.decide(_viewer(cast.tess), asked.id, agreed=False, now=LATER)
        again = reversals.ask(_viewer(cast.tess), award, "Made up.", now=LATER)

    assert (wallet_points(cast.asha), again.state) == (600, ReversalState.ASKED)


def test_what_somebody_took_back_by_hand_is_not_earned_again(context: Flask, cast: Cast) -> None:
    payees = [Payee(cast.asha, Share.AUTHOR, False)]
    with writing():
        open_budget()
        (award,) = kept(248, payees, confirmed_by=cast.vic)
        reversals.ask(_viewer(cast.mia), award.id, "Made up.", now=LATER)
        reversals.give_back(Event.PROMISE_KEPT, "idea:248", "It was not back.", LATER)
        kept(248, payees, confirmed_by=cast.vic, now=LATER)

    assert wallet_points(cast.asha) == 0


def test_nobody_takes_back_their_own_award_or_one_of_a_hidden_name(context: Flask, cast: Cast) -> None:
    with writing():
        open_budget()
        (own,) = kept(248, [Payee(cast.mia, Share.IMPLEMENTER, False)], confirmed_by=cast.vic)
        (hidden,) = promoted(249, cast.asha, hidden=True)

    mia = _viewer(cast.mia)
    assert _refused(lambda: reversals.ask(mia, own.id, "Why not.", now=LATER)) == "own_award"
    assert _refused(lambda: reversals.ask(_viewer(cast.tess), own.id, "  ", now=LATER)) == "reason_missing"
    assert _refused(lambda: reversals.ask(_viewer(cast.asha), own.id, "Why.", now=LATER)) == "not_allowed"
    for number in (hidden.id, 10**6):
        with pytest.raises(Missing):
            reversals.ask(mia, number, "Why.", now=LATER)
    with pytest.raises(Missing):
        reversals.decide(mia, 10**6, agreed=True, now=LATER)


@pytest.mark.slow
def test_taken_back_while_it_is_spent_the_balance_never_falls_below_nought(app: Flask, cast: Cast) -> None:
    with app.app_context(), writing():
        open_budget()
        kept(248, [Payee(cast.asha, Share.AUTHOR, False)], confirmed_by=cast.vic)

    def work(number: int) -> object:
        if number % 2:
            return len(reversals.take_back(Event.PROMISE_KEPT, "idea:248", WHY, LATER))
        _spend(cast.asha, 50, key=str(number))
        return "spent"

    answers = race(app, 8, work)

    with app.app_context():
        one = db.session.scalars(select(Reversal)).one()
        spent = 50 * answers.count("spent")
        assert sum(answer for answer in answers if isinstance(answer, int)) == 1
        assert (one.taken + one.claimed, wallet_points(cast.asha)) == (200, 200 - spent - one.taken)
        assert verify().ok


def _large(cast: Cast) -> int:
    about = About("idea:7", 7, "A large one.")
    with writing():
        open_budget()
        due = [Due(cast.asha, Share.AUTHOR, False, 600)]
        (award,) = rewards.award_dues(Event.IMPACT_TRANCHE, due, about, RewardSettings(), now=NOON, actor_id=None)
    assert db.session.get_one(Award, award.id).points == 600
    return award.id


def _spend(person_id: int, points: int, *, key: str = "1") -> None:
    wallet_id = ledger.account(AccountKind.PERSON, f"person:{person_id}")
    ledger.post(wallet_id, ledger.account(AccountKind.REDEEMED, "redeemed"), points, cause=f"spent:{key}",
                reason_code="spent", actor_ref="portal", now=NOON)  # fmt: skip


def _posted(owner: str, kind: AccountKind) -> int:
    return ledger.available(ledger.account(kind, owner))


def _viewer(person_id: int) -> Viewer:
    found = viewer_of(person_id)
    assert found is not None
    return found


def _refused(verb) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(DomainError) as refused, writing():
        verb()
    return refused.value.code
