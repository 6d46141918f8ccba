"""Moving points. Every verb appends one transfer and changes the two balances with it, or does nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal.db import db, is_postgres, table_of
from portal.errors import Conflict, Invalid, Missing
from portal.ledger.checks import NEWEST_OK, broken
from portal.ledger.models import Account, ChainHead, Transfer
from portal.ledger.postings import (
    FIRST_HASH,
    ISSUANCE_FLOOR,
    REVERSIBLE,
    AccountKind,
    Change,
    Entry,
    Link,
    TransferKind,
    changes,
    check_amount,
    check_cause,
    link_hash,
    request_hash,
)
from portal.statements import run

ACCOUNTS = table_of(Account)
TRANSFERS = table_of(Transfer)
HEAD = table_of(ChainHead)
# Every movement of points runs these: see portal.statements.
NEWEST = select(HEAD.c.seq, HEAD.c.hash, NEWEST_OK.label("sound")).where(HEAD.c.id == 1)
LOCKED_NEWEST = NEWEST.with_for_update(of=HEAD)
BY_CAUSE = select(TRANSFERS).where(TRANSFERS.c.cause == bindparam("cause"))
ACCOUNT_OF = select(ACCOUNTS.c.id).where(
    ACCOUNTS.c.kind == bindparam("kind"), ACCOUNTS.c.owner_ref == bindparam("owner")
)
NEW_TRANSFER = insert(TRANSFERS).inline()
MOVE_HEAD = update(HEAD).where(HEAD.c.id == 1).values(seq=bindparam("newest"), hash=bindparam("own_hash"))
CHANGE_BALANCE = (
    update(ACCOUNTS)
    .where(ACCOUNTS.c.id == bindparam("account"))
    .values(posted=ACCOUNTS.c.posted + bindparam("more_posted"), held=ACCOUNTS.c.held + bindparam("more_held"))
)


@dataclass(frozen=True)
class Moved:
    """The transfer as it stands in the ledger. replayed: it stood there before, asked for with the same key."""

    seq: int
    entry: Entry
    replayed: bool = False


def account(kind: AccountKind, owner_ref: str) -> int:
    """The id of the account, opened if it is not there yet. owner_ref: "person:17"; no name."""
    known = _account_id(kind, owner_ref)
    if known is not None:
        return known
    lock_chain()  # two who open the same account at once would otherwise wait for each other with the chain between
    known = _account_id(kind, owner_ref)
    if known is not None:
        return known
    floor = ISSUANCE_FLOOR if kind is AccountKind.ISSUANCE else 0
    opened = db.session.execute(insert(ACCOUNTS).values(kind=kind, owner_ref=owner_ref, floor=floor))
    return opened.inserted_primary_key[0]  # type: ignore[attr-defined]


def available(account_id: int) -> int:
    """Points that can be spent: posted less held."""
    return db.session.scalar(select(Account.posted - Account.held).where(Account.id == account_id)) or 0


def post(
    debit_id: int,
    credit_id: int,
    amount: int,
    *,
    cause: str,
    reason_code: str,
    actor_ref: str,
    now: datetime,
    memo: str = "",
) -> Moved:
    """Move points at once. cause: the idempotency key; the same key with the same request returns the stored transfer.

    Raises Invalid for what `Entry` refuses, Conflict `insufficient_points`, `idempotency_mismatch`, Unavailable
    `ledger_broken` while points stand still; so do all verbs here, but what was done before is answered as before.
    """
    entry = Entry(TransferKind.POST, debit_id, credit_id, amount, reason_code, actor_ref, memo)
    return _record(entry, cause=cause, now=now)


def hold(
    debit_id: int,
    credit_id: int,
    amount: int,
    *,
    cause: str,
    reason_code: str,
    actor_ref: str,
    now: datetime,
    memo: str = "",
) -> Moved:
    """Set points aside for the credited account, to be captured or voided later. Raises as `post` does."""
    entry = Entry(TransferKind.HOLD, debit_id, credit_id, amount, reason_code, actor_ref, memo)
    return _record(entry, cause=cause, now=now)


def capture(
    hold_seq: int,
    amount: int | None = None,
    *,
    cause: str,
    reason_code: str,
    actor_ref: str,
    now: datetime,
    memo: str = "",
) -> Moved:
    """Move what is held, all of it or `amount`; the rest is free again.

    Raises Missing, Invalid (`not_a_hold`, `more_than_held`), Conflict (`already_resolved`, `idempotency_mismatch`).
    """
    held = _hold(hold_seq)
    taken = held.amount if amount is None else amount
    check_amount(taken)
    if taken > held.amount:
        raise Invalid("more_than_held", f"Only {held.amount} points are held there.")
    entry = Entry(TransferKind.CAPTURE, held.debit_id, held.credit_id, taken, reason_code, actor_ref, memo, hold_seq)
    return _record(entry, cause=cause, now=now, held=held.amount)


def void(hold_seq: int, *, cause: str, reason_code: str, actor_ref: str, now: datetime, memo: str = "") -> Moved:
    """Free what is held. Raises Missing, Invalid `not_a_hold`, Conflict `already_resolved`, `idempotency_mismatch`."""
    held = _hold(hold_seq)
    entry = Entry(TransferKind.VOID, held.debit_id, held.credit_id, held.amount, reason_code, actor_ref, memo, hold_seq)
    return _record(entry, cause=cause, now=now, held=held.amount)


def reverse(
    seq: int,
    amount: int | None = None,
    *,
    cause: str,
    reason_code: str,
    actor_ref: str,
    now: datetime,
    memo: str = "",
) -> Moved:
    """Move posted or captured points back, all of them or `amount` where the rest has been spent.

    Raises Missing, Invalid `more_than_moved`, Conflict (`cannot_be_reversed` for a hold, a void or a reversal,
    `already_resolved`, `insufficient_points`, `idempotency_mismatch`).
    """
    moved = _transfer(seq)
    if moved.kind not in REVERSIBLE:
        raise Conflict("cannot_be_reversed", f"Entry {seq} is a {moved.kind}; only moved points can be moved back.")
    back = moved.amount if amount is None else amount
    check_amount(back)
    if back > moved.amount:
        raise Invalid("more_than_moved", f"Entry {seq} moved {moved.amount} points, not more.")
    entry = Entry(TransferKind.REVERSE, moved.credit_id, moved.debit_id, back, reason_code, actor_ref, memo, seq)
    return _record(entry, cause=cause, now=now)


def lock_chain() -> tuple[int, str]:
    """Take the ledger's one lock and return (seq, hash) of its newest link.

    Everything here takes it first, before any account: a verb may make several transfers in one transaction, and
    accounts locked before the head would then be held while the head is waited for. Callers that read what they are
    about to pay take it before they read. SQLite's immediate transaction has it already.
    """
    head = _locked_head()
    return head.seq, head.hash


def _locked_head() -> Row:
    head = _head()
    if head is None:
        _first_head()
        head = _head()
    assert head is not None
    return head


def _head() -> Row | None:
    return run(LOCKED_NEWEST if is_postgres() else NEWEST).one_or_none()


def _first_head() -> None:
    if is_postgres():
        from sqlalchemy.dialects.postgresql import insert as new
    else:
        from sqlalchemy.dialects.sqlite import insert as new  # type: ignore[assignment]
    db.session.execute(new(HEAD).values(id=1, seq=0, hash=FIRST_HASH).on_conflict_do_nothing())


def _account_id(kind: AccountKind, owner_ref: str) -> int | None:
    return run(ACCOUNT_OF, {"kind": kind, "owner": owner_ref}).scalar()


def _transfer(seq: int) -> Row:
    found = db.session.execute(select(TRANSFERS).where(TRANSFERS.c.seq == seq)).one_or_none()
    if found is None:
        raise Missing("ledger entry")
    return found


def _hold(seq: int) -> Row:
    found = _transfer(seq)
    if found.kind is not TransferKind.HOLD:
        raise Invalid("not_a_hold", f"Entry {seq} is a {found.kind}, not a hold.")
    return found


def _record(entry: Entry, *, cause: str, now: datetime, held: int = 0) -> Moved:
    check_cause(cause)
    head = _locked_head()
    stored = run(BY_CAUSE, {"cause": cause}).one_or_none()
    if stored is not None:
        return _replayed(stored, entry)
    if head.sound is False:
        raise broken()
    link = Link(head.seq + 1, cause, entry, now, head.hash)
    db.session.flush()
    try:
        # A savepoint: the caller may go on after "not enough", and on PostgreSQL a refusal would end everything.
        with db.session.begin_nested():
            _append(link, link_hash(link))
            _change_balances(entry, held)
    except IntegrityError as error:
        raise _refusal(error) from error
    return Moved(link.seq, entry)


def _replayed(stored: Row, asked: Entry) -> Moved:
    if stored.request_hash != request_hash(asked):
        raise Conflict("idempotency_mismatch", "This key was used before for something else. Use a new key.")
    return Moved(stored.seq, asked, replayed=True)


def _append(link: Link, own_hash: str) -> None:
    entry = link.entry
    row = {
        "seq": link.seq,
        "cause": link.cause,
        "request_hash": request_hash(entry),
        "kind": entry.kind,
        "debit_id": entry.debit_id,
        "credit_id": entry.credit_id,
        "amount": entry.amount,
        "ref_seq": entry.ref_seq,
        "reason_code": entry.reason_code,
        "memo": entry.memo,
        "actor_ref": entry.actor_ref,
        "created_at": link.created_at,
        "prev_hash": link.prev_hash,
        "hash": own_hash,
    }
    run(NEW_TRANSFER, row)
    run(MOVE_HEAD, {"newest": link.seq, "own_hash": own_hash})


def _change_balances(entry: Entry, held: int) -> None:
    debited, credited = changes(entry.kind, entry.amount, held=held)
    # Ascending, so that whoever else locks accounts can do it in the same order.
    for account_id, change in sorted({entry.debit_id: debited, entry.credit_id: credited}.items()):
        if change != Change():
            run(CHANGE_BALANCE, {"account": account_id, "more_posted": change.posted, "more_held": change.held})


def _refusal(error: IntegrityError) -> Exception:
    words = str(error.orig)
    if "stays_above_its_floor" in words:
        return Conflict("insufficient_points", "There are not enough points for this.")
    if "ref_seq" in words and "unique" in words.lower():
        return Conflict("already_resolved", "This entry was already captured, voided or reversed.")
    return error
