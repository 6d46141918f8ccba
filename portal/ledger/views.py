"""The ledger page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.ledger import queries
from portal.people.access import requires

bp = Blueprint("ledger", __name__)


@bp.get("/ledger")
@requires("ledger.see")
def show() -> ResponseReturnValue:
    """Sums, the latest transfers, the head to note outside, and whether it all holds."""
    return render_template("ledger/show.html", page=queries.ledger_page(), here="ledger")
