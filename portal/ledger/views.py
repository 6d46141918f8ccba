"""The ledger page, its books as a file, and the word on every page of points where they stand still."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from portal.errors import Missing
from portal.ledger import export, queries
from portal.ledger.checks import STOPPED, sound
from portal.people.access import requires, the_viewer
from portal.web.dates import clock_words, day_words

bp = Blueprint("ledger", __name__)
PAGES_OF_POINTS = {"wallet", "rewards", "orders", "budgets", "thanks", "ledger"}
IN_MEMORY_BYTES = 4 * 1024 * 1024
FILES = {"hledger": ("journal", "text/plain"), "beancount": ("beancount", "text/plain"), "csv": ("csv", "text/csv")}


@bp.app_context_processor
def _points() -> dict[str, Callable[[], str | None]]:
    """`points_stopped()`: the sentence of pages about points where they stand still; other pages ask nothing."""
    return {"points_stopped": _stopped}


def _stopped() -> str | None:
    first = request.path.split("/", 2)[1] if request else ""
    return STOPPED if first in PAGES_OF_POINTS and not sound() else None


@bp.get("/ledger")
@requires("ledger.see")
def show() -> ResponseReturnValue:
    """Sums, the latest transfers, the head to note outside, and whether it all holds."""
    zone = the_viewer().timezone
    return render_template(
        "ledger/show.html", page=queries.ledger_page(), zone=zone, day=day_words, clock=clock_words, here="ledger"
    )


@bp.get("/ledger/export/<form>")
@requires("ledger.see")
def books(form: str) -> ResponseReturnValue:
    """The books for hledger, beancount or a spreadsheet. All wallets are one account, so that nobody is told apart."""
    if form not in FILES:
        raise Missing("format")
    end, kind = FILES[form]
    # Whole before the first byte leaves, so that no slow reader holds the snapshot. It is closed with the answer.
    file: Any = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115
    for line in export.lines(form, wallets_together=True):
        file.write(f"{line}\n".encode())
    file.seek(0)
    return send_file(file, mimetype=kind, as_attachment=True, download_name=f"points.{end}")
