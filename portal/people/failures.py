"""Failed sign-ins as rows: they slow the next guess down, on every process and after every restart."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.db import db
from portal.errors import TooMany
from portal.people.models import SignInFailure

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_MAX = 5
PER_NETWORK_MAX = 20

assert PER_ACCOUNT_MAX < PER_NETWORK_MAX


def refuse_if_too_many(account: str, network: str, *, now: datetime, mine: int = 0) -> None:
    """Raise TooMany where the account or the network has failed too often within a quarter of an hour.

    mine: how many of the rows are the caller's own attempt, noted in advance.
    """
    waits = (
        _wait_seconds(SignInFailure.account, account, PER_ACCOUNT_MAX + mine, now),
        _wait_seconds(SignInFailure.network, network, PER_NETWORK_MAX + mine, now),
    )
    if seconds := max(waits):
        minutes = -(-seconds // 60)
        words = "1 minute" if minutes == 1 else f"{minutes} minutes"
        raise TooMany(f"Too many tries that did not work. Wait {words}, then try again.", retry_after_seconds=seconds)


def note(account: str, network: str, *, now: datetime) -> int:
    """Count an attempt as failed until it proves right; returns the row. Rows that no longer matter go."""
    stale = or_(SignInFailure.account == account, SignInFailure.network == network), SignInFailure.at <= now - WINDOW
    db.session.execute(delete(SignInFailure).where(*stale).execution_options(synchronize_session=False))
    row = SignInFailure(account=account, network=network, at=now)
    db.session.add(row)
    db.session.flush()
    return row.id


def take_back(attempt: int) -> None:
    """The attempt was none: it was refused for another reason than a wrong secret."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.id == attempt))


def forget(account: str) -> None:
    """The right secret was given: earlier failures no longer count."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.account == account))


def _wait_seconds(column: InstrumentedAttribute[str], value: str, allowed: int, now: datetime) -> int:
    """Seconds until fewer than `allowed` failures lie within the window; 0 if that is so now."""
    recent = select(SignInFailure.at).where(column == value, SignInFailure.at > now - WINDOW)
    oldest = db.session.scalar(recent.order_by(SignInFailure.at.desc()).offset(allowed - 1).limit(1))
    return 0 if oldest is None else max(1, int((oldest + WINDOW - now).total_seconds()) + 1)
