"""The ledger as plain text for other programs: hledger, beancount, CSV. Names nobody; memos are made harmless.

hledger and beancount also get every balance as an assertion, so that the program itself says where they differ.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ledger.models import Account, Transfer
from portal.ledger.postings import AccountKind, TransferKind, stamp
from portal.ledger.verify import snapshot

FORMATS = ("hledger", "beancount", "csv")
COMMODITY = "POINTS"
FAMILY = {
    AccountKind.ISSUANCE: "Equity:Issuance",
    AccountKind.BUDGET: "Assets:Budget",
    AccountKind.PERSON: "Assets:Person",
    AccountKind.POOL: "Assets:Pool",
    AccountKind.REDEEMED: "Expenses:Redeemed",
    AccountKind.EXPIRED: "Expenses:Expired",
}
WALLETS = "Assets:Wallets"
CSV_HEAD = ("seq", "date", "kind", "from", "to", "points", "refers_to", "reason", "memo")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_ONCE = 1000
DAY = timedelta(days=1)
Names = Callable[[AccountKind, str], str]


def lines(form: str, *, wallets_together: bool = False) -> Iterator[str]:
    """The lines of the export, of one snapshot in a transaction of its own. form: one of `FORMATS`.

    wallets_together: all people's wallets as one account, so that nobody can be told by what they got.
    """
    writers: dict[str, Callable[[Names], Iterator[str]]] = {"hledger": _hledger, "beancount": _beancount, "csv": _csv}
    with snapshot():
        yield from writers[form](_together if wallets_together else account_name)


def neutral_cell(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def neutral_memo(text: str) -> str:
    """A memo that cannot end the string, the line or the description that it stands in."""
    return re.sub(r'["\\;|\x00-\x1f\x7f-\x9f\u2028\u2029]', " ", text).strip()


def account_name(kind: AccountKind, owner_ref: str) -> str:
    """The account for programs: "Assets:Person:17" for ("person", "person:17")."""
    tail = owner_ref.rsplit(":", 1)[-1]
    end = re.sub(r"[^0-9A-Za-z-]", "-", tail)
    family = FAMILY[kind]
    return family if end.lower() == kind.value else f"{family}:{end[:1].upper()}{end[1:]}"


def _together(kind: AccountKind, owner_ref: str) -> str:
    return WALLETS if kind is AccountKind.PERSON else account_name(kind, owner_ref)


def _hledger(names: Names) -> Iterator[str]:
    yield f"commodity {COMMODITY}"
    yield f"  format 1000. {COMMODITY}"
    for row in _rows():
        yield ""
        tags = f"kind:{row.kind}, reason:{row.reason_code}"
        yield f"{row.created_at:%Y-%m-%d} * ({row.seq}) {_description(row)}  ; {tags}"
        for name, points in _movements(row, names):
            yield f"    {name}  {points} {COMMODITY}"
    span, balances = _span(), _balances(names)
    if span is not None:
        yield ""
        yield f"{span[1]:%Y-%m-%d} * (balances) what the portal says"
        for name, points in balances.items():
            yield f"    {name}  0 {COMMODITY} = {points} {COMMODITY}"


def _beancount(names: Names) -> Iterator[str]:
    yield 'option "title" "Sayso points"'
    span, balances = _span(), _balances(names)
    if span is None:
        return
    # The file is read by day, and a clock may have jumped back: all are open from the first day on.
    yield from (f"{span[0]:%Y-%m-%d} open {name} {COMMODITY}" for name in balances)
    for row in _rows():
        yield ""
        yield f'{row.created_at:%Y-%m-%d} * "{_description(row)}"'
        yield f"  seq: {row.seq}"
        yield f'  kind: "{row.kind}"'
        yield f'  reason: "{row.reason_code}"'
        for name, points in _movements(row, names):
            yield f"  {name}  {points} {COMMODITY}"
    yield ""
    for name, points in balances.items():
        below = sum(more for other, more in balances.items() if other == f"{name}:Held")
        yield f"{span[2]:%Y-%m-%d} balance {name}  {points + below} {COMMODITY}"


def _csv(names: Names) -> Iterator[str]:
    yield _csv_line(CSV_HEAD)
    for row in _rows():
        yield _csv_line(
            (str(row.seq), stamp(row.created_at)[:10], row.kind.value, _debited(row, names), _credited(row, names),
             str(row.amount), str(row.ref_seq or ""), row.reason_code, neutral_cell(neutral_memo(row.memo)))
        )  # fmt: skip


def _csv_line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _span() -> tuple[datetime, datetime, datetime] | None:
    """The first day of an entry, the last, and the day after it; None of an empty ledger."""
    first, last = db.session.execute(select(func.min(Transfer.created_at), func.max(Transfer.created_at))).one()
    return None if first is None else (first, last, last + DAY)


def _balances(names: Names) -> dict[str, int]:
    """Every account that was used → points in it that are not held; what is held stands in an account below it."""
    held = exists().where(Transfer.debit_id == Account.id, Transfer.kind == TransferKind.HOLD)
    used = exists().where(or_(Transfer.debit_id == Account.id, Transfer.credit_id == Account.id))
    query = select(Account.kind, Account.owner_ref, Account.posted, Account.held, held.label("had_holds")).where(used)
    found: dict[str, int] = {}
    for row in db.session.execute(query.order_by(Account.id)):
        name = names(row.kind, row.owner_ref)
        found[name] = found.get(name, 0) + row.posted - row.held
        if row.had_holds:
            found[f"{name}:Held"] = found.get(f"{name}:Held", 0) + row.held
    return found


def _rows() -> Iterator[Row]:
    yield from db.session.execute(_query().execution_options(yield_per=ROWS_AT_ONCE))


def _query() -> Select:
    debited, credited, old = aliased(Account), aliased(Account), aliased(Transfer)
    return (
        select(
            Transfer.seq, Transfer.kind, Transfer.amount, Transfer.ref_seq, Transfer.reason_code, Transfer.memo,
            Transfer.created_at, old.amount.label("held"), debited.kind.label("debit_kind"),
            debited.owner_ref.label("debit_ref"), credited.kind.label("credit_kind"),
            credited.owner_ref.label("credit_ref"),
        )
        .join(debited, debited.id == Transfer.debit_id)
        .join(credited, credited.id == Transfer.credit_id)
        .outerjoin(old, old.seq == Transfer.ref_seq)
        .order_by(Transfer.seq)
    )  # fmt: skip


def _movements(row: Row, names: Names) -> Iterator[tuple[str, int]]:
    """(account, points) that sum to zero. What is held stands in an account below its owner's."""
    debited, credited = _debited(row, names), _credited(row, names)
    if row.kind is TransferKind.HOLD:
        yield from ((debited, -row.amount), (f"{debited}:Held", row.amount))
    elif row.kind is TransferKind.VOID:
        yield from ((f"{debited}:Held", -row.held), (debited, row.held))
    elif row.kind is TransferKind.CAPTURE:
        yield from ((f"{debited}:Held", -row.held), (credited, row.amount))
        if row.held > row.amount:
            yield debited, row.held - row.amount
    else:
        yield from ((debited, -row.amount), (credited, row.amount))


def _debited(row: Row, names: Names) -> str:
    return names(row.debit_kind, row.debit_ref)


def _credited(row: Row, names: Names) -> str:
    return names(row.credit_kind, row.credit_ref)


def _description(row: Row) -> str:
    return neutral_memo(row.memo) or row.reason_code
