"""Who has been on the floor this quarter, over HTTP."""

import re

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.frontline import floor_queries
from portal.frontline.floor_rules import Quarter
from portal.people.access import requires, the_viewer
from portal.web.dates import local_day

bp = Blueprint("shift_floor", __name__)
ASKED = re.compile(r"(20\d\d)-q([1-4])")


@bp.get("/shifts/floor")
@requires("shift.floor")
def index() -> ResponseReturnValue:
    """Every executive: who has not been on the floor first."""
    now, zone = clock.now(), floor_queries.zone_of_organisation()
    today = Quarter.of(local_day(now, zone))
    found = ASKED.fullmatch(request.args.get("quarter", ""))
    quarter = min(today, Quarter(int(found[1]), int(found[2]))) if found else today
    people = floor_queries.people_of(the_viewer(), quarter, now=now)
    return render_template(
        "frontline/floor.html", quarter=quarter, people=people, been=sum(1 for one in people if one.shifts),
        current=quarter == today, earlier=quarter.before.key, later=quarter.after.key, zone=zone, here="shifts",
    )  # fmt: skip
