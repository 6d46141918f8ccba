"""The interface to the ledger, for those who look after it. Wallets stand there without a name or a number."""

from flask import Response
from pydantic import Field

from portal.ledger import queries
from portal.ledger.postings import AccountKind, TransferKind
from portal.people.access import requires
from portal.people.scopes import Scope
from portal.web.api import Moment, PageAsked, Shown, api, listed, page_of, shown
from portal.web.paging import decode_cursor, encode_cursor

bp = api("ledger", "All points ever made and moved, in double entry.")


class SumShown(Shown):
    """All accounts of one kind."""

    kind: AccountKind
    label: str
    accounts: int
    posted: int
    held: int


class FaultShown(Shown):
    """Something that does not hold."""

    number: int | None = Field(description="The transfer, if one can be named.")
    code: str
    message: str


class LedgerShown(Shown):
    """The ledger in sums, its newest link, and whether the newest thousand transfers hold."""

    sums: list[SumShown]
    newest: int
    hash: str
    anchor: str = Field(description="To be kept elsewhere: `ledger verify --anchor` holds the chain against it.")
    checked: int
    holds: bool
    faults: list[FaultShown]


class TransferShown(Shown):
    """Points moved from one account to another."""

    number: int
    at: Moment
    kind: TransferKind
    source: str
    target: str
    points: int
    why: str


@bp.get("/ledger", responses={200: LedgerShown})
@requires("ledger.see", scope=Scope.LEDGER_READ)
def see_ledger() -> Response:
    """The sums, the head of the chain to be noted elsewhere, and whether it all holds."""
    page = queries.ledger_page()
    sums = [
        SumShown(kind=one.kind, label=one.label, accounts=one.accounts, posted=one.posted, held=one.held)
        for one in page.sums
    ]
    faults = [FaultShown(number=one.seq, code=one.code, message=one.sentence) for one in page.report.problems]
    return shown(LedgerShown(
        sums=sums, newest=page.report.seq, hash=page.report.hash, anchor=page.anchor, checked=page.report.checked,
        holds=page.report.ok, faults=faults,
    ))  # fmt: skip


@bp.get("/ledger/transfers", responses={200: page_of(TransferShown)})
@requires("ledger.see", scope=Scope.LEDGER_READ)
def list_transfers(query: PageAsked) -> Response:
    """Every transfer, the newest first. What was paid to hidden authors names its weekly batch and no idea."""
    after = decode_cursor(query.cursor, int)
    rows = queries.transfers(limit=query.limit + 1, before=after[0] if after else None)
    items = [
        TransferShown(number=row.seq, at=row.at, kind=row.kind, source=row.source, target=row.target,
                      points=row.points, why=row.why)
        for row in rows[: query.limit]
    ]  # fmt: skip
    return listed(items, encode_cursor(items[-1].number) if len(rows) > query.limit else None)
