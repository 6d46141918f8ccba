"""A process of its own that moves points: `python -m tests.ledger.process MODE URL FOLDER TIMES NAME`.

append: posts one point at a time and prints the number of each entry once it is committed.
spend: tries to post one point TIMES times and prints how often it was accepted.
naive: reads the wallet's balance, then writes it, TIMES times; prints how often it was accepted.
"""

import sys
from pathlib import Path

from sqlalchemy import select, update

from portal.app import create_app
from portal.db import db, writing
from portal.errors import Conflict
from portal.ledger import service as ledger
from portal.ledger.models import Account
from portal.ledger.postings import AccountKind
from tests.databases import test_config
from tests.ledger.purses import move


def main(mode: str, url: str, folder: str, times: str, name: str) -> None:
    """Do it."""
    app = create_app(test_config(url, Path(folder)))
    with app.app_context():
        accepted = 0
        for number in range(int(times)):
            if mode == "append":
                say(append(f"{name}:{number}"))
            else:
                accepted += naive() if mode == "naive" else spend(f"{name}:{number}")
        say(accepted)


def append(cause: str) -> int:
    """One point into the wallet; the entry's number, after the commit."""
    with writing():
        issuance = ledger.account(AccountKind.ISSUANCE, "issuance")
        return move(issuance, ledger.account(AccountKind.PERSON, "person:1"), 1, cause=cause).seq


def spend(cause: str) -> bool:
    """One point out of the wallet, if there is one."""
    try:
        with writing():
            wallet = ledger.account(AccountKind.PERSON, "person:1")
            move(wallet, ledger.account(AccountKind.REDEEMED, "redeemed"), 1, cause=cause)
    except Conflict:
        return False
    return True


def naive() -> bool:
    """Read, then write: right only where the transaction had the writer before it read."""
    mine = (Account.kind == AccountKind.PERSON, Account.owner_ref == "person:1")
    with writing():
        points = db.session.scalar(select(Account.posted).where(*mine)) or 0
        if points < 1:
            return False
        db.session.execute(update(Account).where(*mine).values(posted=points - 1))
    return True


def say(number: int) -> None:
    """Print at once."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
