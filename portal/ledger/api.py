"""The interface to the ledger, for those who look after it. Wallets stand there without a name or a number."""

from datetime import date

from flask import Response
from pydantic import Field

from portal.ledger import checks, queries
from portal.ledger.postings import AccountKind, TransferKind
from portal.people.access import requires
from portal.people.scopes import Scope
from portal.web.api import Moment, PageAsked, Shown, api, listed, page_of, shown
from portal.web.paging import bad_cursor, decode_cursor, encode_cursor

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
    stopped: bool = Field(description="Points stand still: the newest verification has found something.")
    verified_at: Moment | None = Field(description="When all of it was last found to hold.")


class VerificationShown(Shown):
    """One verification of the ledger. The newest says whether points may move."""

    number: int
    at: Moment
    why: str = Field(description="start, nightly, command, or accepted for an older state that was put back.")
    since: int = Field(description="The transfer from which it went on; 0 for all of them.")
    newest: int
    anchor: str
    holds: bool
    first_broken: int | None
    messages: list[str]


class AnchorShown(Shown):
    """The newest link of a day, as it was noted outside of the database."""

    day: date
    at: Moment
    newest: int
    anchor: str
    places: list[str] = Field(description="The file, addresses and programs that it went to.")


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
        holds=page.report.ok, faults=faults, stopped=page.stopped is not None,
        verified_at=page.whole.at if page.whole else None,
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


@bp.get("/ledger/verifications", responses={200: page_of(VerificationShown)})
@requires("ledger.see", scope=Scope.LEDGER_READ)
def list_verifications(query: PageAsked) -> Response:
    """Every verification of the ledger and what it found, the newest first."""
    after = decode_cursor(query.cursor, int)
    rows = checks.latest(limit=query.limit + 1, before=after[0] if after else None)
    items = [
        VerificationShown(number=row.id, at=row.at, why=row.why, since=row.since, newest=row.seq,
                          anchor=f"{row.seq}:{row.hash}", holds=row.ok, first_broken=row.first_broken,
                          messages=list(row.problems))
        for row in rows[: query.limit]
    ]  # fmt: skip
    return listed(items, encode_cursor(items[-1].number) if len(rows) > query.limit else None)


@bp.get("/ledger/anchors", responses={200: page_of(AnchorShown)})
@requires("ledger.see", scope=Scope.LEDGER_READ)
def list_anchors(query: PageAsked) -> Response:
    """The head of each day and where it was noted outside, the newest first."""
    after = decode_cursor(query.cursor, int)
    rows = queries.anchors(limit=query.limit + 1, before=_day(after[0]) if after else None)
    items = [
        AnchorShown(day=row.day, at=row.at, newest=row.seq, anchor=f"{row.seq}:{row.hash}", places=row.places)
        for row in rows[: query.limit]
    ]
    return listed(items, encode_cursor(items[-1].day.toordinal()) if len(rows) > query.limit else None)


def _day(ordinal: int) -> date:
    try:
        return date.fromordinal(ordinal)
    except (ValueError, OverflowError):
        raise bad_cursor() from None
