"""The wallet and its statement: everybody sees their own."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.ledger.export import neutral_cell
from portal.people.access import requires, the_viewer
from portal.rewards import queries
from portal.rewards.months import month_of, read_month
from portal.rewards.prospects import prospects_of
from portal.rewards.queries import Line, Wallet
from portal.rewards.settings_queries import settings
from portal.web.dates import day_words, local_day

bp = Blueprint("rewards", __name__)
NEXT_RULE = (
    "What you said with your name hidden is paid once a week, together with at least four other people, "
    "or in the first week after 28 days of waiting."
)
EMPTY = {
    "sentence": "Points come when an idea you raised, backed or built on gets done.",
    "action": "Say what stops you",
    "href": "/ideas/new",
}
NO_ENTRY = {"sentence": "No points came or went in this month.", "action": None, "href": None}


@bp.get("/wallet")
@requires("wallet.see")
def wallet() -> ResponseReturnValue:
    """What the viewer has, what is on its way, and the newest entries."""
    return _page(None)


@bp.get("/wallet/statement")
@requires("statement.see")
def statement() -> ResponseReturnValue:
    """One month of entries; `month` is "2026-03"."""
    return _page(request.args.get("month"))


@bp.get("/wallet/statement.csv")
@requires("statement.see")
def statement_csv() -> ResponseReturnValue:
    """The same month for a spreadsheet, oldest entry first."""
    found, zone = _wallet(request.args.get("month"))
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(("entry", "date", "why", "in", "out", "balance"))
    for line in reversed(found.lines):
        why = neutral_cell(" ".join(part for part in (line.why, line.note) if part))
        came, went = max(line.change, 0), max(-line.change, 0)
        rows.writerow((line.seq, local_day(line.at, zone).isoformat(), why, came, went, line.balance))
    disposition = f'attachment; filename="points-{found.month}.csv"'
    return Response(out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": disposition})


def _wallet(month: str | None) -> tuple[Wallet, str]:
    viewer = the_viewer()
    wanted = read_month(month) if month else None
    return queries.wallet(viewer.id, wanted, zone=viewer.timezone, now=clock.now()), viewer.timezone


def _page(month: str | None) -> ResponseReturnValue:
    found, zone = _wallet(month)
    decided = settings()
    coming = prospects_of(the_viewer().id, decided.policy)
    return render_template(
        "rewards/wallet.html",
        here="wallet",
        balance={"points": found.points, "worth": decided.worth(found.points)},
        pending=[(f"{one.points:,} points:".replace("-", "−"), one.sentence) for one in found.pending],
        prospects=[(f"up to {one.points:,}", one.sentence, one.idea_number) for one in coming],
        next_rule=NEXT_RULE if any(one.hidden for one in found.pending) else None,
        month=_month(found, zone),
        entries=[_entry(line, zone) for line in found.lines],
        opening=found.opening,
        closing=found.closing,
        tax_note=decided.tax_note or None,
        spend_href="/rewards" if found.points else None,
        empty=NO_ENTRY if found.before or found.points else EMPTY,
    )


def _month(found: Wallet, zone: str) -> dict[str, Any]:
    this_month = month_of(clock.now(), zone)

    def address(month: object) -> str:
        return url_for("rewards.statement", month=str(month))

    return {
        "label": found.month.label,
        "previous_href": address(found.month.previous) if found.before else None,
        "next_href": address(found.month.next) if found.month < this_month else None,
        "csv_href": url_for("rewards.statement_csv", month=str(found.month)) if found.lines else None,
    }


def _entry(line: Line, zone: str) -> dict[str, Any]:
    day = local_day(line.at, zone)
    return {
        "when": day_words(day),
        "datetime": day.isoformat(),
        "why": line.why,
        "href": f"/ideas/{line.idea_number}" if line.idea_number else None,
        "in_points": max(line.change, 0) or None,
        "out_points": max(-line.change, 0) or None,
        "balance": line.balance,
        "number": line.seq,
        "note": line.note or None,
    }
