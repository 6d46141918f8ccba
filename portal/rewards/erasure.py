"""Somebody's data are erased: their account of points leads to nobody any more, and no entry changes."""

import uuid
from datetime import datetime

from sqlalchemy import select, update

from portal.db import db
from portal.errors import Conflict, Missing
from portal.ledger import service as ledger
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind
from portal.people.models import Person
from portal.people.service import audit
from portal.rewards.purse import owner


def erase(person_id: int, *, now: datetime, by_id: int | None = None) -> int:
    """Pseudonymise the account of somebody who has left; returns how many points expired with it.

    Entries hold numbers of accounts, no names: none of them changes, and the chain still verifies.
    Raises Missing, Conflict `still_active`, `order_open` while an order holds points.
    """
    person = db.session.get(Person, person_id)
    if person is None:
        raise Missing("person")
    if person.active:
        raise Conflict("still_active", "They still work here. Deactivate them first.")
    ledger.lock_chain()
    query = select(Account.id, Account.posted, Account.held).where(
        Account.kind == AccountKind.PERSON, Account.owner_ref == owner(person_id)
    )
    account = db.session.execute(query).one_or_none()
    if account is None:
        return 0
    if account.held:
        raise Conflict("order_open", "An order of theirs still holds points. Decide it first.")
    if account.posted:
        ledger.post(account.id, ledger.account(AccountKind.EXPIRED, "expired"), account.posted,
                    cause=f"expire:{account.id}:erased", reason_code="expired", memo="Expired: erased",
                    actor_ref="portal", now=now)  # fmt: skip
    anew = update(Account).where(Account.id == account.id).values(owner_ref=f"erased:{uuid.uuid4()}")
    db.session.execute(anew)
    audit("points.erased", f"account:{account.id}", {}, actor_id=by_id, now=now)
    return int(account.posted)
