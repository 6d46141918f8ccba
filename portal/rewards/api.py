"""The interface to one's own points: everybody sees their own, nobody another's."""

from flask import Response
from pydantic import Field

from portal import clock
from portal.errors import Invalid
from portal.people.access import requires, the_viewer
from portal.people.scopes import Scope
from portal.rewards import queries
from portal.rewards.months import MONTH_PATTERN, Month, month_of, read_month
from portal.rewards.prospects import prospects_of
from portal.rewards.settings_queries import settings
from portal.web.api import AskedPath, Moment, PageAsked, Shown, api, listed, page_of, shown
from portal.web.paging import decode_cursor, encode_cursor

bp = api("wallet", "The points of the key's person, and how they came.")


class PendingShown(Shown):
    """Points that are owed and not in the wallet yet; below nought: taken back, and set off against these."""

    points: int
    why: str
    idea: int | None = Field(description="The number of the idea it is for.")
    hidden: bool = Field(description="Said with a hidden name: paid in a batch, so that nobody can tell.")


class ProspectShown(Shown):
    """What may come with one idea, at most, once its promise is kept, is gone from desks and measurably worked."""

    points: int
    idea: int


class WalletShown(Shown):
    """What somebody has, and what is on its way."""

    points: int
    worth_cents: int | None = Field(description="Null where a point has no worth in money.")
    currency: str
    tax_note: str
    prospects: list[ProspectShown]
    month: str = Field(description="The month with the newest entry.")
    pending: list[PendingShown]


class MonthShown(Shown):
    """A month of the statement in sums; months begin in the person's time zone."""

    month: str = Field(examples=["2026-03"])
    opening: int
    closing: int
    came: int
    went: int
    entries: int


class LineShown(Shown):
    """An entry of the statement."""

    number: int
    at: Moment
    why: str
    idea: int | None
    change: int
    balance: int
    note: str = Field(description="The parts of a sum, where it is one.")


class StatementShown(Shown):
    """One month, entry by entry."""

    month: str
    opening: int
    closing: int
    lines: list[LineShown] = Field(description="The newest first.")


class MonthPath(AskedPath):
    """The month in the address."""

    month: str = Field(pattern=MONTH_PATTERN, description="Such as 2026-03.")


@bp.get("/wallet", responses={200: WalletShown})
@requires("wallet.see", scope=Scope.WALLET_READ)
def see_wallet() -> Response:
    """The points of the key's person, and those on their way with the reason."""
    viewer = the_viewer()
    found = queries.wallet(viewer.id, None, zone=viewer.timezone, now=clock.now())
    pending = [
        PendingShown(points=one.points, why=one.sentence, idea=one.idea_number, hidden=one.hidden)
        for one in found.pending
    ]
    decided = settings()
    coming = prospects_of(viewer.id, decided.policy)
    return shown(WalletShown(
        points=found.points, month=str(found.month), pending=pending, currency=decided.currency,
        worth_cents=None if decided.cents_per_point is None else decided.cents_per_point * found.points,
        tax_note=decided.tax_note,
        prospects=[ProspectShown(points=one.points, idea=one.idea_number) for one in coming],
    ))  # fmt: skip


@bp.get("/wallet/statements", responses={200: page_of(MonthShown)})
@requires("statement.see", scope=Scope.WALLET_READ)
def list_statements(query: PageAsked) -> Response:
    """The months from this one back to the first entry, in sums, the newest first."""
    viewer, before = the_viewer(), _month_in(query.cursor)
    found, following = queries.months(
        viewer.id, zone=viewer.timezone, now=clock.now(), before=before, limit=query.limit
    )
    items = [
        MonthShown(month=str(one.month), opening=one.opening, closing=one.closing, came=one.came, went=one.went,
                   entries=one.entries)
        for one in found
    ]  # fmt: skip
    return listed(items, encode_cursor(str(following)) if following else None)


@bp.get("/wallet/statements/<month>", responses={200: StatementShown})
@requires("statement.see", scope=Scope.WALLET_READ)
def see_statement(path: MonthPath) -> Response:
    """One month of the statement, entry by entry."""
    viewer = the_viewer()
    found = queries.wallet(viewer.id, read_month(path.month), zone=viewer.timezone, now=clock.now())
    lines = [
        LineShown(number=line.seq, at=line.at, why=line.why, idea=line.idea_number, change=line.change,
                  balance=line.balance, note=line.note)
        for line in found.lines
    ]  # fmt: skip
    return shown(StatementShown(month=str(found.month), opening=found.opening, closing=found.closing, lines=lines))


def _month_in(cursor: str | None) -> Month | None:
    after = decode_cursor(cursor, str)
    if after is None:
        return None
    month = read_month(after[0])
    if month > month_of(clock.now(), the_viewer().timezone):
        raise Invalid("bad_cursor", "This page of the list does not exist. Start again at the top.")
    return month
