"""The ledger as plain text for other programs: hledger, beancount, CSV. Names nobody; memos are made harmless."""

import csv
import io
import re
from collections.abc import Callable, Iterator

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from portal.db import db
from portal.ledger.models import Account, Transfer
from portal.ledger.postings import AccountKind, TransferKind, stamp

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
CSV_HEAD = ("seq", "date", "kind", "from", "to", "points", "refers_to", "reason", "memo")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_ONCE = 1000


def lines(form: str) -> Iterator[str]:
    """The lines of the export. form: one of `FORMATS`."""
    writers: dict[str, Callable[[], Iterator[str]]] = {"hledger": _hledger, "beancount": _beancount, "csv": _csv}
    return writers[form]()


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


def _hledger() -> Iterator[str]:
    yield f"commodity {COMMODITY}"
    yield f"  format 1000. {COMMODITY}"
    for row in _rows():
        yield ""
        tags = f"kind:{row.kind}, reason:{row.reason_code}"
        yield f"{row.created_at:%Y-%m-%d} * ({row.seq}) {_description(row)}  ; {tags}"
        for name, points in _movements(row):
            yield f"    {name}  {points} {COMMODITY}"


def _beancount() -> Iterator[str]:
    yield 'option "title" "Sayso points"'
    opened: set[str] = set()
    for row in _rows():
        moves = list(_movements(row))
        for name in dict.fromkeys(name for name, _ in moves):
            if name not in opened:
                opened.add(name)
                yield f"{row.created_at:%Y-%m-%d} open {name} {COMMODITY}"
        yield ""
        yield f'{row.created_at:%Y-%m-%d} * "{_description(row)}"'
        yield f"  seq: {row.seq}"
        yield f'  kind: "{row.kind}"'
        yield f'  reason: "{row.reason_code}"'
        for name, points in moves:
            yield f"  {name}  {points} {COMMODITY}"


def _csv() -> Iterator[str]:
    yield _csv_line(CSV_HEAD)
    for row in _rows():
        yield _csv_line(
            (str(row.seq), stamp(row.created_at)[:10], row.kind.value, _debited(row), _credited(row), str(row.amount),
             str(row.ref_seq or ""), row.reason_code, neutral_cell(neutral_memo(row.memo)))
        )  # fmt: skip


def _csv_line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _rows() -> Iterator[Row]:
    debited, credited, old = aliased(Account), aliased(Account), aliased(Transfer)
    query = (
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
    yield from db.session.execute(query.execution_options(yield_per=ROWS_AT_ONCE))


def _movements(row: Row) -> Iterator[tuple[str, int]]:
    """(account, points) that sum to zero. What is held stands in an account below its owner's."""
    debited, credited = _debited(row), _credited(row)
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


def _debited(row: Row) -> str:
    return account_name(row.debit_kind, row.debit_ref)


def _credited(row: Row) -> str:
    return account_name(row.credit_kind, row.credit_ref)


def _description(row: Row) -> str:
    return neutral_memo(row.memo) or row.reason_code
