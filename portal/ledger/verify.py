"""Recomputing the ledger from its transfers: chain, sums, balances, holds, floors, references, head and anchor."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Row as Stored
from sqlalchemy import Select, String, func, select, type_coerce
from sqlalchemy.orm import aliased

from portal.db import db, is_postgres
from portal.errors import DomainError, Invalid
from portal.ledger.anchor_rules import Noted
from portal.ledger.models import Account, ChainHead, Transfer
from portal.ledger.postings import FIRST_HASH, Entry, Link, TransferKind
from portal.ledger.replay import Problem, Replay, Resolved, Row

PROBLEMS_MAX = 50  # after so many, the rest says nothing new
ROWS_AT_ONCE = 1000
ASKED_AT_ONCE = 500
MOVING = (TransferKind.POST, TransferKind.CAPTURE, TransferKind.REVERSE)


@dataclass(frozen=True)
class Report:
    """What was found. checked: transfers gone through. seq, hash: the newest link, which is the anchor."""

    checked: int
    seq: int
    hash: str
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """True if everything holds."""
        return not self.problems

    @property
    def first_broken(self) -> int | None:
        """The number of the first transfer that does not hold, if one can be named."""
        return min((problem.seq for problem in self.problems if problem.seq is not None), default=None)

    @property
    def anchor(self) -> str:
        """SEQ:HASH of the newest link, to be kept outside."""
        return f"{self.seq}:{self.hash}"


def verify(*, since: int | None = None, noted: Sequence[Noted] = ()) -> Report:
    """Recompute everything from the transfers and compare.

    since: trust the balances up to this transfer and go through the later ones. noted: heads noted earlier, outside
    where it counts; without any, whoever owns the database could rebuild the whole chain unnoticed. Reads one
    snapshot in a transaction of its own. Raises Invalid `no_such_entry` where `since` is beyond the end.
    """
    with snapshot():
        replay = _start(since or 0)
        problems: list[Problem] = []
        for stored in db.session.execute(_transfers(since or 0).execution_options(yield_per=ROWS_AT_ONCE)):
            problems += _take(replay, stored)
            if len(problems) >= PROBLEMS_MAX:
                return Report(replay.checked, replay.seq, replay.hash, tuple(problems))
        problems += [*_head_problems(replay), *_anchor_problems(replay, noted), *_balance_problems(replay)]
        return Report(replay.checked, replay.seq, replay.hash, tuple(problems))


def head() -> tuple[int, str]:
    """(seq, hash) of the newest link; (0, 64 noughts) of an empty ledger."""
    found = db.session.execute(select(ChainHead.seq, ChainHead.hash)).one_or_none()
    return (found.seq, found.hash) if found else (0, FIRST_HASH)


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the database for all that the block reads, in a transaction of its own.

    Raises RuntimeError inside a write transaction.
    """
    # Transfers and balances are read by different statements; without one snapshot a payment between them would
    # look like a broken balance. A reader of SQLite has one anyway.
    if db.session().info.get("writing"):
        raise RuntimeError("the ledger is read as a whole outside a write transaction")
    db.session.rollback()
    if is_postgres():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        db.session.rollback()


def _start(since: int) -> Replay:
    floors = dict(db.session.execute(select(Account.id, Account.floor)).all())
    if since == 0:
        return Replay(floors, 0, FIRST_HASH)
    known = db.session.scalar(select(Transfer.hash).where(Transfer.seq == since))
    if known is None:
        raise Invalid("no_such_entry", f"There is no entry {since} to start from.")
    later = aliased(Transfer)  # only what the later ones resolve again can be wrong there: a few, not all
    again = select(later.ref_seq).where(later.seq > since, later.ref_seq.is_not(None))
    resolved = select(Transfer.ref_seq).where(Transfer.seq <= since, Transfer.ref_seq.in_(again))
    return Replay(floors, since, known, _posted(since), _held(since), set(db.session.scalars(resolved)))


def _posted(until: int) -> dict[int, int]:
    posted: dict[int, int] = {}
    moved = (Transfer.seq <= until, Transfer.kind.in_(MOVING))
    for column, sign in ((Transfer.credit_id, 1), (Transfer.debit_id, -1)):
        query = select(column, func.sum(Transfer.amount)).where(*moved).group_by(column)
        for account_id, points in db.session.execute(query):
            posted[account_id] = posted.get(account_id, 0) + sign * int(points)
    return posted


def _held(until: int) -> dict[int, int]:
    resolving = aliased(Transfer)
    query = (
        select(Transfer.debit_id, func.sum(Transfer.amount))
        .outerjoin(resolving, (resolving.ref_seq == Transfer.seq) & (resolving.seq <= until))
        .where(Transfer.seq <= until, Transfer.kind == TransferKind.HOLD, resolving.seq.is_(None))
        .group_by(Transfer.debit_id)
    )
    return {account_id: int(points) for account_id, points in db.session.execute(query)}


def _transfers(since: int) -> Select:
    # Kind and time as they are stored: a changed row must be named, not stop the reading.
    new, old = Transfer, aliased(Transfer)
    kind, created_at = type_coerce(new.kind, String).label("kind"), type_coerce(new.created_at, String).label("at")
    columns = (
        new.seq, new.cause, kind, new.debit_id, new.credit_id, new.amount, new.reason_code, new.actor_ref, new.memo,
        new.ref_seq, created_at, new.prev_hash, new.request_hash, new.hash,
        type_coerce(old.kind, String).label("old_kind"), old.debit_id.label("old_debit"),
        old.credit_id.label("old_credit"), old.amount.label("old_amount"),
    )  # fmt: skip
    query = select(*columns).outerjoin(old, old.seq == new.ref_seq)
    return query.where(new.seq > since).order_by(new.seq)


def _take(replay: Replay, stored: Stored) -> list[Problem]:
    try:
        return list(replay.take(_row(stored)))
    except (DomainError, ValueError, TypeError, AttributeError):
        replay.skip(stored.seq, stored.hash)
        return [Problem(stored.seq, "unreadable", f"Entry {stored.seq}: holds something that was never written.")]


def _row(stored: Stored) -> Row:
    seq, cause, kind, *entry, created_at, prev_hash, request, own, old_kind, old_debit, old_credit, old_amount = stored
    link = Link(seq, cause, Entry(TransferKind(kind), *entry), _moment(created_at), prev_hash)
    resolves = None if old_kind is None else Resolved(old_kind, old_debit, old_credit, old_amount)
    return Row(link, request, own, resolves)


def _moment(stored: datetime | str) -> datetime:
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _head_problems(replay: Replay) -> Iterator[Problem]:
    if head() != (replay.seq, replay.hash):
        yield Problem(None, "head", f"The chain ends at entry {replay.seq}, but its head says entry {head()[0]}.")


def _anchor_problems(replay: Replay, noted: Sequence[Noted]) -> Iterator[Problem]:
    beyond = [one for one in noted if one.seq > replay.seq]
    if beyond:
        seq = max(one.seq for one in beyond)
        sentence = f"The ledger ends at entry {replay.seq}, before the anchor at {seq}: an older state was put back."
        yield Problem(None, "rolled_back", sentence)
    wanted = sorted({(one.seq, one.hash) for one in noted if 0 < one.seq <= replay.seq})
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        some = wanted[start : start + ASKED_AT_ONCE]
        query = select(Transfer.seq, Transfer.hash).where(Transfer.seq.in_([seq for seq, _ in some]))
        found = dict(db.session.execute(query).all())
        for seq, own in some:
            if found.get(seq) != own:
                yield Problem(seq, "anchor", f"Entry {seq}: is not the one that was anchored; the chain was rebuilt.")


def _balance_problems(replay: Replay) -> Iterator[Problem]:
    total = 0
    for row in db.session.execute(select(Account.id, Account.posted, Account.held)):
        total += row.posted
        truth = replay.posted.get(row.id, 0), replay.held.get(row.id, 0)
        if truth != (row.posted, row.held):
            sentence = (
                f"Account {row.id} says {row.posted} posted and {row.held} held; "
                f"the transfers say {truth[0]} and {truth[1]}."
            )
            yield Problem(None, "balance", sentence)
    if total != 0:
        yield Problem(None, "sum", f"All accounts together must hold 0 points, but hold {total}.")
