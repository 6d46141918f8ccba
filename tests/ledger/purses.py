"""Accounts with points in them, and short ways to move them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.db import db
from portal.ledger import service as ledger
from portal.ledger.models import Account, Transfer
from portal.ledger.postings import AccountKind
from tests.factories import NOON

USUAL = {"reason_code": "test", "actor_ref": "portal", "now": NOON}


@dataclass(frozen=True)
class Purses:
    """Ids of accounts: where points are made, a wallet, where they are spent."""

    issuance: int
    wallet: int
    redeemed: int


def open_purses(points: int = 100) -> Purses:
    """Three accounts, `points` in the wallet. Inside a write transaction."""
    purses = Purses(
        ledger.account(AccountKind.ISSUANCE, "issuance"),
        ledger.account(AccountKind.PERSON, "person:1"),
        ledger.account(AccountKind.REDEEMED, "redeemed"),
    )
    if points:
        move(purses.issuance, purses.wallet, points, cause="start")
    return purses


def move(debit_id: int, credit_id: int, amount: Any, *, cause: str, **over: Any) -> ledger.Moved:
    """Post with the usual rest."""
    return ledger.post(debit_id, credit_id, amount, cause=cause, **(USUAL | over))


def balance(account_id: int) -> tuple[int, int]:
    """(posted, held) as stored."""
    row = db.session.execute(select(Account.posted, Account.held).where(Account.id == account_id)).one()
    return row.posted, row.held


def transfers() -> int:
    """How many there are."""
    return len(db.session.scalars(select(Transfer.seq)).all())
