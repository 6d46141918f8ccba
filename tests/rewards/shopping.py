"""Short ways to a filled wallet, something to buy, and an order, in tests."""

from datetime import datetime
from typing import Any

from portal.db import db
from portal.ledger import service as ledger
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind
from portal.people import service as people
from portal.people.models import Place
from portal.people.queries import viewer_of
from portal.people.roles import Role
from portal.people.viewer import Viewer
from portal.rewards import redemption_service as orders
from portal.rewards.shop_models import Redemption, Reward
from portal.rewards.words import RewardKind
from tests.factories import NOON, Cast


def fill_wallet(person_id: int, points: int, *, now: datetime = NOON) -> None:
    """Put points into a wallet, as if they had been awarded. Inside a write transaction."""
    ledger.post(
        ledger.account(AccountKind.ISSUANCE, "issuance"), ledger.account(AccountKind.PERSON, f"person:{person_id}"),
        points, cause=f"test:{person_id}:{points}:{now.isoformat()}", reason_code="test", actor_ref="test", now=now,
    )  # fmt: skip


def make_reward(**over: Any) -> Reward:
    """Something to buy; state only what matters to the test. Inside a write transaction."""
    values = {
        "kind": RewardKind.TIME, "name": "Leave 30 minutes early", "what_next": "Your planner agrees a day with you",
        "days": 10, "price": 10, "made_at": NOON,
    } | over  # fmt: skip
    reward = Reward(**values)
    db.session.add(reward)
    db.session.flush()
    return reward


def make_approver(name: str, place_id: int, *, now: datetime = NOON) -> int:
    """Somebody who decides about the orders of a place and below. Inside a write transaction."""
    place = db.session.get_one(Place, place_id)
    person = people.add_person(
        name, place, email=f"{name}@harbour.example", staff_number=None, origin="created", now=now
    )
    people.grant(person, Role.APPROVER, place, by_id=None, now=now)
    return person.id


def who(person_id: int) -> Viewer:
    """The viewer that a person is."""
    found = viewer_of(person_id)
    assert found is not None
    return found


def place_order(
    cast: Cast, *, points: int = 100, price: int = 10, key: str = "click", now: datetime = NOON,
    person: int | None = None, **over: Any,
) -> Redemption:  # fmt: skip
    """An order of Asha's, with so much in her wallet before. Inside a write transaction."""
    person = person or cast.asha
    fill_wallet(person, points, now=now)
    reward = make_reward(price=price, **over)
    return orders.redeem(who(person), reward.id, price=price, key=key, now=now)


def wallet_of(person_id: int) -> tuple[int, int]:
    """(posted, held) of a wallet."""
    account_id = ledger.account(AccountKind.PERSON, f"person:{person_id}")
    wallet = db.session.get_one(Account, account_id, populate_existing=True)
    return wallet.posted, wallet.held
